/** When what a message brought had been painted: a store is given messages, transcripts paint. */

import { read, type SentPatch } from "../src/protocol.ts";
import { Store } from "../src/store.ts";
import { Transcript } from "../src/view/transcript.ts";

export type Paints = {
  /** For each message and run on screen: milliseconds from its arrival until it was written. */
  readonly lagsMs: number[];
  /** The same in frames, of which the one that shows it counts. */
  readonly lagsFrames: number[];
};

type Arrival = { readonly atMs: number; readonly frame: number };

/**
 * Watches these runs from now on; `frame` is the number of frames begun so far. Where no transcript
 * paints (in one column), the store's own word counts: its views have painted all there is.
 */
export function watchPaints(
  runs: ReadonlySet<string>,
  frame: () => number,
): { paints: Paints; stop: () => void } {
  const paints: Paints = { lagsMs: [], lagsFrames: [] };
  const waiting = new Map<string, Arrival[]>();
  const { receive, painted } = Store.prototype;
  const { paint } = Transcript.prototype;
  let paintsAlone = false;
  const arrive = (run: string) => {
    const arrived = waiting.get(run) ?? [];
    waiting.set(run, arrived);
    arrived.push({ atMs: performance.now(), frame: frame() });
  };
  const leave = (run: string) => {
    const arrived = waiting.get(run)?.splice(0) ?? [];
    for (const { atMs, frame: first } of runs.has(run) ? arrived : []) {
      paints.lagsMs.push(performance.now() - atMs);
      paints.lagsFrames.push(frame() - first);
    }
  };
  Store.prototype.receive = function (value) {
    const { patches } = value as { patches: readonly SentPatch[] };
    const told = new Set(patches.map((patch) => read(patch).run));
    [...told].filter((run) => runs.has(run)).map(arrive);
    receive.call(this, value);
  };
  Transcript.prototype.paint = function (model, ...rest) {
    const more = paint.call(this, model, ...rest);
    paintsAlone = true;
    if (!more) {
      leave(model.run);
    }
    return more;
  };
  Store.prototype.painted = function (n, nowMs) {
    painted.call(this, n, nowMs);
    if (!paintsAlone) {
      [...this.runs.keys()].map(leave);
    }
  };
  const stop = () => {
    Object.assign(Store.prototype, { receive, painted });
    Object.assign(Transcript.prototype, { paint });
  };
  return { paints, stop };
}

/** When a widget's text is next whole on screen, by the page's clock. */
export function nextWhole(): Promise<number> {
  const { painted } = Store.prototype;
  return new Promise((resolve) => {
    Store.prototype.painted = function (n, nowMs) {
      if (n < this.arrivedN) {
        painted.call(this, n, nowMs);
        return;
      }
      Store.prototype.painted = painted;
      painted.call(this, n, nowMs);
      // The frame goes on with style, layout and paint; a message comes after them.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.now());
      port2.postMessage(null);
    };
  });
}
