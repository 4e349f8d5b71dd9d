/** Many streams at once through whole widgets, at a model's pace. */

import { type Frame, framesPass, Meter, watchLongTasks } from "./meter.ts";
import { watchPaints } from "./paints.ts";
import { Shown } from "./shown.ts";
import { everyMessage } from "./ticks.ts";
import { makeText, splitDeltas } from "./workload.ts";

/** At the start a page does what it does once; that is no part of a rhythm. */
const SETTLE_MS = 1000;
/** Whoever shows less than this was not measured. */
const LEAST_SHOWN_UNITS = 300;
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
  await framesPass(10);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const meter = new Meter();
  const { paints, stop } = watchPaints(runsOnScreen(widgets), () => meter.begun);
  const endLongTasks = watchLongTasks();
  meter.start();
  const messages = await everyMessage(options.seconds, (elapsedMs) => {
    for (const feed of feeds) {
      meter.feed(() => feed(elapsedMs));
    }
  });
  await framesPass(2);
  stop();
  for (const { el } of widgets) {
    if ((el.textContent ?? "").length < LEAST_SHOWN_UNITS) {
      throw new Error("A widget shows nothing of its runs.");
    }
  }
  const frames = meter.stop().slice(0, -1);
  return { frames, longTasksMs: endLongTasks(), ...paints, messages };
}

/** Off screen, text may wait. */
function runsOnScreen(widgets: readonly Shown[]): Set<string> {
  const cards = widgets.flatMap(({ el }) => [...el.querySelectorAll<HTMLElement>("[data-run]")]);
  const seen = cards.filter((card) => {
    const { top, bottom, height } = card.getBoundingClientRect();
    return height > 0 && bottom > 0 && top < innerHeight;
  });
  const named = seen.map((card) => card.dataset["run"] ?? "");
  return new Set(named.length > 0 ? named : widgets.flatMap(({ runs }) => runs));
}

/** The widgets for so many runs. */
export function openMany({ runs, arrangement }: Pick<ManyOptions, "runs" | "arrangement">) {
  const apart = arrangement === "apart";
  const options = apart ? { runs: 1 } : { runs, arrangement };
  return Array.from({ length: apart ? runs : 1 }, () => new Shown(options).mount());
}

/** Gives a widget's runs what is due by a steady pace; each run says something else. */
export function feedOf(
  shown: Shown,
  offset: number,
  { tokensPerS, seconds }: Pick<ManyOptions, "tokensPerS" | "seconds">,
): (elapsedMs: number) => void {
  const deltas = splitDeltas(makeText("mixed", tokensPerS * seconds * 5));
  const starts = shown.runs.map((_, index) => (index + offset) * 97);
  let given = 0;
  return (elapsedMs) => {
    const due = Math.floor((elapsedMs / 1000) * tokensPerS);
    if (due > given) {
      const from = given;
      given = due;
      shown.push(starts.map((start) => cyclic(deltas, start + from, start + due)));
    }
  };
}

function cyclic(deltas: readonly string[], from: number, to: number): string {
  let text = "";
  for (let at = from; at < to; at += 1) {
    text += deltas[at % deltas.length] ?? "";
  }
  return text;
}
