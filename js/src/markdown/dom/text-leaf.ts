/** A paragraph or a heading as it arrives. */

import { make } from "../../view/dom.ts";
import type { OpenLeaf } from "../blocks.ts";
import { readDefinition } from "../inline/destinations.ts";
import { PARAGRAPH_UNITS } from "../limits.ts";
import { InlineWriter } from "./inline-writer.ts";
import type { Leaf, Place } from "./leaf.ts";

export type TextTag = "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6";

const TASK = /^\[([ xX])\][ \t]+/;
const MAY_BE_TASK = /^\[(?:[ xX](?:\][ \t]*)?)?$/;
const CLOSING_MARKS = /(?:^|[ \t]+)#+[ \t]*$/;
/** A definition is not shown, and neither is what looks like the beginning of one. */
const MAY_BE_DEFINITION = /^\[[^\]]+\]:/;

export class TextLeaf implements Leaf {
  readonly #tag: TextTag;
  readonly #place: Place;
  readonly #item: HTMLElement | null;
  readonly #writer: InlineWriter;
  /** All of it, as long as it may become a heading or a table. */
  #whole: string | null = "";
  /** The beginning, until it is known to be no definition and no task. */
  #start: string | null = "";

  /** `item`: the first paragraph of an item may say that it is a task. */
  constructor(tag: TextTag, place: Place, item: HTMLElement | null) {
    this.#tag = tag;
    this.#place = place;
    this.#item = item;
    const element = make(tag, "");
    if (item === null) {
      element.dir = "auto";
    }
    place.parent.append(element);
    this.#writer = new InlineWriter(element, place.references, goOn);
    if (tag !== "p") {
      this.#start = null;
    }
  }

  get element(): HTMLElement {
    return this.#writer.element;
  }

  get facts(): OpenLeaf | null {
    if (this.#tag !== "p") {
      return null;
    }
    this.#readStart(false);
    const text = this.#whole;
    if (text === null || this.#start !== null) {
      return { type: "paragraph", lastLine: this.#lastLineIfText(text) };
    }
    return { type: "paragraph", lastLine: lastLineOf(text) };
  }

  append(text: string): void {
    if (this.#start === null) {
      this.#writer.append(text);
    } else {
      this.#start += text;
    }
    this.#keep(text);
  }

  endLine(): void {
    this.append("\n");
  }

  paint(): void {
    this.#readStart(false);
    if (this.#start === null) {
      if (this.#isTableStart()) {
        return;
      }
      this.#writer.paint();
    } else {
      const isHidden = MAY_BE_DEFINITION.test(this.#start) || MAY_BE_TASK.test(this.#start);
      this.#writer.paintForNow(isHidden ? "" : this.#start);
    }
  }

  close(): void {
    if (this.#tag !== "p") {
      this.#closeHeading();
      return;
    }
    this.#readStart(true);
    if (this.#whole?.trim() === "") {
      this.#writer.element.remove();
      return;
    }
    this.#writer.finish();
  }

  /** Leaves the page; its text is to become something else. */
  takeText(): string {
    this.#readStart(true);
    this.#writer.element.remove();
    return (this.#whole ?? "").trimEnd();
  }

  #keep(text: string): void {
    if (this.#whole !== null) {
      this.#whole += text;
      if (this.#whole.length > PARAGRAPH_UNITS + 1 && this.#start === null) {
        this.#whole = null;
      }
    }
  }

  /** A heading's closing marks are known only at its end. */
  #closeHeading(): void {
    const text = this.#whole;
    if (text !== null && CLOSING_MARKS.test(text.trimEnd())) {
      this.#writer.replaceBy(text.trimEnd().replace(CLOSING_MARKS, ""));
    }
    this.#writer.finish();
  }

  /** Takes definitions and a task's box from the beginning. */
  #readStart(isFinal: boolean): void {
    let isWaiting = false;
    while (this.#start !== null && this.#start !== "" && !isWaiting) {
      isWaiting = this.#readStartOnce(isFinal ? this.#start.trimEnd() : this.#start, isFinal);
    }
  }

  /** True where it takes more text to tell. */
  #readStartOnce(text: string, isFinal: boolean): boolean {
    if (this.#readTask(text)) {
      return false;
    }
    const definition = text.startsWith("[") ? readDefinition(text, isFinal) : null;
    const isOpen = definition === "more" || this.#mayBeTask(text);
    if (isOpen && !isFinal) {
      return true;
    }
    this.#takeStart(definition);
    return false;
  }

  #takeStart(definition: ReturnType<typeof readDefinition>): void {
    if (definition === "more" || definition === null) {
      this.#beginText(this.#start ?? "");
      return;
    }
    this.#place.references.define(definition.label, definition);
    this.#start = this.#start?.slice(definition.end).trimStart() ?? null;
    this.#whole = this.#start;
  }

  #mayBeTask(text: string): boolean {
    return this.#item !== null && MAY_BE_TASK.test(text);
  }

  #readTask(text: string): boolean {
    const task = this.#item === null ? null : TASK.exec(text);
    if (task === null || this.#item === null || task[0].length === text.length) {
      return false;
    }
    const box = make("input", "sw-task-box");
    const isDone = task[1] !== " ";
    box.type = "checkbox";
    box.disabled = true;
    box.defaultChecked = isDone;
    box.setAttribute("aria-label", isDone ? "Done" : "To do");
    this.#item.classList.add("sw-task");
    this.#writer.element.append(box, " ");
    const rest = text.slice(task[0].length);
    this.#whole = null;
    this.#beginText(rest);
    return true;
  }

  #beginText(text: string): void {
    this.#start = null;
    this.#writer.append(text);
    this.#keep("");
  }

  /** A line of cells is shown once it is known whether it is a table's. */
  #isTableStart(): boolean {
    const text = this.#whole;
    return text?.startsWith("|") === true && !text.trimEnd().includes("\n");
  }

  /** What stands after definitions; nothing there cannot become a heading. */
  #lastLineIfText(text: string | null): string | null {
    const start = this.#start?.trim();
    if (text === null || start === undefined || start === "") {
      return null;
    }
    const definition = readDefinition(start, true);
    return definition === null || definition === "more" ? lastLineOf(text) : null;
  }
}

function lastLineOf(text: string): string | null {
  const trimmed = text.trimEnd();
  return trimmed.length > PARAGRAPH_UNITS ? null : trimmed.slice(trimmed.lastIndexOf("\n") + 1);
}

/** A long block goes on below, without a gap. */
function goOn(before: HTMLElement): HTMLElement {
  const next = make("p", "sw-goes-on");
  if (before.dir !== "") {
    next.dir = before.dir;
  }
  before.after(next);
  return next;
}
