/** One view of a widget: its runs, laid out as asked, painted by the page's one loop. */

import type { Arrangement } from "../arrangement.ts";
import { type Prefs, readPrefs } from "../prefs.ts";
import { type FrameTask, pageFrames } from "../scheduler.ts";
import type { Store } from "../store.ts";
import { Announcer } from "./announcer.ts";
import type { Desk } from "./card-actions.ts";
import { copyExactly } from "./clipboard.ts";
import { Deck, hasFreeFrames, type Seen } from "./deck.ts";
import { make, setData } from "./dom.ts";
import { LateSearch, loadMany, makeDesk } from "./late.ts";
import { type Layout, PlainLayout, type SharedTools } from "./layout.ts";
import { whenMarkdown } from "./markdown-look.ts";
import { ReadingBar } from "./reading-bar.ts";
import { SlowBeat } from "./slow-beat.ts";
import { followTheme } from "./theme.ts";

/** A view must not show up empty: what this holds is drawn before `render` returns. */
const FIRST_PAINT_MS = 30;
/** A kernel that is busy, or a page that was offline, may have it later. */
const ASK_AGAIN_MS = 5000;

export class WidgetView implements FrameTask {
  readonly element = make("div", "stream-widget");
  readonly #store: Store;
  readonly #signal: AbortSignal;
  readonly #frames = pageFrames();
  readonly #announcer = new Announcer();
  readonly #desk: Desk;
  readonly #deck: Deck;
  readonly #search: LateSearch;
  readonly #bar: ReadingBar;
  readonly #tools: SharedTools;
  readonly #beat = new SlowBeat();
  #layout: Layout;
  #asked = false;
  #source = readPrefs().source;
  #drawn = "";
  #visible = true;

  constructor(store: Store, { signal }: { signal: AbortSignal }) {
    this.#store = store;
    this.#signal = signal;
    const request = () => this.#frames.request(this);
    const say = (sentence: string) => this.#announcer.say(sentence);
    const layout = () => this.#layout;
    this.#desk = makeDesk(this.element, signal, say, layout);
    this.#deck = new Deck(store, this.#desk, request);
    this.#bar = new ReadingBar(signal, (prefs) => this.#apply(prefs));
    this.#search = new LateSearch({ deck: this.#deck, layout, say, request }, this.#bar.element);
    this.#tools = { bar: this.#bar.element, button: this.#search.button.element };
    this.#layout = new PlainLayout(this.#deck, this.#tools, () => this.#arrangement);
    this.element.append(this.#deck.element, ...this.#announcer.elements);
    this.element.addEventListener("copy", (event) => copyExactly(event, this.element));
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    // JupyterLab listens before us, and looks for this.
    setData(this.element, "lmSuppressShortcuts", "true");
    this.#watchVisibility(request);
    whenMarkdown(request, { signal });
    const stop = store.subscribe(request);
    signal.addEventListener("abort", () => {
      stop();
      this.#search.close();
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

  get grown(): number {
    return this.#layout.grown;
  }

  isVisible(): boolean {
    return this.#visible;
  }

  paint(nowMs: number, deadlineMs: number): boolean {
    const seen = this.#deck.look(nowMs);
    this.#wantMany();
    this.#layout.arrange(seen);
    const everything = !this.#visible || document.hidden;
    const n = this.#store.arrivedN;
    const more = this.#layout.paint(seen, { nowMs, deadlineMs, everything, n });
    this.#announcer.update(seen);
    return this.#updateSeldom(seen, nowMs) || more;
  }

  settle(): void {
    this.#layout.settle();
    this.#store.painted(this.#layout.paintedN, performance.now());
    this.#search.settle();
  }

  /**
   * What is drawn when it changes in kind, and four times a second while anything moves; true when
   * it is time and this frame is for text.
   */
  #updateSeldom(seen: readonly Seen[], nowMs: number): boolean {
    const live = seen.some(({ look }) => look.face.live);
    const kinds = seen.map(({ look }) => look.face.state).join(" ");
    const drawn = `${this.#layout.current} ${this.#store.ui.tab} ${kinds}`;
    if (live || this.#deck.isBehind) {
      this.#frames.requestSlow(this);
    }
    const waits = hasFreeFrames(seen) && this.grown > 0;
    const due = this.#beat.isDue(nowMs, waits);
    if (live && drawn === this.#drawn && !due) {
      return this.#beat.isPutOff;
    }
    this.#drawn = drawn;
    this.#beat.drew(nowMs);
    this.#layout.update(seen);
    this.#bar.update(new Set(seen.flatMap(({ card }) => card.has)));
    this.#search.refresh();
    return false;
  }

  /** One run needs no layout; what it was asked again stands below it. */
  get #arrangement(): Arrangement {
    const { arrangement, runs } = this.#store;
    return runs.size < 2 ? "stack" : arrangement;
  }

  /** Several runs that stand for themselves want more than cards. */
  #wantMany(): void {
    if (this.#asked || this.#arrangement === "stack") {
      return;
    }
    this.#asked = true;
    loadMany().then(
      ({ ManyLayout }) => {
        const request = () => this.#frames.request(this);
        this.#layout = new ManyLayout(this.#store, this.#deck, this.#desk, this.#tools, request);
        this.#deck.element.before(...this.#layout.above);
        this.#deck.element.after(...this.#layout.below);
        request();
      },
      () => setTimeout(() => (this.#asked = false), ASK_AGAIN_MS),
    );
  }

  #apply(prefs: Prefs): void {
    for (const kind of ["reasoning", "answer", "notices"] as const) {
      this.element.classList.toggle(`sw-no-${kind}`, !prefs[kind]);
    }
    if (prefs.source !== this.#source) {
      this.#source = prefs.source;
      for (const card of this.#deck.cards) {
        card.setSource(prefs.source);
      }
    }
    this.#frames.request(this);
  }

  /**
   * Opens the search, and keeps the notebook's single-key shortcuts from firing while the focus is
   * in here: a "d" typed at the speed menu must not delete a cell.
   */
  #onKey(event: KeyboardEvent): void {
    const { key, ctrlKey, metaKey, altKey } = event;
    const find = (ctrlKey || metaKey) && !altKey && key.toLowerCase() === "f";
    const types = event.target instanceof Element && event.target.matches("input, select");
    if (find || (key === "/" && !types && !ctrlKey && !metaKey && !altKey)) {
      event.preventDefault();
      event.stopPropagation();
      this.#search.open();
    } else if (!ctrlKey && !metaKey && !altKey) {
      event.stopPropagation();
    }
  }

  #watchVisibility(request: () => void): void {
    const seen = new IntersectionObserver((entries) => {
      this.#visible = entries.at(-1)?.isIntersecting ?? true;
      if (this.#visible) {
        request();
      }
    });
    seen.observe(this.element);
    this.#signal.addEventListener("abort", () => seen.disconnect(), { once: true });
    const back = () => document.hidden || request();
    document.addEventListener("visibilitychange", back, { signal: this.#signal });
  }
}
