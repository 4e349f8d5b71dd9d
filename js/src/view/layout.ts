/** Where the runs of a widget stand. */

import type { Arrangement } from "../arrangement.ts";
import type { RunStore } from "../run-store.ts";
import type { Deck, Seen } from "./deck.ts";
import { setData } from "./dom.ts";
import type { Place } from "./search.ts";

/** What one frame may take. */
export type FrameTime = {
  readonly nowMs: number;
  readonly deadlineMs: number;
  /** Nobody sees the widget: nothing of it is left out, so that all is there on return. */
  readonly everything: boolean;
  /** The newest message, which all that is painted now has in it. */
  readonly n: number;
};

/** What belongs to the whole widget, and stands where the layout puts it. */
export type SharedTools = { readonly bar: HTMLElement; readonly button: HTMLElement };

export type Layout = {
  readonly current: Arrangement;
  /** What stands around the deck. */
  readonly above: readonly HTMLElement[];
  readonly below: readonly HTMLElement[];
  /** All that the messages up to this one brought, and that may be shown, is painted. */
  readonly paintedN: number;
  /** Texts that grew when it was painted last. */
  readonly grown: number;
  /** The one text that holds all runs, where the cards are not shown. */
  readonly mergedPlace: Place | null;
  /** Puts everything where it belongs; the rest of the frame paints it. */
  arrange(seen: readonly Seen[]): void;
  paint(seen: readonly Seen[], time: FrameTime): boolean;
  settle(): void;
  /** What is drawn four times a second. */
  update(seen: readonly Seen[]): void;
  /** Makes a run's card one that is shown. */
  uncover(run: RunStore): void;
};

/** Cards below each other, or side by side until what draws the rest has been loaded. */
export class PlainLayout implements Layout {
  readonly above = [];
  readonly below = [];
  readonly mergedPlace = null;
  readonly #deck: Deck;
  readonly #tools: SharedTools;
  readonly #arrangement: () => Arrangement;

  constructor(deck: Deck, tools: SharedTools, arrangement: () => Arrangement) {
    this.#deck = deck;
    this.#tools = tools;
    this.#arrangement = arrangement;
  }

  get current(): Arrangement {
    return this.#arrangement() === "stack" ? "stack" : "grid";
  }

  get paintedN(): number {
    return this.#deck.paintedN;
  }

  get grown(): number {
    return this.#deck.grown;
  }

  arrange(seen: readonly Seen[]): void {
    const newest = this.#deck.newest;
    setData(this.#deck.element, "arrangement", this.current);
    setData(this.#deck.element, "many", String(seen.length > 4));
    if (newest !== undefined) {
      placeTools(this.#tools, newest.body, newest.header.tools);
    }
  }

  paint(seen: readonly Seen[], time: FrameTime): boolean {
    return this.#deck.paint(seen, time);
  }

  settle(): void {
    this.#deck.settle();
  }

  update(): void {
    // There is nothing but cards.
  }

  uncover(): void {
    // All are shown.
  }
}

/** Moves the tools where they are not there yet: a move takes the focus from what is in them. */
export function placeTools(
  { bar, button }: SharedTools,
  barHome: HTMLElement,
  buttonHome: HTMLElement,
): void {
  if (bar.parentElement !== barHome) {
    barHome.append(bar);
  }
  if (button.parentElement !== buttonHome) {
    buttonHome.prepend(button);
  }
}
