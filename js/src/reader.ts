/** How much of a run the reader lets onto the screen: pause, speed, and the cursor they move. */

import type { RunSnapshot } from "./protocol.ts";
import { isFinal, type RunModel, unitsUpTo } from "./run-model.ts";

export type Reader = {
  readonly paused: boolean;
  /** Tokens a second at most; `null` is as received. */
  readonly speed: number | null;
  /** UTF-16 units over all parts, in the order they came; a fraction waits for its whole. */
  readonly shown: number;
  /** When `shown` was last brought up to date, by the page's clock. */
  readonly atMs: number;
};

/** How a run is first met: a finished one whole, a paused one where it was left. */
export function openReader(model: RunModel, patch: RunSnapshot, nowMs: number): Reader {
  const paused = patch.view.state === "paused";
  const left = paused ? patch.view.shown : null;
  return {
    paused,
    speed: patch.view.speed,
    shown: left === null ? model.total : unitsUpTo(model, left),
    atMs: nowMs,
  };
}

/** The cursor at `nowMs`: at the end unless something holds it. */
export function advance(reader: Reader, model: RunModel, nowMs: number): Reader {
  const { total } = model;
  const caughtUp = reader.shown >= total;
  if (reader.paused || caughtUp) {
    return { ...reader, shown: Math.min(reader.shown, total), atMs: nowMs };
  }
  if (reader.speed === null) {
    return { ...reader, shown: total, atMs: nowMs };
  }
  const seconds = Math.max(0, nowMs - reader.atMs) / 1000;
  const shown = reader.shown + seconds * reader.speed * model.chars_per_token;
  return { ...reader, shown: Math.min(shown, total), atMs: nowMs };
}

/** Holds the view at what is on screen. */
export function pauseReader(reader: Reader, onScreen: number): Reader {
  return { ...reader, paused: true, shown: Math.min(reader.shown, onScreen) };
}

export function resumeReader(reader: Reader, nowMs: number): Reader {
  return { ...reader, paused: false, atMs: nowMs };
}

export function setReaderSpeed(reader: Reader, speed: number | null): Reader {
  return { ...reader, speed };
}

/** Lets everything through: the run was cancelled, or the reader asked for what is live. */
export function releaseReader(reader: Reader, model: RunModel): Reader {
  return { ...reader, paused: false, shown: model.total };
}

/** UTF-16 units that have arrived and are not shown. */
export function heldUnits(reader: Reader, model: RunModel): number {
  return Math.max(0, model.total - Math.floor(reader.shown));
}

/** True when the run is over and the page has not said so yet. */
export function isCatchingUp(reader: Reader, model: RunModel): boolean {
  return isFinal(model.state) && !reader.paused && heldUnits(reader, model) > 0;
}
