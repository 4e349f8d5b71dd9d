/**
 * Text that grows at its end, in blocks of bounded size, gathered in chunks.
 *
 * A finished block is never touched again: selection and search hits in it survive. The browser
 * may skip the layout of a finished chunk while it is off screen. Blocks end after a line's
 * newline, which adds no line of its own on screen or on the clipboard. Only a line of more than
 * 8 kB is broken, after a space: left whole, each delta would cost as much as the line is long.
 */

import { isHighSurrogate } from "../text.ts";
import { make, markFinished } from "./dom.ts";

/** A block may close at the first line end from here on. */
const BLOCK_UNITS = 1024;
/** From here on it closes at a space too, and at twice this anywhere: some scripts have none. */
const LONG_LINE_UNITS = 8192;
/** A chunk closes with a block from here on; the browser watches each finished chunk, so they must not be many. */
const CHUNK_UNITS = 6144;
/** No text node grows beyond this: a long one makes each append dearer. */
const NODE_UNITS = 2048;

/** Text that grows at its end on the page, whatever it looks like there. */
export interface TextFlow {
  readonly element: HTMLElement;
  unitsPerLine: number;
  append(text: string): void;
  /** No more comes: what waited for the next text is settled. */
  finish(): void;
  clear(): void;
  setCursor(on: boolean): void;
}

export class Flow implements TextFlow {
  readonly element: HTMLElement;
  /** UTF-16 units that fit on a line, roughly: sizes finished chunks before they are laid out. */
  unitsPerLine = 90;
  #chunk: HTMLElement | null = null;
  #chunkUnits = 0;
  #block: HTMLElement | null = null;
  #blockUnits = 0;
  #node: Text | null = null;
  #cursor: HTMLElement | null = null;

  constructor(element: HTMLElement) {
    this.element = element;
  }

  append(text: string): void {
    let at = 0;
    while (at < text.length) {
      at = this.#appendSome(text, at);
    }
  }

  finish(): void {
    // Text as it was written waits for nothing.
  }

  clear(): void {
    this.element.replaceChildren();
    this.#chunk = null;
    this.#block = null;
    this.#node = null;
    this.#cursor = null;
  }

  /** Marks the place where text arrives; the mark is drawn by CSS and is not in the text. */
  setCursor(on: boolean): void {
    const last = on ? (this.element.lastElementChild?.lastElementChild ?? null) : null;
    if (last !== this.#cursor) {
      this.#cursor?.classList.remove("sw-cursor");
      last?.classList.add("sw-cursor");
      this.#cursor = last as HTMLElement | null;
    }
  }

  #appendSome(text: string, at: number): number {
    const block = this.#block ?? this.#openBlock();
    const node = this.#openNode(block);
    let end = Math.min(text.length, at + NODE_UNITS - node.length);
    const close = this.#findClose(text.slice(at, end));
    if (close !== null) {
      end = at + close;
    }
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) {
      end += 1;
    }
    node.appendData(text.slice(at, end));
    this.#blockUnits += end - at;
    this.#chunkUnits += end - at;
    if (close !== null) {
      this.#closeBlock();
    }
    return end;
  }

  /** How much of `piece` still belongs to this block, where the block may close in it. */
  #findClose(piece: string): number | null {
    const newline = piece.indexOf("\n", Math.max(0, BLOCK_UNITS - this.#blockUnits));
    if (newline >= 0) {
      return newline + 1;
    }
    if (this.#blockUnits < LONG_LINE_UNITS) {
      return null;
    }
    const space = piece.indexOf(" ");
    if (space >= 0) {
      return space + 1;
    }
    return this.#blockUnits < 2 * LONG_LINE_UNITS ? null : piece.length;
  }

  #openBlock(): HTMLElement {
    if (this.#chunk === null) {
      this.#chunk = make("div", "sw-chunk");
      this.#chunkUnits = 0;
      this.element.append(this.#chunk);
    }
    this.#block = make("div", "sw-block");
    // For each block by its first letter; `unicode-bidi: plaintext` tripled the cost of layout.
    this.#block.dir = "auto";
    this.#blockUnits = 0;
    this.#chunk.append(this.#block);
    return this.#block;
  }

  #openNode(block: HTMLElement): Text {
    if (this.#node === null || this.#node.length >= NODE_UNITS) {
      this.#node = document.createTextNode("");
      block.append(this.#node);
    }
    return this.#node;
  }

  #closeBlock(): void {
    this.#block = null;
    this.#node = null;
    if (this.#chunk !== null && this.#chunkUnits >= CHUNK_UNITS) {
      markFinished(this.#chunk, this.#countRows(this.#chunk.textContent ?? ""));
      this.#chunk = null;
    }
  }

  #countRows(text: string): number {
    const lines = text.slice(0, -1).split("\n");
    const rows = lines.map((line) => Math.max(1, Math.ceil(line.length / this.unitsPerLine)));
    return rows.reduce((sum, count) => sum + count, 0);
  }
}
