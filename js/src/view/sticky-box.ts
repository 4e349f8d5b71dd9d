/** A scroll box that stays at the end of growing text until the reader lets go of it. */

import type { BoxPlace, RunUi } from "../run-store.ts";

/** Nearer to the end than this counts as at the end: browsers round scroll positions. */
const NEAR_PX = 4;
/** Who scrolls down this near to the end of a text that grows is at its end: it runs from them. */
const CATCH_PX = 48;
/** What a hand does to scroll. */
const GESTURES = ["wheel", "touchmove", "pointerdown", "keydown"] as const;
const UPWARD_KEYS: ReadonlySet<string> = new Set(["PageUp", "Home", "ArrowUp"]);

export class StickyBox {
  readonly element: HTMLElement;
  readonly #place: BoxPlace;
  #lastTop = 0;
  #height = 0;
  #viewHeight = 0;
  #restored = false;
  #endPx = NEAR_PX;

  constructor(element: HTMLElement, place: BoxPlace, { signal }: { signal: AbortSignal }) {
    this.element = element;
    this.#place = place;
    const letGo = () => this.#letGo();
    element.addEventListener("touchmove", letGo, { passive: true, signal });
    element.addEventListener("wheel", (event) => event.deltaY < 0 && letGo(), {
      passive: true,
      signal,
    });
    element.addEventListener("keydown", (event) => this.#onKey(event), { signal });
    for (const gesture of GESTURES) {
      const scrollsByHand = () => {
        this.#endPx = CATCH_PX;
      };
      element.addEventListener(gesture, scrollsByHand, { passive: true, signal });
    }
    element.addEventListener("scroll", () => this.#noteScroll(), { passive: true, signal });
  }

  get isFollowing(): boolean {
    return this.#place.following;
  }

  /** There is more than the box shows; true as of the last measure. */
  get isOverflowing(): boolean {
    return this.#height > this.#viewHeight + 1;
  }

  /** Looks where the reader is, before the text grows; growing would hide it. */
  before(): void {
    this.#noteScroll();
  }

  /** After the text has grown, and apart from `after`: layout is done once for all boxes. */
  measure(): void {
    this.#height = this.element.scrollHeight;
    this.#viewHeight = this.element.clientHeight;
    // A box that is not drawn forgets where it stood.
    this.#restored &&= this.#viewHeight > 0;
  }

  /** Follows the text that has grown; `isWhole` once all there is to paint is painted. */
  after(isWhole: boolean): void {
    const { element } = this;
    if (this.#viewHeight === 0) {
      return;
    }
    if (!this.#restored) {
      this.#restored = isWhole;
      element.scrollTop = this.#place.following ? this.#height : this.#place.top;
    } else if (this.#place.following && !this.#isSelecting()) {
      element.scrollTop = this.#height;
    }
    this.#lastTop = element.scrollTop;
  }

  /** Stops following: the reader is led to a place of their asking, be it near the end. */
  letGo(): void {
    this.#endPx = NEAR_PX;
    this.#letGo();
  }

  follow(): void {
    this.#place.following = true;
    this.element.scrollTop = this.element.scrollHeight;
    this.#lastTop = this.element.scrollTop;
  }

  #onKey(event: KeyboardEvent): void {
    if (UPWARD_KEYS.has(event.key)) {
      this.#letGo();
    } else if (event.key === "End" && event.target === this.element && !event.shiftKey) {
      // The browser would glide to where the end is now, and words arrive meanwhile.
      event.preventDefault();
      this.follow();
    }
  }

  #letGo(): void {
    if (this.element.scrollHeight > this.element.clientHeight) {
      this.#place.following = false;
    }
  }

  #noteScroll(): void {
    if (!this.#restored || this.element.clientHeight === 0) {
      return;
    }
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    const leftPx = scrollHeight - scrollTop - clientHeight;
    // At the end and yet higher than before: the box grew or its text shrank, nobody scrolled.
    if (scrollTop < this.#lastTop - NEAR_PX && leftPx > NEAR_PX) {
      this.#place.following = false;
    } else if (scrollTop > this.#lastTop && leftPx <= this.#endPx) {
      this.#place.following = true;
    }
    this.#lastTop = scrollTop;
    this.#place.top = scrollTop;
  }

  #isSelecting(): boolean {
    const root = this.element.getRootNode() as Document;
    const selection = root.getSelection?.() ?? document.getSelection();
    if (selection === null || selection.isCollapsed) {
      return false;
    }
    return (
      this.element.contains(selection.focusNode) || this.element.contains(selection.anchorNode)
    );
  }
}

/** Where the box of this name stood, whichever view it was in. */
export function placeOf(ui: Pick<RunUi, "boxes">, name: string): BoxPlace {
  const place = ui.boxes.get(name) ?? { top: 0, following: true };
  ui.boxes.set(name, place);
  return place;
}
