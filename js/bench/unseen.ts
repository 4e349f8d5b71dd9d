/** Streams in a tab that nobody looks at, and the moment somebody does. */

import { framesPass } from "./meter.ts";
import { PlainBoxes } from "./plain.ts";
import { feedOf, openMany } from "./stream.ts";
import { startTicks } from "./ticks.ts";

const LAST_WORDS = "These are the last words";

export type Returned = {
  /** From the tab being shown to the end of its first frame. */
  readonly firstMs: number;
  /** To the end of the frame in which the last words of all runs were there. */
  readonly wholeMs: number;
  /** Whether the tab had been hidden at all. */
  readonly wasHidden: boolean;
};

let returned: Promise<Returned> | null = null;

export type HiddenOptions = {
  readonly runs: number;
  readonly tokensPerS: number;
  /** In boxes that only grow: what they take, any page would. */
  readonly plain: boolean;
};

/** Starts so many streams, which go on until the tab has been hidden and is shown again. */
export function startHidden(options: HiddenOptions): void {
  const [shown] = options.plain
    ? [new PlainBoxes(options.runs)]
    : openMany({ runs: options.runs, arrangement: "grid" });
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
      await framesPass(1);
      const firstMs = performance.now() - startedMs;
      while (!isWhole(shown.el, options)) {
        await framesPass(1);
      }
      resolve({ firstMs, wholeMs: performance.now() - startedMs, wasHidden: true });
    });
  });
}

/** What the return was like, once there was one. */
export async function takeHidden(): Promise<Returned> {
  return returned ?? { firstMs: Number.NaN, wholeMs: Number.NaN, wasHidden: false };
}

function isWhole(el: Element, { runs, plain }: HiddenOptions): boolean {
  const outputs = [...el.querySelectorAll(plain ? ":scope > *" : '[data-part="output"]')];
  return outputs.filter((output) => output.textContent?.includes(LAST_WORDS)).length === runs;
}
