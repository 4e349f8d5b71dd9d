/** A text that grows by a piece in each frame, in stretches that whoever measures asks for. */

import { Meter } from "./meter.ts";

export type Stretch = {
  /** For each frame, of taking the piece: all that is done before the next frame begins. */
  readonly writeMs: readonly number[];
  /** For each frame, of all the main thread did for it. */
  readonly workMs: readonly number[];
};

export type Growth = {
  readonly frames: number;
  readonly deltas: number;
  /** Grows for so many frames; fewer at the end. */
  advance(frames: number): Promise<Stretch>;
};

export function openGrowth(
  deltas: readonly string[],
  perFrame: number,
  write: (text: string) => void,
): Growth {
  const frames = Math.ceil(deltas.length / perFrame);
  let at = 0;
  const piece = () => {
    at += 1;
    return deltas.slice((at - 1) * perFrame, at * perFrame).join("");
  };
  const advance = (count: number): Promise<Stretch> => {
    const end = Math.min(frames, at + count);
    const meter = new Meter();
    const writeMs: number[] = [];
    return new Promise((resolve) => {
      meter.afterPaint = () => {
        if (at >= end) {
          const measured = meter.stop().slice(-writeMs.length);
          resolve({ writeMs, workMs: measured.map((frame) => frame.workMs) });
          return;
        }
        const startedMs = performance.now();
        meter.feed(() => write(piece()));
        writeMs.push(performance.now() - startedMs);
      };
      meter.start();
    });
  };
  return { frames, deltas: deltas.length, advance };
}
