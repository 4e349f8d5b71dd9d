/** Watching a finished run once more: where the text stood at each moment, by when it arrived. */

import { listSegments, type RunModel } from "./run-model.ts";

export type Replay = {
  /** By the page's clock. */
  readonly startMs: number;
  /** How many times as fast as it was. */
  readonly factor: number;
  /** When a stretch arrived, and how much text there was then; oldest first. */
  readonly steps: readonly { readonly atMs: number; readonly shown: number }[];
};

export function startReplay(model: RunModel, factor: number, nowMs: number): Replay {
  const steps = listSegments(model.newest).map(({ atMs, start, length }) => ({
    atMs,
    shown: start + length,
  }));
  return { startMs: nowMs, factor, steps };
}

/** Milliseconds into the run. */
export function replayedMs(replay: Replay, nowMs: number): number {
  return Math.max(0, nowMs - replay.startMs) * replay.factor;
}

/** UTF-16 units that had arrived by then. */
export function shownAt(replay: Replay, nowMs: number): number {
  const atMs = replayedMs(replay, nowMs);
  let low = 0;
  let high = replay.steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((replay.steps[middle]?.atMs ?? 0) <= atMs) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return replay.steps[low - 1]?.shown ?? 0;
}
