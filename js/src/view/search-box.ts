/** The field of the search, its count, and the ways from hit to hit. */

import { formatCount } from "../format.ts";
import type { Deck } from "./deck.ts";
import { Button, focusedNear, make, setHidden, setText } from "./dom.ts";
import type { Layout } from "./layout.ts";
import { Search } from "./search.ts";
import { listCardPlaces } from "./search-places.ts";

/** Typing is not interrupted by hearing a count for each letter. */
const SAY_AFTER_MS = 600;

/** What the search is of, and where it stands. */
type Surroundings = {
  readonly deck: Deck;
  readonly layout: () => Layout;
  readonly button: HTMLElement;
  readonly say: (sentence: string) => void;
  readonly request: () => void;
};

export class SearchBox {
  readonly element = make("div", "sw-search");
  readonly #button: HTMLElement;
  readonly #search: Search;
  readonly #say: (sentence: string) => void;
  readonly #field = make("input", "sw-search-field");
  readonly #count = make("span", "sw-search-count");
  readonly #steps: readonly Button[];
  #opener: Element | null = null;
  #sayTimer: ReturnType<typeof setTimeout> | undefined;

  /** `button` is the one that opens it. */
  constructor({ deck, layout, button, say, request }: Surroundings) {
    this.#search = new Search(() => {
      const { mergedPlace } = layout();
      return mergedPlace === null
        ? deck.cards.flatMap((card) => listCardPlaces(card, () => layout().uncover(card.run)))
        : [mergedPlace];
    }, request);
    this.#say = say;
    this.#button = button;
    this.#field.type = "text";
    this.#field.placeholder = "Search";
    this.#field.setAttribute("aria-label", "Search in the texts");
    this.#field.addEventListener("input", () => this.#find());
    this.#steps = [
      new Button("up", "Previous hit", "sw-step", () => this.#step(-1)),
      new Button("down", "Next hit", "sw-step", () => this.#step(1)),
    ];
    const close = new Button("close", "Close search", "sw-step", () => this.close());
    this.element.append(
      make("span", "sw-search-frame", this.#field, this.#count),
      ...this.#steps.map((step) => step.element),
      close.element,
    );
    this.element.setAttribute("role", "search");
    this.element.hidden = true;
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  open(): void {
    if (!this.isOpen) {
      this.#opener = focusedNear(this.element);
      setHidden(this.element, false);
      this.#button.setAttribute("aria-expanded", "true");
      this.#find();
    }
    this.#field.focus();
    this.#field.select();
  }

  close(): void {
    setHidden(this.element, true);
    this.#button.setAttribute("aria-expanded", "false");
    clearTimeout(this.#sayTimer);
    this.#search.close();
    const back = this.#opener instanceof HTMLElement ? this.#opener : this.#button;
    back.focus({ preventScroll: true });
  }

  /** Counts what has arrived since. */
  refresh(): void {
    if (this.isOpen && this.#search.refresh()) {
      this.#update();
    }
  }

  /** Marks what was found, and goes on to a hit that had yet to be drawn. */
  settle(): void {
    if (this.isOpen) {
      this.#search.settle();
    }
  }

  #find(): void {
    this.#search.find(this.#field.value);
    this.#update();
    clearTimeout(this.#sayTimer);
    this.#sayTimer = setTimeout(() => this.#sayCount(), SAY_AFTER_MS);
  }

  #step(by: 1 | -1): void {
    this.#search.step(by);
    this.#update();
    this.#sayCount();
  }

  #update(): void {
    const { total, position, isActive } = this.#search;
    const found = total === 0 ? "no hits" : `${formatCount(position)} of ${formatCount(total)}`;
    setText(this.#count, isActive ? found : "");
    for (const { element } of this.#steps) {
      element.disabled = total === 0;
    }
  }

  #sayCount(): void {
    clearTimeout(this.#sayTimer);
    if (this.isOpen && this.#search.isActive) {
      this.#say(`${this.#count.textContent}`);
    }
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      event.stopPropagation();
      this.close();
    } else if (event.key === "Enter" && event.target === this.#field) {
      event.preventDefault();
      this.#step(event.shiftKey ? -1 : 1);
    }
  }
}
