/** What widgets leave in memory; the heap itself is read from outside. */

import { framesPass } from "./meter.ts";
import { Shown } from "./shown.ts";
import { makeText, splitDeltas } from "./workload.ts";

const DELTAS_A_FRAME = 200;

/** Leaves a widget on the page that has streamed a long answer. */
export async function holdLong({ units }: { readonly units: number }): Promise<number> {
  const deltas = splitDeltas(makeText("mixed", units));
  const shown = new Shown({ runs: 1 }).mount();
  for (let at = 0; at < deltas.length; at += DELTAS_A_FRAME) {
    shown.push([deltas.slice(at, at + DELTAS_A_FRAME).join("")]);
    await framesPass(1);
  }
  shown.setState("completed");
  await framesPass(10);
  return deltas.length;
}

/** A cell that is run, streams, and is run again: nothing of it may stay. */
export async function mountAndUnmount({ units }: { readonly units: number }): Promise<void> {
  const text = makeText("mixed", units);
  const shown = new Shown({ runs: 2 }).mount();
  for (let at = 0; at < text.length; at += 2000) {
    shown.push([text.slice(at, at + 2000), text.slice(at, at + 2000)]);
    await framesPass(1);
  }
  await framesPass(3);
  shown.unmount();
  await framesPass(3);
}
