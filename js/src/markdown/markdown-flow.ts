/**
 * Markdown that grows at its end, as nodes of the page.
 *
 * Each line is read once and changes only what is open: finished blocks are never touched again. A
 * line that is still arriving takes effect as soon as nothing that follows can change what it is.
 * Blocks stand in chunks whose layout the browser may skip while they are off screen; a list or a
 * quote that is longer than a chunk goes on in the next one.
 */

import { make, markFinished } from "../view/dom.ts";
import type { TextFlow } from "../view/flow.ts";
import type { Plan } from "./blocks.ts";
import { BlockStack } from "./dom/block-stack.ts";
import { CHUNK_UNITS, LINE_UNITS } from "./limits.ts";
import { readLine } from "./plan.ts";

export class MarkdownFlow implements TextFlow {
  readonly element: HTMLElement;
  /** UTF-16 units that fit on a line, roughly: sizes finished chunks before they are laid out. */
  unitsPerLine = 90;
  #blocks: BlockStack;
  #chunk: HTMLElement | null = null;
  #chunkStart = 0;
  #chunkRows = 0;
  /** Source before the line that is arriving. */
  #lineStart = 0;
  #lineUnits = 0;
  /** The line that is arriving, until it is known what it is. */
  #line = "";
  #isTaken = false;
  #draft = "";
  #endsWithReturn = false;
  #cursor: HTMLElement | null = null;

  constructor(element: HTMLElement) {
    this.element = element;
    this.#blocks = new BlockStack();
  }

  append(text: string): void {
    this.#take(this.#withLineEnds(text));
    this.#blocks.leaf?.paint(this.#draft);
  }

  /** No more text comes: what is open is closed. */
  finish(): void {
    this.#endsWithReturn = false;
    if (this.#lineUnits > 0) {
      this.#endLine();
    }
    this.#blocks.closeAll();
    this.#blocks = new BlockStack(this.#blocks.references);
    this.#finishChunk();
  }

  clear(): void {
    this.element.replaceChildren();
    this.#blocks = new BlockStack();
    this.#chunk = null;
    this.#lineStart = 0;
    this.#startLine();
    this.#endsWithReturn = false;
    this.#cursor = null;
  }

  /** Marks the place where text arrives; the mark is drawn by CSS and is not in the text. */
  setCursor(on: boolean): void {
    const place = on ? (this.#blocks.cursorPlace ?? this.#chunk) : null;
    if (place !== this.#cursor) {
      this.#cursor?.classList.remove("sw-cursor");
      place?.classList.add("sw-cursor");
      this.#cursor = place;
    }
  }

  /** Line ends are "\n", "\r\n" or "\r"; a "\r" at the end waits for what follows. */
  #withLineEnds(text: string): string {
    const whole = this.#endsWithReturn ? `\r${text}` : text;
    this.#endsWithReturn = whole.endsWith("\r");
    const known = this.#endsWithReturn ? whole.slice(0, -1) : whole;
    return known.includes("\r") ? known.replace(/\r\n?/g, "\n") : known;
  }

  #take(text: string): void {
    let at = 0;
    while (at < text.length) {
      const newline = text.indexOf("\n", at);
      const end = newline < 0 ? text.length : newline;
      this.#takeSome(text.slice(at, end));
      if (newline < 0) {
        this.#readAhead();
      } else {
        this.#endLine();
      }
      at = end + 1;
    }
  }

  #takeSome(text: string): void {
    this.#lineUnits += text.length;
    if (this.#isTaken) {
      this.#blocks.leaf?.append(text);
    } else {
      this.#line += text;
    }
  }

  /** Takes the arriving line where it is certain what it is; else only a table shows it. */
  #readAhead(): void {
    if (this.#isTaken || this.#line.length > 2 * LINE_UNITS) {
      return;
    }
    const plan = readLine(this.#line, this.#blocks.open);
    this.#draft = "";
    if (plan.isCertain) {
      this.#apply(plan);
      this.#isTaken = true;
      this.#line = "";
    } else if (plan.step.type === "row") {
      this.#draft = plan.step.text;
    }
  }

  #endLine(): void {
    if (!this.#isTaken) {
      this.#apply(readLine(this.#line, this.#blocks.open));
    }
    this.#blocks.endLine();
    this.#lineStart += this.#lineUnits + 1;
    this.#chunkRows += Math.max(1, Math.ceil(this.#lineUnits / this.unitsPerLine));
    this.#startLine();
  }

  #startLine(): void {
    this.#line = "";
    this.#lineUnits = 0;
    this.#isTaken = false;
    this.#draft = "";
  }

  #apply(plan: Plan): void {
    if (this.#blocks.goesOn(plan)) {
      this.#blocks.continueLeaf(plan.step);
      return;
    }
    this.#blocks.closeTo(plan.kept);
    const { step, opens } = plan;
    if (step.type === "blank" && opens.length === 0) {
      this.#blocks.noteBlank();
      return;
    }
    this.#openChunk();
    this.#blocks.noteStart(opens[0] ?? null);
    for (const container of opens) {
      this.#blocks.push(container);
    }
    this.#blocks.openLeaf(step);
  }

  #openChunk(): void {
    if (this.#chunk !== null && this.#lineStart - this.#chunkStart < CHUNK_UNITS) {
      return;
    }
    this.#finishChunk();
    this.#chunk = make("div", "sw-chunk");
    this.#chunkStart = this.#lineStart;
    this.#chunkRows = 0;
    this.element.append(this.#chunk);
    this.#blocks.goOn(this.#chunk);
  }

  #finishChunk(): void {
    if (this.#chunk !== null) {
      markFinished(this.#chunk, this.#chunkRows);
    }
    this.#chunk = null;
  }
}
