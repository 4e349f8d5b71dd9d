/** What is drawn four times a second: it leaves a frame that is full to others, and has the next. */

/** A little less than the slow beat of the page's loop, so that no beat is missed. */
const EVERY_MS = 240;
/** Frames may stay full: then it has its turn in one of them all the same. */
const WAIT_MS = 120;

export class SlowBeat {
  #lastMs = Number.NEGATIVE_INFINITY;
  #isPutOff = false;

  /** True when it is time; in a frame that is `full` it is time a little later. */
  isDue(nowMs: number, full: boolean): boolean {
    const overdueMs = nowMs - this.#lastMs - EVERY_MS;
    const due = overdueMs >= (full ? WAIT_MS : 0);
    this.#isPutOff = overdueMs >= 0 && !due;
    return due;
  }

  /** It would have been time, but for what fills the frame: it wants another. */
  get isPutOff(): boolean {
    return this.#isPutOff;
  }

  /** All was drawn, be it time or not. */
  drew(nowMs: number): void {
    this.#lastMs = nowMs;
    this.#isPutOff = false;
  }
}
