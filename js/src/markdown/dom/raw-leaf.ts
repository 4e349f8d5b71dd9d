/** Blocks that are shown as they were written: raw HTML, and maths until it is typeset. */

import { make } from "../../view/dom.ts";
import type { OpenLeaf } from "../blocks.ts";
import type { Leaf, Place } from "./leaf.ts";
import { LineGroups } from "./line-groups.ts";
import { buildText } from "./text-nodes.ts";
import { typeset } from "./typeset.ts";

export class HtmlLeaf implements Leaf {
  readonly facts: OpenLeaf;
  readonly #groups: LineGroups;

  constructor(end: RegExp | null, place: Place) {
    this.facts = { type: "html", end };
    const block = make("div", "sw-html");
    block.dir = "auto";
    place.parent.append(block);
    this.#groups = new LineGroups(block, () => null);
  }

  get element(): HTMLElement {
    return this.#groups.element;
  }

  append(text: string): void {
    this.#groups.append(text);
  }

  endLine(): void {
    this.#groups.endLine();
  }

  paint(): void {
    // Lines are on the page as soon as they are taken.
  }

  close(): void {
    // Nothing is left to do: what it shows is its source.
  }
}

/** A formula of so much source is none. */
const MAX_TEX_UNITS = 16_384;

export class MathsLeaf implements Leaf {
  readonly facts: OpenLeaf;
  readonly element = make("div", "sw-tex sw-display");
  readonly #close: string;
  #tex: string[] = [];
  #units = 0;

  constructor(open: string, close: string, place: Place) {
    this.facts = { type: "maths", close };
    this.#close = close;
    this.element.dir = "ltr";
    this.element.append(...buildText(`${open}\n`));
    place.parent.append(this.element);
  }

  append(text: string): void {
    this.#tex.push(text);
    this.#units += text.length;
    this.element.append(...buildText(text));
  }

  endLine(): void {
    this.append("\n");
  }

  paint(): void {
    // Lines are on the page as soon as they are taken.
  }

  /** Its end has come: only now it can be typeset. */
  finishWith(text: string): void {
    this.append(text);
    this.element.append(this.#close);
    if (this.#units <= MAX_TEX_UNITS) {
      typeset(this.element, this.#tex.join(""), true);
    }
    this.#tex = [];
  }

  close(): void {
    this.#tex = [];
  }
}
