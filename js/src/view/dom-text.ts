/**
 * The text of an element as a reader sees it, searched in pieces.
 *
 * An element's children are finished one by one and then stay as they are, so what was read of
 * them is kept: while text arrives, only what has grown is read again.
 */

import { findAll, fold } from "./find-text.ts";

type Piece = { readonly element: Node; readonly text: string };

/** A place in the text: in which piece, and where in it. */
type Hit = { readonly piece: number; readonly at: number };

export class DomText {
  readonly #root: HTMLElement;
  readonly #known = new WeakMap<Node, { length: number; text: string }>();
  #pieces: readonly Piece[] = [];
  #hits: readonly Hit[] = [];
  #length = 0;

  constructor(root: HTMLElement) {
    this.#root = root;
  }

  get count(): number {
    return this.#hits.length;
  }

  /** Searches the text as it is now; `query` is folded. */
  search(query: string): void {
    this.#length = query.length;
    this.#pieces = [...this.#root.childNodes].map((element) => ({
      element,
      text: this.#textOf(element),
    }));
    this.#hits = this.#pieces.flatMap(({ text }, piece) =>
      findAll(text, query).map((at) => ({ piece, at })),
    );
  }

  /** The ranges of the hits from one up to another; those that have gone meanwhile are left out. */
  listRanges(from: number, to: number): Range[] {
    const wanted = this.#hits.slice(from, to);
    const ranges: Range[] = [];
    for (let index = 0; index < wanted.length; ) {
      const piece = wanted[index]?.piece ?? 0;
      const inPiece = wanted.filter((hit) => hit.piece === piece);
      ranges.push(...this.#rangesIn(piece, inPiece));
      index += inPiece.length;
    }
    return ranges;
  }

  #textOf(element: Node): string {
    const length = element.textContent?.length ?? 0;
    const known = this.#known.get(element);
    if (known?.length === length) {
      return known.text;
    }
    const pieces = listTexts(element).map((node) => node.data);
    const text = fold(pieces.join(""));
    this.#known.set(element, { length, text });
    return text;
  }

  /** One walk through the piece for all its hits, which come in order. */
  #rangesIn(piece: number, hits: readonly Hit[]): Range[] {
    const element = this.#pieces[piece]?.element;
    if (element === undefined) {
      return [];
    }
    const cursor = new TextCursor(listTexts(element));
    const ranges: Range[] = [];
    for (const { at } of hits) {
      const start = cursor.seek(at);
      const end = cursor.seek(at + this.#length - 1);
      if (start !== null && end !== null) {
        const range = document.createRange();
        range.setStart(start.node, start.offset);
        range.setEnd(end.node, end.offset + 1);
        ranges.push(range);
      }
    }
    return ranges;
  }
}

/** Walks forward through text nodes. */
class TextCursor {
  readonly #nodes: readonly Text[];
  #index = 0;
  #start = 0;

  constructor(nodes: readonly Text[]) {
    this.#nodes = nodes;
  }

  /** Where the unit at `at` is; places must not go back. */
  seek(at: number): { node: Text; offset: number } | null {
    for (;;) {
      const node = this.#nodes[this.#index];
      if (node === undefined) {
        return null;
      }
      if (at < this.#start + node.length) {
        return { node, offset: at - this.#start };
      }
      this.#start += node.length;
      this.#index += 1;
    }
  }
}

function listTexts(element: Node): Text[] {
  const texts: Text[] = [];
  collectTexts(element, texts);
  return texts;
}

/** By hand: a `TreeWalker` with a filter takes four times as long, and a long answer has 50,000 nodes. */
function collectTexts(node: Node, texts: Text[]): void {
  if (node.nodeType === Node.TEXT_NODE) {
    texts.push(node as Text);
  } else if (node.nodeType === Node.ELEMENT_NODE && isRead(node as Element)) {
    for (let child = node.firstChild; child !== null; child = child.nextSibling) {
      collectTexts(child, texts);
    }
  }
}

/** Words on buttons and labels are not the model's. */
function isRead(element: Element): boolean {
  return !(
    element.localName === "button" ||
    element.localName === "annotation" ||
    element.getAttribute("aria-hidden") === "true" ||
    element.classList.contains("sw-who")
  );
}
