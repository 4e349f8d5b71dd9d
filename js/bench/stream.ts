/** Many streams at once through whole widgets, at a model's pace. */

import { type Frame, framesPass, Meter, watchLongTasks } from "./meter.ts";
import { watchPaints } from "./paints.ts";
import { Shown } from "./shown.ts";
import { everyMessage, MESSAGE_EVERY_MS } from "./ticks.ts";
import { makeText, splitDeltas } from "./workload.ts";

/** At the start a page does what it does once; that is no part of a rhythm. */
const SETTLE_MS = 1000;
/** Whoever shows less than this was not measured. */
const LEAST_SHOWN_UNITS = 300;
/** What Python's `pace.py` sends: texts in a message, and messages of all widgets in a second. */
const TEXTS_A_MESSAGE = 8;
const TEXTS_EACH_FRAME = 4;
const FRAMES_OF_MANY = 3;
const MESSAGES_PER_S = 300;

export type ManyOptions = {
  readonly runs: number;
  readonly tokensPerS: number;
  readonly seconds: number;
  /** One widget that shows all runs so; `"apart"` is a widget for each. */
  readonly arrangement: string;
};

export type ManyResult = {
  readonly frames: readonly Frame[];
  readonly longTasksMs: readonly number[];
  readonly lagsMs: readonly number[];
  readonly lagsFrames: readonly number[];
  readonly messages: number;
};

/** Many runs at a steady pace, as a kernel sends them: at no fixed phase of a frame. */
export async function playMany(options: ManyOptions): Promise<ManyResult> {
  const widgets = openMany(options);
  const feeds = widgets.map((shown, index) => feedOf(shown, index, options));
  await settle();
  const meter = new Meter();
  const { runs, end } = watchRunsOnScreen(widgets);
  const { paints, stop } = watchPaints(runs, () => meter.begun);
  const endLongTasks = watchLongTasks();
  const messages = await playFrames(meter, feeds, options.seconds);
  stop();
  end();
  for (const { el } of widgets) {
    if ((el.textContent ?? "").length < LEAST_SHOWN_UNITS) {
      throw new Error("A widget shows nothing of its runs.");
    }
  }
  const frames = meter.stop().slice(0, -1);
  return { frames, longTasksMs: endLongTasks(), ...paints, messages };
}

/** What a page does once, at its start, is done. */
export async function settle(): Promise<void> {
  await framesPass(10);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}

/** Feeds the page for so long, each feed as often as the kernel would; the number of messages. */
export async function playFrames(
  meter: Meter,
  feeds: readonly ((elapsedMs: number) => void)[],
  seconds: number,
): Promise<number> {
  const rounds = Math.ceil((feeds.length * 1000) / MESSAGE_EVERY_MS / MESSAGES_PER_S);
  let tick = 0;
  meter.start();
  const messages = await everyMessage(seconds, (elapsedMs) => {
    tick += 1;
    for (const feed of feeds.filter((_, index) => (tick + index) % rounds === 0)) {
      meter.feed(() => feed(elapsedMs));
    }
  });
  await framesPass(2);
  return messages;
}

/** Off screen, text may wait: this is kept true as widgets grow and push each other there. */
function watchRunsOnScreen(widgets: readonly Shown[]): { runs: Set<string>; end: () => void } {
  const runs = new Set(widgets.flatMap((shown) => shown.runs));
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const run = (target as HTMLElement).dataset["run"] ?? "";
      if (isIntersecting) {
        runs.add(run);
      } else {
        runs.delete(run);
      }
    }
  });
  for (const { el } of widgets) {
    // In one column there are cards too, and none of them is shown.
    for (const card of el.querySelectorAll(".sw-runs:not([hidden]) [data-run]")) {
      observer.observe(card);
    }
  }
  return { runs, end: () => observer.disconnect() };
}

/** The widgets for so many runs. */
export function openMany({ runs, arrangement }: Pick<ManyOptions, "runs" | "arrangement">) {
  const apart = arrangement === "apart";
  const options = apart ? { runs: 1 } : { runs, arrangement };
  return Array.from({ length: apart ? runs : 1 }, () => new Shown(options).mount());
}

/**
 * Gives a widget's runs what is due by a steady pace; each run says something else. Of many runs the
 * longest waiting have their turn, and a message with many texts has more frames, as in the kernel.
 */
export function feedOf(
  shown: Pick<Shown, "runs" | "push">,
  offset: number,
  { tokensPerS, seconds }: Pick<ManyOptions, "tokensPerS" | "seconds">,
): (elapsedMs: number) => void {
  const deltas = splitDeltas(makeText("mixed", tokensPerS * seconds * 5));
  const given = new Map(shown.runs.map((_, index) => [index, 0]));
  let ticksLeft = 1;
  return (elapsedMs) => {
    ticksLeft -= 1;
    if (ticksLeft > 0) {
      return;
    }
    const due = Math.floor((elapsedMs / 1000) * tokensPerS);
    const waiting = [...given].filter(([, from]) => due > from);
    const texts: string[] = shown.runs.map(() => "");
    for (const [index, from] of waiting.slice(0, TEXTS_A_MESSAGE)) {
      const start = (index + offset) * 97;
      texts[index] = cyclic(deltas, start + from, start + due);
      // Last in the order from now on.
      given.delete(index);
      given.set(index, due);
    }
    ticksLeft = waiting.length > TEXTS_EACH_FRAME ? FRAMES_OF_MANY : 1;
    shown.push(texts);
  };
}

function cyclic(deltas: readonly string[], from: number, to: number): string {
  let text = "";
  for (let at = from; at < to; at += 1) {
    text += deltas[at % deltas.length] ?? "";
  }
  return text;
}
