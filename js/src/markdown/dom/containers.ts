/** Quotes, lists, items and notes on the page, and how they go on in the next chunk. */

import { make } from "../../view/dom.ts";
import type { Container } from "../blocks.ts";
import { buildText } from "./text-nodes.ts";

export class OpenContainer {
  readonly start: Container;
  /** Changes when a chunk ends: what follows goes into an element of its own. */
  element: HTMLElement;
  isEmpty = true;
  /** Items begun in a list. */
  #items = 0;

  constructor(start: Container, parent: HTMLElement) {
    this.start = start;
    this.element = makeElement(start, 0);
    parent.append(this.element);
  }

  countItem(): void {
    this.#items += 1;
  }

  /** `inItem`: what goes on of a list's last item stands where the item's number stood. */
  goOn(parent: HTMLElement, inItem: boolean): void {
    const { type } = this.start;
    const next = makeElement(this.start, this.#items - (inItem ? 1 : 0));
    next.classList.add("sw-goes-on");
    if (type === "note") {
      next.replaceChildren();
    }
    parent.append(next);
    this.element = next;
  }
}

function makeElement(start: Container, passed: number): HTMLElement {
  switch (start.type) {
    case "quote":
      return make("blockquote", "");
    case "item": {
      const item = make("li", "");
      item.dir = "auto";
      return item;
    }
    case "note": {
      const label = make("span", "sw-footnote-label", ...buildText(start.label));
      return make("div", "sw-footnote", label);
    }
    default:
      return makeList(start.ordered, start.start + passed);
  }
}

function makeList(ordered: boolean, start: number): HTMLElement {
  if (!ordered) {
    return make("ul", "");
  }
  const list = make("ol", "");
  if (start !== 1) {
    list.start = start;
  }
  return list;
}
