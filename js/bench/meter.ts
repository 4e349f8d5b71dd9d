/**
 * What the page does in each frame, from its first animation callback until it is painted.
 *
 * A frame is one task: its animation callbacks, then style, layout and paint; a message that a
 * callback posts arrives right after it. What a measurement feeds the page between two frames
 * counts for the frame that follows.
 */

export type Frame = {
  /** When the frame began, as `requestAnimationFrame` says. */
  readonly atMs: number;
  /** How long the main thread was kept busy for it. */
  workMs: number;
};

export class Meter {
  readonly frames: Frame[] = [];
  /** Called after each frame's paint: the place to feed the next one. */
  afterPaint: () => void = () => undefined;
  readonly #frame = globalThis.requestAnimationFrame;
  readonly #painted = new MessageChannel();
  /** Frames that have begun, the present one included. */
  begun = 0;
  #beganAt = -1;
  #startedMs: number | null = null;
  #fedMs = 0;
  #runs = false;

  start(): void {
    this.#runs = true;
    this.#painted.port1.onmessage = () => this.#onPainted();
    // The page's own callbacks may come before ours.
    globalThis.requestAnimationFrame = (callback) =>
      this.#request((time) => {
        this.#begin(time);
        callback(time);
      });
    this.#request((time) => this.#onFrame(time));
  }

  stop(): Frame[] {
    this.#runs = false;
    globalThis.requestAnimationFrame = this.#frame;
    this.#painted.port1.close();
    return this.frames;
  }

  /** Does what the page gets to do between frames, and counts its time. */
  feed<Result>(action: () => Result): Result {
    const startedMs = performance.now();
    try {
      return action();
    } finally {
      this.#fedMs += performance.now() - startedMs;
    }
  }

  #request(callback: FrameRequestCallback): number {
    return this.#frame.call(globalThis, callback);
  }

  #onFrame(time: number): void {
    this.#begin(time);
    if (this.#runs) {
      this.frames.push({ atMs: time, workMs: 0 });
      this.#painted.port2.postMessage(null);
      this.#request((next) => this.#onFrame(next));
    }
  }

  /** All callbacks of a frame are given the same time. */
  #begin(time: number): void {
    this.#startedMs ??= performance.now();
    if (time !== this.#beganAt) {
      this.#beganAt = time;
      this.begun += 1;
    }
  }

  #onPainted(): void {
    const frame = this.frames.at(-1);
    if (frame !== undefined && this.#startedMs !== null) {
      frame.workMs = performance.now() - this.#startedMs + this.#fedMs;
    }
    this.#startedMs = null;
    this.#fedMs = 0;
    this.afterPaint();
  }
}

/** Tasks of the page that took 50 ms or more, until the returned function tells them. */
export function watchLongTasks(): () => number[] {
  const durationsMs: number[] = [];
  const note = (entries: PerformanceEntryList) =>
    durationsMs.push(...entries.map((entry) => entry.duration));
  const observer = new PerformanceObserver((list) => note(list.getEntries()));
  observer.observe({ type: "longtask" });
  return () => {
    note(observer.takeRecords());
    observer.disconnect();
    return durationsMs;
  };
}

/** Resolves after so many frames have been painted. */
export async function framesPass(count: number): Promise<void> {
  for (let passed = 0; passed < count; passed += 1) {
    await new Promise(requestAnimationFrame);
  }
  await new Promise((resolve) => setTimeout(resolve));
}
