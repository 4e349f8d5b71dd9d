/** One view of a widget: a card for each run, painted by the page's one loop. */

import type { Face } from "../describe.ts";
import { type FrameTask, pageFrames } from "../scheduler.ts";
import type { Store } from "../store.ts";
import { copyExactly } from "./clipboard.ts";
import { make, setData } from "./dom.ts";
import { RunCard } from "./run-card.ts";
import { followTheme } from "./theme.ts";

/** A view must not show up empty: what this holds is drawn before `render` returns. */
const FIRST_PAINT_MS = 30;

export class WidgetView implements FrameTask {
  readonly element = make("div", "stream-widget");
  readonly #store: Store;
  readonly #cards = new Map<string, RunCard>();
  readonly #spoken = new Map<string, string>();
  readonly #status = make("div", "sw-unseen");
  readonly #frames = pageFrames();
  readonly #signal: AbortSignal;
  #painted: RunCard[] = [];
  #visible = true;

  constructor(store: Store, { signal }: { signal: AbortSignal }) {
    this.#store = store;
    this.#signal = signal;
    this.#status.setAttribute("role", "status");
    this.#status.setAttribute("aria-live", "polite");
    this.element.append(this.#status);
    this.element.addEventListener("copy", (event) => copyExactly(event, this.element));
    this.#keepKeys();
    this.#watchVisibility();
    const stop = store.subscribe(() => this.#frames.request(this));
    signal.addEventListener("abort", () => {
      stop();
      this.#frames.drop(this);
    });
  }

  /** Puts the view into the page and draws what is known. */
  mount(parent: HTMLElement): void {
    parent.append(this.element);
    followTheme(this.element, { signal: this.#signal });
    const nowMs = performance.now();
    if (this.paint(nowMs, nowMs + FIRST_PAINT_MS)) {
      this.#frames.request(this);
    }
    this.settle();
  }

  isVisible(): boolean {
    return this.#visible;
  }

  paint(nowMs: number, deadlineMs: number): boolean {
    let more = false;
    let live = false;
    this.#addCards();
    for (const [id, card] of this.#cards) {
      const result = card.paint(nowMs, deadlineMs);
      if (result !== null) {
        this.#painted.push(card);
        this.#say(id, card, result.face);
        more ||= result.more;
        live ||= result.face.live;
      }
    }
    if (live) {
      this.#frames.requestSlow(this);
    }
    return more;
  }

  settle(): void {
    for (const card of this.#painted) {
      card.settle();
    }
    if (this.#painted.every((card) => card.isWhole)) {
      this.#store.painted(performance.now());
    }
    this.#painted = [];
  }

  #addCards(): void {
    for (const run of this.#store.runs.values()) {
      if (!this.#cards.has(run.id) && run.model !== undefined) {
        const card = new RunCard(run, this.#store, { signal: this.#signal });
        this.#cards.set(run.id, card);
        this.element.insertBefore(card.element, this.#status);
      }
    }
  }

  /** One sentence for each change of state, none for a state first met or for counting up. */
  #say(id: string, card: RunCard, face: Face): void {
    const spoken = face.pill.replace(/ for \d+ s$/, "");
    const before = this.#spoken.get(id);
    if (before !== spoken) {
      this.#spoken.set(id, spoken);
      this.#status.textContent = before === undefined ? "" : `${card.title}: ${spoken}`;
    }
  }

  /**
   * Keeps the notebook's single-key shortcuts from firing while the focus is in here: a "d"
   * typed at the speed menu must not delete a cell. JupyterLab listens before us and looks for
   * the attribute; other front ends listen after us.
   */
  #keepKeys(): void {
    setData(this.element, "lmSuppressShortcuts", "true");
    this.element.addEventListener("keydown", (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.altKey) {
        event.stopPropagation();
      }
    });
  }

  #watchVisibility(): void {
    const seen = new IntersectionObserver((entries) => {
      this.#visible = entries.at(-1)?.isIntersecting ?? true;
      if (this.#visible) {
        this.#frames.request(this);
      }
    });
    seen.observe(this.element);
    this.#signal.addEventListener("abort", () => seen.disconnect(), { once: true });
    const back = () => document.hidden || this.#frames.request(this);
    document.addEventListener("visibilitychange", back, { signal: this.#signal });
  }
}
