/** Tells the kernel what has been painted, so that it can send larger patches to a slow page. */

import type { Ack } from "./protocol.ts";

/** Each acknowledgement makes the kernel report busy and idle, and the front end draw that. */
const EVERY_MS = 5000;
const LAGGING_EVERY_MS = 500;
const LAGGING_MS = 100;
const QUIET_AFTER_MS = 300;

export class Acks {
  readonly #post: (ack: Ack) => void;
  #arrivedN = 0;
  #arrivedMs = 0;
  #painted: Ack = { type: "ack", n: 0, lag_ms: 0 };
  #sentN = 0;
  #sentMs = Number.NEGATIVE_INFINITY;
  #quiet: ReturnType<typeof setTimeout> | undefined;

  constructor(post: (ack: Ack) => void) {
    this.#post = post;
  }

  arrived(n: number, nowMs: number): void {
    if (n > this.#arrivedN) {
      this.#arrivedN = n;
      this.#arrivedMs = nowMs;
    }
  }

  /** All that had arrived is on screen now. */
  painted(nowMs: number): void {
    if (this.#arrivedN <= this.#painted.n) {
      return;
    }
    const lagMs = Math.max(0, nowMs - this.#arrivedMs);
    this.#painted = { type: "ack", n: this.#arrivedN, lag_ms: Math.round(lagMs * 10) / 10 };
    clearTimeout(this.#quiet);
    const everyMs = lagMs > LAGGING_MS ? LAGGING_EVERY_MS : EVERY_MS;
    if (nowMs - this.#sentMs >= everyMs) {
      this.#flush(nowMs);
    } else {
      this.#quiet = setTimeout(() => this.#flush(performance.now()), QUIET_AFTER_MS);
    }
  }

  close(): void {
    clearTimeout(this.#quiet);
  }

  #flush(nowMs: number): void {
    if (this.#painted.n > this.#sentN) {
      this.#sentN = this.#painted.n;
      this.#sentMs = nowMs;
      this.#post(this.#painted);
    }
  }
}
