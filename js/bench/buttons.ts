/** What a click costs: Resume with much held back, Cancel among streams that go on. */

import { framesPass, watchLongTasks } from "./meter.ts";
import { nextWhole } from "./paints.ts";
import { Shown } from "./shown.ts";
import { feedOf, openMany } from "./stream.ts";
import { everyMessage } from "./ticks.ts";
import { makeText } from "./workload.ts";

export type Released = {
  /** From the click to the frame whose text was whole. */
  readonly wholeMs: number;
  readonly longTasksMs: readonly number[];
  /** Whether the page had shown nothing of what was held. */
  readonly held: boolean;
};

/** Pauses by the button, lets text come, and resumes by the button. */
export async function holdAndRelease({ units }: { readonly units: number }): Promise<Released> {
  const shown = new Shown({ runs: 1, text: makeText("mixed", 4000) }).mount();
  await framesPass(10);
  press(shown.el, "Pause");
  await framesPass(5);
  const before = lengthOf(shown.el);
  const text = makeText("mixed", units);
  for (let at = 0; at < text.length; at += 1000) {
    shown.push([text.slice(at, at + 1000)]);
    await framesPass(1);
  }
  await framesPass(5);
  const held = lengthOf(shown.el) === before;
  const endLongTasks = watchLongTasks();
  const whole = nextWhole();
  const startedMs = performance.now();
  press(shown.el, "Resume");
  const wholeMs = (await whole) - startedMs;
  await framesPass(5);
  return { wholeMs, longTasksMs: endLongTasks(), held };
}

/** Presses Cancel while so many runs stream; milliseconds until the cancelled state is shown. */
export async function pressCancel({ runs }: { readonly runs: number }): Promise<number> {
  const [shown] = openMany({ runs, arrangement: "grid" });
  if (shown === undefined) {
    throw new Error("There is no widget.");
  }
  const feed = feedOf(shown, 0, { tokensPerS: 60, seconds: 10 });
  const streaming = everyMessage(4, feed);
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const [run] = shown.runs;
  const card = shown.el.querySelector(`[data-run="${run}"]`) ?? shown.el;
  const startedMs = performance.now();
  press(card, "Cancel");
  while (
    shown.el.querySelector(`[data-run="${run}"]`)?.getAttribute("data-state") !== "cancelled"
  ) {
    await framesPass(1);
  }
  const tookMs = performance.now() - startedMs;
  await streaming;
  return tookMs;
}

/** Clicks a button by its accessible name. */
export function press(within: Element, name: string): void {
  const buttons = [...within.querySelectorAll("button")];
  const named = buttons.find((button) => nameOf(button) === name);
  if (named === undefined) {
    throw new Error(`There is no button ${name}, only ${buttons.map(nameOf).join(", ")}.`);
  }
  named.click();
}

function nameOf(button: Element): string {
  return (button.getAttribute("aria-label") ?? button.textContent ?? "").trim();
}

function lengthOf(el: Element): number {
  return el.querySelector('[data-part="output"]')?.textContent?.length ?? 0;
}
