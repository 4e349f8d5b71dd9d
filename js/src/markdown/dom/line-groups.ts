/**
 * Preformatted lines in groups, and groups in stacks.
 *
 * A line that arrives makes the browser lay out its group anew, so a group is a few lines. The browser
 * watches every stack that is finished, in each frame, so a stack is many.
 */

import { isHighSurrogate } from "../../text.ts";
import { make, markFinished } from "../../view/dom.ts";
import { CODE_LINES, NODE_UNITS } from "../limits.ts";
import { buildText, isPlain } from "./text-nodes.ts";

/** A group ends at a line end from here on, too. */
const GROUP_UNITS = 2048;
const STACK_LINES = 256;
/** A stack of long lines ends sooner. */
const STACK_UNITS = 32_768;
/** A line that goes on is broken after this much: each delta would else cost as much as it is long. */
const LONG_LINE_UNITS = 8192;

/** Makes nodes of a whole line, its line end included. */
export type DrawLine = (line: string) => readonly Node[] | null;

export class LineGroups {
  readonly #host: HTMLElement;
  readonly #draw: DrawLine;
  #stack: HTMLElement | null = null;
  #stackLines = 0;
  #stackUnits = 0;
  #group: HTMLElement | null = null;
  #lines = 0;
  #units = 0;
  /** The line that is arriving: its text while it fits, and what of it is on the page. */
  #line = "";
  #lineUnits = 0;
  #shown: Node[] = [];
  /** Where the line begins in a node that holds lines before it, too. */
  #shared: { readonly node: Text; readonly from: number } | null = null;
  #node: Text | null = null;

  constructor(host: HTMLElement, draw: DrawLine) {
    this.#host = host;
    this.#draw = draw;
  }

  get element(): HTMLElement {
    return this.#group ?? (this.#stack?.lastElementChild as HTMLElement | null) ?? this.#host;
  }

  /** More of a line. */
  append(text: string): void {
    let from = 0;
    while (from < text.length) {
      let end = Math.min(text.length, from + LONG_LINE_UNITS - this.#lineUnits);
      end += end < text.length && isHighSurrogate(text.charCodeAt(end - 1)) ? 1 : 0;
      this.#addText(text.slice(from, end));
      from = end;
      if (this.#lineUnits >= LONG_LINE_UNITS) {
        this.#startLine();
        this.#closeGroup();
      }
    }
  }

  endLine(): void {
    const drawn = this.#lineUnits === this.#line.length ? this.#draw(`${this.#line}\n`) : null;
    if (drawn === null) {
      this.#addText("\n");
    } else {
      this.#shared?.node.deleteData(this.#shared.from, this.#lineUnits);
      for (const node of this.#shown) {
        node.parentNode?.removeChild(node);
      }
      this.#node = null;
      const group = this.#openGroup();
      group.append(...drawn);
      this.#units += 1;
    }
    this.#lines += 1;
    this.#startLine();
    if (this.#lines >= CODE_LINES || this.#units >= GROUP_UNITS) {
      this.#closeGroup();
    }
  }

  #startLine(): void {
    this.#line = "";
    this.#lineUnits = 0;
    this.#shown = [];
    this.#shared = null;
  }

  #addText(text: string): void {
    const group = this.#openGroup();
    this.#line += text;
    this.#lineUnits += text.length;
    this.#units += text.length;
    const node = this.#node;
    if (node !== null && node.length + text.length <= NODE_UNITS && isPlain(text)) {
      if (this.#shown.length === 0) {
        this.#shared ??= { node, from: node.length };
      }
      node.appendData(text);
      return;
    }
    const nodes = buildText(text);
    group.append(...nodes);
    this.#shown.push(...nodes);
    const last = nodes.at(-1);
    this.#node = last instanceof Text ? last : null;
  }

  #openGroup(): HTMLElement {
    if (this.#group === null) {
      this.#group = make("span", "sw-lines");
      this.#openStack().append(this.#group);
      this.#lines = 0;
      this.#units = 0;
      this.#node = null;
    }
    return this.#group;
  }

  #openStack(): HTMLElement {
    if (this.#stackLines >= STACK_LINES || this.#stackUnits >= STACK_UNITS) {
      this.#closeStack();
    }
    if (this.#stack === null) {
      this.#stack = make("span", "sw-line-stack");
      this.#host.append(this.#stack);
    }
    return this.#stack;
  }

  #closeGroup(): void {
    if (this.#group !== null) {
      this.#stackLines += Math.max(1, this.#lines);
      this.#stackUnits += this.#units;
    }
    this.#group = null;
    this.#node = null;
  }

  #closeStack(): void {
    if (this.#stack !== null) {
      markFinished(this.#stack, this.#stackLines);
    }
    this.#stack = null;
    this.#stackLines = 0;
    this.#stackUnits = 0;
  }
}
