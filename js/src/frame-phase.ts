/**
 * How long before the screen's next frame messages arrive, so that the kernel can send them just in
 * time: one that arrives right after a frame has begun waits for nearly a whole one.
 */

/** What the kernel is told. */
export type Phase = {
  /** From one frame of the screen to the next. */
  readonly frame_ms: number;
  /** What nearly all messages had left when their frame began; below 0 they missed it. */
  readonly spare_ms: number;
};

const REMEMBERED = 120;
const ENOUGH = 24;
const FASTEST_MS = 3;
const SLOWEST_MS = 40;
/** Below this the messages come at any time: there is nothing to say about them. */
const CONCENTRATED = 0.4;
/** How much further from the middle than the first quartile one in ten or twenty lies. */
const LATE = 1.8;
/** More than that is no jitter but a rhythm that has just been shifted. */
const WIDEST_MS = 3;

export class FramePhase {
  readonly #waits: number[] = [];
  readonly #gaps: number[] = [];
  /** Not painted yet. */
  #arrived: number[] = [];
  #lastFrameMs = Number.NEGATIVE_INFINITY;

  arrived(nowMs: number): void {
    // What waits for longer than a frame lasts waits for something else: nothing is drawn just now.
    this.#arrived = this.#arrived.filter((arrivedMs) => nowMs - arrivedMs < SLOWEST_MS);
    this.#arrived.push(nowMs);
  }

  /** A frame was painted that had begun at `frameMs`; one frame may be told more than once. */
  painted(frameMs: number): void {
    const gap = frameMs - this.#lastFrameMs;
    if (gap > FASTEST_MS && gap < SLOWEST_MS) {
      remember(this.#gaps, gap);
    }
    this.#lastFrameMs = frameMs;
    for (const arrivedMs of this.#arrived) {
      remember(this.#waits, frameMs - arrivedMs);
    }
    this.#arrived = [];
  }

  /** `undefined` while there is too little to say, or no rhythm in it. */
  get phase(): Phase | undefined {
    if (this.#waits.length < ENOUGH || this.#gaps.length < ENOUGH) {
      return undefined;
    }
    const period = meanPeriod(this.#gaps);
    const around = circularMean(this.#waits, period);
    if (around.length < CONCENTRATED) {
      return undefined;
    }
    const near = this.#waits
      .map((wait) => around.mean + modulo(wait - around.mean + period / 2, period) - period / 2)
      .sort((a, b) => a - b);
    // By the quartile: the few that were held up on the way must not move it.
    const half = near[near.length >> 1] ?? around.mean;
    const late = half - Math.min(WIDEST_MS, LATE * (half - (near[near.length >> 2] ?? half)));
    return { frame_ms: rounded(period), spare_ms: rounded(late) };
  }

  /** Forgets the waits: the kernel is about to change them. */
  forget(): void {
    this.#waits.length = 0;
  }
}

/** A dropped frame makes a gap of two: such gaps count as what they hold. */
function meanPeriod(gaps: readonly number[]): number {
  const median = [...gaps].sort((a, b) => a - b)[gaps.length >> 1] ?? 1;
  let sum = 0;
  let frames = 0;
  for (const gap of gaps) {
    sum += gap;
    frames += Math.round(gap / median);
  }
  return sum / Math.max(1, frames);
}

/** Where on a circle of this size the values lie, and how close together (0 to 1). */
function circularMean(values: readonly number[], size: number): { mean: number; length: number } {
  let x = 0;
  let y = 0;
  for (const value of values) {
    const angle = (value / size) * 2 * Math.PI;
    x += Math.cos(angle);
    y += Math.sin(angle);
  }
  const mean = (Math.atan2(y, x) / (2 * Math.PI)) * size;
  return { mean: modulo(mean, size), length: Math.hypot(x, y) / values.length };
}

function modulo(value: number, size: number): number {
  return ((value % size) + size) % size;
}

function remember(values: number[], value: number): void {
  values.push(value);
  if (values.length > REMEMBERED) {
    values.shift();
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
