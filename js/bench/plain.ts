/**
 * The least that any page could do with the same texts: as many boxes that grow and follow their end.
 *
 * No Markdown, no numbers, no buttons, no protocol. What this costs, and how many of its frames come
 * late, is the browser's and the machine's share of what ours does.
 */

import { type Frame, Meter } from "./meter.ts";
import { feedOf, type ManyOptions, playFrames, settle } from "./stream.ts";

export type PlainResult = { readonly frames: readonly Frame[] };

class PlainBox {
  readonly element = document.createElement("div");
  #line = document.createTextNode("");

  constructor() {
    this.element.className = "bench-plain";
    this.#newLine();
  }

  append(text: string): void {
    for (const [index, line] of text.split("\n").entries()) {
      if (index > 0) {
        this.#newLine();
      }
      this.#line.appendData(line);
    }
  }

  follow(): void {
    this.element.scrollTop = this.element.scrollHeight;
  }

  #newLine(): void {
    const block = document.createElement("p");
    this.#line = document.createTextNode("");
    block.append(this.#line);
    this.element.append(block);
  }
}

export class PlainBoxes {
  readonly el = document.createElement("div");
  readonly runs: readonly string[];
  readonly #boxes = new Map<string, PlainBox>();
  #grown = new Map<PlainBox, string>();

  constructor(runs: number) {
    this.runs = Array.from({ length: runs }, (_, index) => `plain-${index}`);
    this.el.className = "bench-grid";
    for (const run of this.runs) {
      const box = new PlainBox();
      this.#boxes.set(run, box);
      this.el.append(box.element);
    }
    document.querySelector("main")?.append(this.el);
  }

  push(texts: readonly string[]): void {
    const waits = this.#grown.size > 0;
    for (const [index, run] of this.runs.entries()) {
      const box = this.#boxes.get(run);
      const text = texts[index] ?? "";
      if (box !== undefined && text !== "") {
        this.#grown.set(box, (this.#grown.get(box) ?? "") + text);
      }
    }
    // A hidden page has no frames, and one that waits for them has all to do when it is shown.
    if (document.hidden) {
      this.#paint();
    } else if (!waits) {
      requestAnimationFrame(() => this.#paint());
    }
  }

  #paint(): void {
    const grown = this.#grown;
    this.#grown = new Map();
    for (const [box, text] of grown) {
      box.append(text);
    }
    for (const box of grown.keys()) {
      box.follow();
    }
  }
}

/** The same texts at the same pace, in plain boxes. */
export async function playPlain(options: Omit<ManyOptions, "arrangement">): Promise<PlainResult> {
  const boxes = new PlainBoxes(options.runs);
  await settle();
  const meter = new Meter();
  await playFrames(meter, [feedOf(boxes, 0, options)], options.seconds);
  return { frames: meter.stop().slice(0, -1) };
}
