/** Streams in a tab that nobody looks at, and the moment somebody does. */

import { nextWhole } from "./paints.ts";
import { feedOf, openMany } from "./stream.ts";
import { startTicks } from "./ticks.ts";

const LAST_WORDS = "These are the last words";

export type Returned = {
  /** From the tab being shown to the end of the first frame that held all the text. */
  readonly wholeMs: number;
  /** Runs whose last words were there then. */
  readonly whole: number;
  /** Whether the tab had been hidden at all. */
  readonly wasHidden: boolean;
};

let returned: Promise<Returned> | null = null;

/** Starts so many streams, which go on until the tab has been hidden and is shown again. */
export function startHidden(options: { readonly runs: number; readonly tokensPerS: number }): void {
  const [shown] = openMany({ runs: options.runs, arrangement: "grid" });
  if (shown === undefined) {
    throw new Error("There is no widget.");
  }
  const stop = startTicks(feedOf(shown, 0, { tokensPerS: options.tokensPerS, seconds: 60 }));
  returned = new Promise((resolve) => {
    document.addEventListener("visibilitychange", async function onChange() {
      if (document.hidden) {
        return;
      }
      document.removeEventListener("visibilitychange", onChange);
      stop();
      const startedMs = performance.now();
      shown.push(shown.runs.map(() => `\n\n${LAST_WORDS}.`));
      const wholeMs = (await nextWhole()) - startedMs;
      const outputs = [...shown.el.querySelectorAll('[data-part="output"]')];
      const whole = outputs.filter((output) => output.textContent?.includes(LAST_WORDS)).length;
      resolve({ wholeMs, whole, wasHidden: true });
    });
  });
}

/** What the return was like, once there was one. */
export async function takeHidden(): Promise<Returned> {
  return returned ?? { wholeMs: Number.NaN, whole: 0, wasHidden: false };
}
