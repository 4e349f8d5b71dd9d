/**
 * Tells the kernel what has been painted, so that it can send larger patches to a slow page, and
 * when they met the screen's frames, so that it can send them just in time.
 */

import { FramePhase } from "./frame-phase.ts";
import type { Ack } from "./protocol.ts";

/**
 * From one to the next: sooner until the rhythm is known and met. Each makes the kernel report busy and
 * idle, and the front end draw that, and holds the next message back for 40 ms (measured: TCP
 * delays what it acknowledges to a side that has just spoken).
 */
const SELDOM_MS = 10_000;
const LEARNING_MS = 600;
/** Each shift makes the next measure truer. */
const SETTLING_MS = 1000;
const SETTLING_ACKS = 4;
/** A far kernel's messages have no rhythm: it is looked for so often, then no more. */
const LEARNING_ACKS = 8;
const LAGGING_EVERY_MS = 500;
const LAGGING_MS = 100;
/** Below this, Python's `pace.py` goes back to more messages, by two steps from the slowest. */
const CAUGHT_UP_MS = 50;
const CAUGHT_UP_ACKS = 3;
const QUIET_AFTER_MS = 300;
/** A page that paints nothing of so many messages lags by seconds, whichever of them it is measured by. */
const REMEMBERED = 512;

export class Acks {
  readonly #post: (ack: Ack) => void;
  /** When the frame that is being drawn began, by the page's clock; `null` where nobody knows. */
  readonly #frameMs: () => number | null;
  readonly #phase = new FramePhase();
  #arrivedN = 0;
  /** Messages that have yet to be painted, and when they came. */
  readonly #waiting: { readonly n: number; readonly arrivedMs: number }[] = [];
  #painted: Ack = { type: "ack", n: 0, lag_ms: 0 };
  #sent = 0;
  /** Acknowledgements that told the rhythm. */
  #learnt = 0;
  /** Acknowledgements without a lag that are still due soon. */
  #toCatchUp = 0;
  #sentN = 0;
  #sentMs = Number.NEGATIVE_INFINITY;
  #quiet: ReturnType<typeof setTimeout> | undefined;

  constructor(post: (ack: Ack) => void, frameMs: () => number | null) {
    this.#post = post;
    this.#frameMs = frameMs;
  }

  arrived(n: number, nowMs: number): void {
    this.#phase.arrived(nowMs);
    if (n > this.#arrivedN) {
      this.#arrivedN = n;
      this.#waiting.push({ n, arrivedMs: nowMs });
      if (this.#waiting.length > REMEMBERED) {
        this.#waiting.shift();
      }
    }
  }

  /** The newest message. */
  get arrivedN(): number {
    return this.#arrivedN;
  }

  /** All that the messages up to number `n` brought is on screen now. */
  painted(n: number, nowMs: number): void {
    const frameMs = this.#frameMs();
    if (frameMs !== null) {
      this.#phase.painted(frameMs);
    }
    let newest: { readonly n: number; readonly arrivedMs: number } | undefined;
    while ((this.#waiting[0]?.n ?? Number.POSITIVE_INFINITY) <= n) {
      newest = this.#waiting.shift();
    }
    if (newest === undefined) {
      return;
    }
    const lagMs = Math.max(0, nowMs - newest.arrivedMs);
    this.#painted = { type: "ack", n: newest.n, lag_ms: Math.round(lagMs * 10) / 10 };
    clearTimeout(this.#quiet);
    if (nowMs - this.#sentMs >= this.#everyMs(lagMs)) {
      this.#flush(nowMs);
    } else {
      this.#quiet = setTimeout(() => this.#flush(performance.now()), QUIET_AFTER_MS);
    }
  }

  close(): void {
    clearTimeout(this.#quiet);
  }

  #everyMs(lagMs: number): number {
    if (lagMs > LAGGING_MS || this.#toCatchUp > 0) {
      return LAGGING_EVERY_MS;
    }
    if (this.#learnt === 0 && this.#sent < LEARNING_ACKS) {
      return LEARNING_MS;
    }
    const settling = this.#learnt > 0 && this.#learnt < SETTLING_ACKS;
    return settling ? SETTLING_MS : SELDOM_MS;
  }

  #noteLag(lagMs: number): void {
    if (lagMs > LAGGING_MS) {
      this.#toCatchUp = CAUGHT_UP_ACKS;
    } else if (lagMs < CAUGHT_UP_MS) {
      this.#toCatchUp = Math.max(0, this.#toCatchUp - 1);
    }
  }

  #flush(nowMs: number): void {
    if (this.#painted.n > this.#sentN) {
      this.#sent += 1;
      this.#sentN = this.#painted.n;
      this.#sentMs = nowMs;
      this.#noteLag(this.#painted.lag_ms);
      const { phase } = this.#phase;
      this.#post({ ...this.#painted, ...phase });
      this.#learnt += phase === undefined ? 0 : 1;
      this.#phase.forget();
    }
  }
}
