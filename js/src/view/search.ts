/**
 * Search in all the texts of a widget, while they arrive.
 *
 * Text that is drawn is searched as it is drawn: a hit is what the reader would see. Text that is
 * not drawn yet is searched in the model, and its hits find their place once it is.
 */

import { DomText } from "./dom-text.ts";
import { findAll, fold } from "./find-text.ts";
import { Highlights, MOST_RANGES } from "./highlights.ts";

/** A text that can be searched, and shown. */
export type Place = {
  readonly root: HTMLElement;
  /** True when all the text there is to see is in `root`. */
  readonly isDrawn: () => boolean;
  /** The text where it is not drawn. */
  readonly text: () => string;
  /** Changes when there is something new to search. */
  readonly stamp: () => unknown;
  /** Opens what is folded over it; the text may be drawn only in a later frame. */
  readonly open: () => void;
  /** The box that scrolls it, told to stop following. */
  readonly letGo: () => HTMLElement | null;
};

type Found = { readonly place: Place; readonly dom: DomText; count: number; stamp: unknown };

export class Search {
  readonly #listPlaces: () => readonly Place[];
  readonly #request: () => void;
  readonly #highlights = new Highlights();
  readonly #found = new Map<HTMLElement, Found>();
  #query = "";
  /** Counts hits over all places, from 0; -1 before the first step. */
  #current = -1;
  /** The current hit is to be brought into view; `page`: the page may scroll for it. */
  #wanted: { page: boolean } | null = null;
  /** The marks are of hits as they were. */
  #isMarked = true;

  /** `request` asks for a frame, at whose end `settle` is to be called. */
  constructor(listPlaces: () => readonly Place[], request: () => void) {
    this.#listPlaces = listPlaces;
    this.#request = request;
  }

  get total(): number {
    return this.#list().reduce((sum, { count }) => sum + count, 0);
  }

  /** From 1; 0 when there is none. */
  get position(): number {
    return this.total === 0 ? 0 : this.#current + 1;
  }

  get isActive(): boolean {
    return this.#query !== "";
  }

  /** Looks for something else, and leads to its first hit without moving the page. */
  find(query: string): void {
    this.#query = fold(query);
    this.#found.clear();
    this.#current = -1;
    this.#wanted = null;
    this.#highlights.clear();
    if (this.#query !== "") {
      this.#searchAll();
      this.#go(0, { page: false });
    }
  }

  /** Goes to the next hit, or back; around at the ends. */
  step(by: 1 | -1): void {
    this.#searchAll();
    const { total } = this;
    if (total > 0) {
      this.#go((this.#current + by + total) % total, { page: true });
    }
  }

  /** Searches what is new; true if the number of hits may have changed. */
  refresh(): boolean {
    if (!this.isActive) {
      return false;
    }
    const changed = this.#searchAll();
    this.#isMarked &&= !changed;
    return changed;
  }

  close(): void {
    this.find("");
  }

  #list(): Found[] {
    return this.#listPlaces()
      .map((place) => this.#found.get(place.root))
      .filter((found) => found !== undefined);
  }

  #searchAll(): boolean {
    let changed = false;
    for (const place of this.#listPlaces()) {
      const known = this.#found.get(place.root);
      const found = known ?? { place, dom: new DomText(place.root), count: 0, stamp: undefined };
      this.#found.set(place.root, found);
      const stamp = place.stamp();
      if (known === undefined || known.stamp !== stamp) {
        found.stamp = stamp;
        this.#searchIn(found);
        changed = true;
      }
    }
    return changed;
  }

  #searchIn(found: Found): void {
    const { place, dom } = found;
    dom.search(this.#query);
    found.count = place.isDrawn() ? dom.count : findAll(fold(place.text()), this.#query).length;
  }

  #go(index: number, how: { page: boolean }): void {
    this.#isMarked = false;
    if (this.total > 0) {
      this.#current = index;
      this.#wanted = how;
      this.#at(index)?.found.place.open();
    }
    this.#request();
  }

  /** The place that holds a hit, and which of its hits it is. */
  #at(index: number): { found: Found; inPlace: number } | null {
    let before = 0;
    for (const found of this.#list()) {
      if (index < before + found.count) {
        return { found, inPlace: index - before };
      }
      before += found.count;
    }
    return null;
  }

  /** The range of the current hit; `null` while it is not drawn. */
  #currentRange(): Range | null {
    const at = this.#at(Math.max(0, this.#current));
    return at?.found.dom.listRanges(at.inPlace, at.inPlace + 1)[0] ?? null;
  }

  /**
   * At the end of a frame, when every box stands where it would stand without us: marks the hits,
   * and brings the current one into view as soon as it is drawn. The count is there before.
   */
  settle(): void {
    if (!this.#isMarked) {
      this.#isMarked = true;
      this.#mark();
    }
    this.#reveal();
  }

  /** Marks the hits around the current one, as many as the page can bear. */
  #mark(): void {
    const { room } = this.#highlights;
    const most = Math.min(room, MOST_RANGES);
    let first = Math.max(0, this.#current - Math.floor(most / 2));
    let left = most;
    const ranges: Range[] = [];
    for (const { dom, count } of this.#list()) {
      const from = Math.min(first, count);
      const to = Math.min(count, from + left);
      ranges.push(...dom.listRanges(from, to));
      left -= to - from;
      first -= from;
    }
    this.#highlights.show(ranges, this.#current < 0 ? null : this.#currentRange());
  }

  #reveal(): void {
    const wanted = this.#wanted;
    const at = this.#at(this.#current);
    const range = wanted === null ? null : this.#currentRange();
    if (wanted === null || at === null || range === null) {
      return;
    }
    openFolded(range.startContainer, at.found.place.root);
    if (range.getClientRects().length === 0) {
      return;
    }
    this.#wanted = at.found.place.isDrawn() ? null : wanted;
    const box = at.found.place.letGo();
    if (box !== null) {
      scrollInBox(range, box);
    }
    if (wanted.page) {
      scrollPage(range);
    }
  }
}

function openFolded(node: Node, within: HTMLElement): void {
  for (let at = node.parentElement; at !== null && at !== within; at = at.parentElement) {
    if (at instanceof HTMLDetailsElement) {
      at.open = true;
    }
  }
}

/** Moves the box only, and only where the hit is not in it. */
function scrollInBox(range: Range, box: HTMLElement): void {
  const hit = range.getBoundingClientRect();
  const frame = box.getBoundingClientRect();
  if (hit.top < frame.top || hit.bottom > frame.bottom) {
    box.scrollTop += hit.top - frame.top - box.clientHeight / 3;
  }
}

function scrollPage(range: Range): void {
  const { top, bottom } = range.getBoundingClientRect();
  if (top < 0 || bottom > innerHeight) {
    range.startContainer.parentElement?.scrollIntoView({ block: "center" });
  }
}
