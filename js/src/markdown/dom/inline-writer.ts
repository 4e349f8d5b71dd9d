/** Writes the text of one block: what is settled once and for all, and after it a tail that changes. */

import { isHighSurrogate } from "../../text.ts";
import { markFinished } from "../../view/dom.ts";
import type { Inline } from "../inline/nodes.ts";
import type { SettledPiece } from "../inline/parse-inline.ts";
import { parseInline } from "../inline/parse-inline.ts";
import { NODE_UNITS, PARAGRAPH_UNITS, SPAN_UNITS } from "../limits.ts";
import { buildInline } from "./build-inline.ts";
import type { References } from "./references.ts";
import { isPlain } from "./text-nodes.ts";

/** Text is read in stretches; with less than this, what looks ahead would see too little. */
const STRETCH_UNITS = 2 * SPAN_UNITS;

export class InlineWriter {
  readonly #references: References;
  /** Makes the element where a block goes on that is too long for one; `null`: never. */
  readonly #makeNext: ((before: HTMLElement) => HTMLElement) | null;
  #element: HTMLElement;
  /** Source that is not settled. */
  #raw = "";
  #before = "";
  /** Source that this element holds. */
  #units = 0;
  #lastText: Text | null = null;
  #tail: Node[] = [];

  constructor(
    element: HTMLElement,
    references: References,
    makeNext: ((before: HTMLElement) => HTMLElement) | null = null,
  ) {
    this.#element = element;
    this.#references = references;
    this.#makeNext = makeNext;
  }

  /** Where text arrives now. */
  get element(): HTMLElement {
    return this.#element;
  }

  append(text: string): void {
    this.#raw += text;
  }

  /** Starts over with other text. */
  replaceBy(text: string): void {
    this.#element.replaceChildren();
    this.#raw = text;
    this.#before = "";
    this.#units = 0;
    this.#lastText = null;
    this.#tail = [];
  }

  paint(): void {
    while (this.#raw.length > STRETCH_UNITS) {
      this.#settle(this.#raw.slice(0, STRETCH_UNITS), false);
    }
    this.#showTail(this.#settle(this.#raw, false));
  }

  /** Shows text that may still turn out to be no text at all. */
  paintForNow(text: string): void {
    const { pieces } = parseInline(text, this.#context(true));
    this.#showTail(pieces.map((piece) => piece.node));
  }

  finish(): void {
    while (this.#raw.length > STRETCH_UNITS) {
      this.#settle(this.#raw.slice(0, STRETCH_UNITS), false);
    }
    this.#raw = this.#raw.trimEnd();
    this.#settle(this.#raw, true);
    this.#showTail([]);
  }

  #context(isFinal: boolean) {
    return { before: this.#before, isFinal, lookup: this.#references.lookup };
  }

  /** Writes what is settled of the first `text`; gives what is not. */
  #settle(text: string, isFinal: boolean): readonly Inline[] {
    const { settled, pieces, tail } = parseInline(text, this.#context(isFinal));
    if (settled > 0) {
      this.#before = lastCharacter(text, settled);
      this.#raw = this.#raw.slice(settled);
      this.#showTail([]);
      for (const piece of pieces) {
        this.#write(piece);
      }
    }
    return tail;
  }

  #showTail(nodes: readonly Inline[]): void {
    for (const node of this.#tail) {
      node.parentNode?.removeChild(node);
    }
    this.#tail = buildInline(nodes, null);
    this.#element.append(...this.#tail);
  }

  #write({ node, start, end }: SettledPiece): void {
    if (node.type === "text" && node.text.length === end - start) {
      this.#writeText(node.text);
      return;
    }
    this.#element.append(...buildInline([node], this.#references));
    this.#lastText = null;
    this.#units += end - start;
  }

  #writeText(text: string): void {
    let from = 0;
    while (from < text.length) {
      const end = this.#findBreak(text, from);
      this.#addText(text.slice(from, end ?? text.length));
      from = end ?? text.length;
      if (end !== null) {
        this.#goOn();
      }
    }
  }

  /** Where the block must go on in another element: after a blank, in the end anywhere. */
  #findBreak(text: string, from: number): number | null {
    if (this.#makeNext === null) {
      return null;
    }
    const blank = /[ \n]/g;
    blank.lastIndex = from + Math.max(0, PARAGRAPH_UNITS - this.#units);
    const soft = blank.exec(text)?.index ?? Number.POSITIVE_INFINITY;
    let hard = from + Math.max(1, 2 * PARAGRAPH_UNITS - this.#units);
    hard += isHighSurrogate(text.charCodeAt(hard - 1)) ? 1 : 0;
    const end = Math.min(soft + 1, hard);
    return end <= text.length ? end : null;
  }

  #addText(text: string): void {
    this.#units += text.length;
    const last = this.#lastText;
    if (last !== null && last.length + text.length <= NODE_UNITS && isPlain(text)) {
      last.appendData(text);
      return;
    }
    const nodes = buildInline([{ type: "text", text }], this.#references);
    this.#element.append(...nodes);
    const added = nodes.at(-1);
    this.#lastText = added instanceof Text ? added : null;
  }

  #goOn(): void {
    markFinished(this.#element, Math.ceil(this.#units / 90));
    this.#element = this.#makeNext?.(this.#element) ?? this.#element;
    this.#units = 0;
    this.#lastText = null;
  }
}

function lastCharacter(text: string, end: number): string {
  const from = /[\udc00-\udfff]/.test(text[end - 1] ?? "") ? end - 2 : end - 1;
  return text.slice(Math.max(0, from), end);
}
