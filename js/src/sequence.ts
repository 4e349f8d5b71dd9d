/** Puts the patches of one run in order: drops what came before, keeps what came too soon. */

import type { Patch } from "./protocol.ts";

/** More than this is not a reordering but a loss, and a snapshot replaces it all. */
const WAITING_PATCHES = 4096;

export class Sequence {
  /** The number that must come next; `null` before the first snapshot. */
  #next: number | null = null;
  readonly #waiting = new Map<number, Patch>();

  /** True while something is known to be missing. */
  get hasGap(): boolean {
    return this.#waiting.size > 0;
  }

  /** The patches that may be applied now, in order. */
  take(patch: Patch): Patch[] {
    if (patch.type === "run-snapshot") {
      return this.#takeSnapshot(patch);
    }
    if (this.#next !== null && patch.seq < this.#next) {
      return [];
    }
    if (this.#waiting.size < WAITING_PATCHES) {
      this.#waiting.set(patch.seq, patch);
    }
    return this.#drain();
  }

  #takeSnapshot(patch: Patch): Patch[] {
    if (this.#next !== null && patch.seq < this.#next) {
      return [];
    }
    this.#next = patch.seq + 1;
    for (const seq of this.#waiting.keys()) {
      if (seq <= patch.seq) {
        this.#waiting.delete(seq);
      }
    }
    return [patch, ...this.#drain()];
  }

  #drain(): Patch[] {
    const ready: Patch[] = [];
    if (this.#next === null) {
      return ready;
    }
    let patch = this.#waiting.get(this.#next);
    while (patch !== undefined) {
      this.#waiting.delete(this.#next);
      ready.push(patch);
      this.#next += 1;
      patch = this.#waiting.get(this.#next);
    }
    return ready;
  }
}
