/** Search in a long answer, as a reader does it: open it, type, and see the hits counted. */

import { framesPass } from "./meter.ts";
import { Shown } from "./shown.ts";
import { makeText } from "./workload.ts";

const WORD = "gradient";
const GIVE_UP_MS = 5000;
const GIVE_UP_FRAMES = 300;

export type Found = {
  /** From typing the last letter to the first sight of a number of hits. */
  readonly countedMs: number;
  readonly said: string;
};

export async function search({ units }: { readonly units: number }): Promise<Found> {
  const text = makeText("mixed", units);
  const shown = new Shown({ runs: 1, text }).mount();
  shown.setState("completed");
  await framesPass(60);
  const input = await openSearch(shown.el);
  const startedMs = performance.now();
  input.value = WORD;
  input.dispatchEvent(new InputEvent("input", { bubbles: true }));
  for (;;) {
    const said = saidOf(shown.el);
    const tookMs = performance.now() - startedMs;
    if (/[1-9]/.test(said) || tookMs > GIVE_UP_MS) {
      return { countedMs: tookMs, said };
    }
    await framesPass(1);
  }
}

async function openSearch(el: Element): Promise<HTMLInputElement> {
  const button = [...el.querySelectorAll("button")].find((one) =>
    /^(search|find)/i.test(one.getAttribute("aria-label") ?? one.textContent ?? ""),
  );
  button?.click();
  // The search is loaded when it is wanted.
  for (let frames = 0; frames < GIVE_UP_FRAMES; frames += 1) {
    const input = el.querySelector<HTMLInputElement>(".sw-search-field");
    if (input !== null) {
      return input;
    }
    await framesPass(1);
  }
  throw new Error("This widget has no search.");
}

function saidOf(el: Element): string {
  return el.querySelector(".sw-search-count")?.textContent ?? "";
}
