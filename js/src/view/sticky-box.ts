/** A scroll box that stays at the end of growing text until the reader lets go of it. */

import type { BoxPlace } from "../run-store.ts";

/** Nearer to the end than this counts as at the end: browsers round scroll positions. */
const NEAR_PX = 4;
const UPWARD_KEYS: ReadonlySet<string> = new Set(["PageUp", "Home", "ArrowUp"]);

export class StickyBox {
  readonly element: HTMLElement;
  readonly #place: BoxPlace;
  #lastTop = 0;
  #restored = false;

  constructor(element: HTMLElement, place: BoxPlace, { signal }: { signal: AbortSignal }) {
    this.element = element;
    this.#place = place;
    const letGo = () => this.#letGo();
    element.addEventListener("touchmove", letGo, { passive: true, signal });
    element.addEventListener("wheel", (event) => event.deltaY < 0 && letGo(), {
      passive: true,
      signal,
    });
    element.addEventListener("keydown", (event) => UPWARD_KEYS.has(event.key) && letGo(), {
      signal,
    });
    element.addEventListener("scroll", () => this.#noteScroll(), { passive: true, signal });
  }

  get isFollowing(): boolean {
    return this.#place.following;
  }

  /** Looks where the reader is, before the text grows; growing would hide it. */
  before(): void {
    this.#noteScroll();
  }

  /** Follows the text that has grown; `isWhole` once all there is to paint is painted. */
  after(isWhole: boolean): void {
    const { element } = this;
    if (!this.#restored) {
      this.#restored = isWhole;
      element.scrollTop = this.#place.following ? element.scrollHeight : this.#place.top;
    } else if (this.#place.following && !this.#isSelecting()) {
      element.scrollTop = element.scrollHeight;
    }
    this.#lastTop = element.scrollTop;
  }

  follow(): void {
    this.#place.following = true;
    this.element.scrollTop = this.element.scrollHeight;
    this.#lastTop = this.element.scrollTop;
  }

  #letGo(): void {
    if (this.element.scrollHeight > this.element.clientHeight) {
      this.#place.following = false;
    }
  }

  #noteScroll(): void {
    if (!this.#restored) {
      return;
    }
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    if (scrollTop < this.#lastTop - NEAR_PX) {
      this.#place.following = false;
    } else if (scrollTop > this.#lastTop && scrollTop + clientHeight >= scrollHeight - NEAR_PX) {
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
