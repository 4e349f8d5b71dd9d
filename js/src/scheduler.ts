/**
 * One animation-frame loop for the page, shared by every widget in it.
 *
 * Sixteen loops would each think the frame is theirs. Tasks that are on screen go first and share
 * one budget; the others wait for a slow timer, which also serves a hidden tab, where frames stop.
 */

/** What wants to be painted. */
export type FrameTask = {
  /** Paints until `deadlineMs`; true when there is more to paint in the next frame. */
  paint(nowMs: number, deadlineMs: number): boolean;
  /** Called after every task of the frame has painted: the place to measure and scroll. */
  settle(): void;
  isVisible(): boolean;
  /** Texts that grew when it was painted last. */
  readonly grown: number;
};

export type Frames = {
  /** Paints the task in the next frame. */
  request(task: FrameTask): void;
  /** Paints the task within a quarter of a second, together with all that asked for it. */
  requestSlow(task: FrameTask): void;
  drop(task: FrameTask): void;
};

/** The page's side of it; tests give their own. */
export type FrameHost = {
  readonly requestFrame: (callback: () => void) => void;
  readonly setTimer: (callback: () => void, delayMs: number) => void;
  readonly nowMs: () => number;
  readonly isHidden: () => boolean;
};

const BUDGET_MS = 7;
/** In a hidden tab, where nobody waits for a frame: text must not pile up for the moment of return. */
const HIDDEN_BUDGET_MS = 40;
/**
 * Texts that may grow in one frame. What each costs in layout and paint comes after the budget was
 * last looked at, and hardly depends on how much it has gained: sixteen texts that take turns cost
 * half as much, and none of them waits longer than for the next frame.
 */
export const TEXTS_A_FRAME = 8;
/**
 * So many grow together in every frame. A message that brings more is shown in two frames, and the
 * kernel leaves a third one free, which is for what is not text.
 */
export const FEW_TEXTS = 4;
const SLOW_MS = 250;
/** Off screen and in hidden tabs: often enough to be whole on return. */
const UNSEEN_MS = 1000;

export class FrameLoop implements Frames {
  readonly #host: FrameHost;
  readonly #wanted = new Set<FrameTask>();
  readonly #slow = new Set<FrameTask>();
  readonly #unseen = new Set<FrameTask>();
  #hasFrame = false;
  #hasSlowTimer = false;
  #hasUnseenTimer = false;

  constructor(host: FrameHost) {
    this.#host = host;
  }

  request(task: FrameTask): void {
    this.#wanted.add(task);
    this.#schedule();
  }

  requestSlow(task: FrameTask): void {
    this.#slow.add(task);
    this.#schedule();
  }

  drop(task: FrameTask): void {
    for (const tasks of [this.#wanted, this.#slow, this.#unseen]) {
      tasks.delete(task);
    }
  }

  #schedule(): void {
    if (this.#host.isHidden()) {
      move(this.#wanted, this.#unseen, () => true);
    }
    if (this.#wanted.size > 0 && !this.#hasFrame) {
      this.#hasFrame = true;
      this.#host.requestFrame(() => this.#onFrame());
    }
    if (this.#unseen.size > 0 && !this.#hasUnseenTimer) {
      this.#hasUnseenTimer = true;
      this.#host.setTimer(() => this.#onUnseen(), UNSEEN_MS);
    }
    if (this.#slow.size > 0 && !this.#hasSlowTimer) {
      this.#hasSlowTimer = true;
      this.#host.setTimer(() => this.#onSlow(), SLOW_MS);
    }
  }

  #onFrame(): void {
    this.#hasFrame = false;
    const hidden = this.#host.isHidden();
    move(this.#wanted, this.#unseen, (task) => hidden || !task.isVisible());
    this.#run(this.#wanted, BUDGET_MS);
    this.#schedule();
  }

  #onUnseen(): void {
    this.#hasUnseenTimer = false;
    this.#run(this.#unseen, this.#host.isHidden() ? HIDDEN_BUDGET_MS : BUDGET_MS);
    this.#schedule();
  }

  #onSlow(): void {
    this.#hasSlowTimer = false;
    move(this.#slow, this.#wanted, () => true);
    this.#schedule();
  }

  /** Whoever the budget leaves out keeps its place and comes first next time. */
  #run(tasks: Set<FrameTask>, budgetMs: number): void {
    const nowMs = this.#host.nowMs();
    const painted: FrameTask[] = [];
    let grown = 0;
    for (const task of [...tasks]) {
      const spent = grown >= TEXTS_A_FRAME || this.#host.nowMs() - nowMs >= budgetMs;
      if (painted.length > 0 && spent) {
        break;
      }
      painted.push(task);
      tasks.delete(task);
      if (task.paint(nowMs, nowMs + budgetMs)) {
        tasks.add(task);
      }
      grown += task.grown;
    }
    for (const task of painted) {
      task.settle();
    }
  }
}

function move(from: Set<FrameTask>, to: Set<FrameTask>, test: (task: FrameTask) => boolean): void {
  for (const task of [...from]) {
    if (test(task)) {
      from.delete(task);
      to.add(task);
    }
  }
}

const KEY = Symbol.for("stream_widget.frames.v1");

/** The page's loop: two copies of this module in one page find the same one. */
export function pageFrames(): Frames {
  const page = globalThis as { [KEY]?: Frames };
  page[KEY] ??= new FrameLoop({
    requestFrame: (callback) => requestAnimationFrame(callback),
    setTimer: (callback, delayMs) => setTimeout(callback, delayMs),
    nowMs: () => performance.now(),
    isHidden: () => document.hidden,
  });
  return page[KEY];
}
