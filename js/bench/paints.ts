/** When each message of a widget had been painted: the store is told so by its views. */

import { Store } from "../src/store.ts";

export type Paints = {
  /** For each message: milliseconds from its arrival to the end of the frame's writing. */
  readonly lagsMs: number[];
  /** For each message: the frames from its arrival to the one that showed it, which counts. */
  readonly lagsFrames: number[];
};

/** Watches every widget of the page from now on; `frame` is the number of frames begun so far. */
export function watchPaints(frame: () => number): { paints: Paints; stop: () => void } {
  const paints: Paints = { lagsMs: [], lagsFrames: [] };
  const waiting = new WeakMap<Store, { atMs: number; frame: number }[]>();
  const { receive, painted } = Store.prototype;
  Store.prototype.receive = function (value) {
    const arrived = waiting.get(this) ?? [];
    waiting.set(this, arrived);
    arrived.push({ atMs: performance.now(), frame: frame() });
    receive.call(this, value);
  };
  Store.prototype.painted = function (nowMs) {
    const endMs = performance.now();
    for (const message of waiting.get(this)?.splice(0) ?? []) {
      paints.lagsMs.push(endMs - message.atMs);
      paints.lagsFrames.push(frame() - message.frame);
    }
    painted.call(this, nowMs);
  };
  const stop = () => Object.assign(Store.prototype, { receive, painted });
  return { paints, stop };
}

/** When a widget's text is next whole on screen, by the page's clock. */
export function nextWhole(): Promise<number> {
  const { painted } = Store.prototype;
  return new Promise((resolve) => {
    Store.prototype.painted = function (nowMs) {
      Store.prototype.painted = painted;
      painted.call(this, nowMs);
      // The frame goes on with style, layout and paint; a message comes after them.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.now());
      port2.postMessage(null);
    };
  });
}
