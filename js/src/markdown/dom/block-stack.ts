/** The blocks that are open: containers inside each other, and the one block that takes text. */

import { make } from "../../view/dom.ts";
import type { Container, Plan, Step } from "../blocks.ts";
import type { Open } from "../plan.ts";
import { CodeLeaf } from "./code-leaf.ts";
import { OpenContainer } from "./containers.ts";
import type { Leaf, Place } from "./leaf.ts";
import { HtmlLeaf, MathsLeaf } from "./raw-leaf.ts";
import { References } from "./references.ts";
import { TableLeaf } from "./table-leaf.ts";
import { TextLeaf, type TextTag } from "./text-leaf.ts";

const CONTINUING: ReadonlySet<Step["type"]> = new Set([
  "setext",
  "table",
  "row",
  "maths",
  "fence-close",
]);

export class BlockStack {
  readonly references: References;
  readonly #containers: OpenContainer[] = [];
  #root: HTMLElement | null = null;
  #leaf: Leaf | null = null;
  /** The block that the line being read belongs to, and whether it ends with that line. */
  #taker: Leaf | null = null;
  #endsWithLine = false;
  /** After a blank line: how many containers it was in, a quote or a note being the innermost. */
  #blankInside: number | null = null;
  #lastPlace: HTMLElement | null = null;

  constructor(references = new References()) {
    this.references = references;
  }

  /** What reading the next line needs to know. */
  get open(): Open {
    return { containers: this.#containers, leaf: this.#leaf?.facts ?? null };
  }

  get leaf(): Leaf | null {
    return this.#leaf;
  }

  get cursorPlace(): HTMLElement | null {
    return this.#leaf?.element ?? this.#lastPlace;
  }

  /** Blocks go into `root` from now on; what is open goes on there. */
  goOn(root: HTMLElement): void {
    this.#root = root;
    let parent = root;
    for (const [index, container] of this.#containers.entries()) {
      container.goOn(parent, index < this.#containers.length - 1);
      parent = container.element;
    }
  }

  /** True where the line belongs to the block that is open. */
  goesOn({ opens, step }: Plan): boolean {
    if (opens.length > 0) {
      return false;
    }
    if (step.type === "text" || step.type === "code") {
      return step.continues;
    }
    return step.type === "html" ? step.start === null : CONTINUING.has(step.type);
  }

  continueLeaf(step: Step): void {
    const facts = this.#leaf?.facts;
    this.#blankInside = null;
    if (step.type === "setext") {
      this.#becomeHeading(step.level);
    } else if (step.type === "table") {
      this.#becomeTable(step);
    } else if (step.type === "fence-close") {
      this.closeLeaf();
    } else if (step.type === "maths" && step.closes && this.#leaf instanceof MathsLeaf) {
      this.#leaf.finishWith(step.text);
      this.closeLeaf();
    } else if ("text" in step) {
      this.#endsWithLine = facts?.type === "html" && facts.end?.test(step.text) === true;
      this.#give(step.text);
      if (facts?.type === "indented" && step.text.trim() === "") {
        this.noteBlank();
      }
    }
  }

  /** Opens the block that a line starts. */
  openLeaf(step: Step): void {
    if (step.type === "blank") {
      return;
    }
    const place = this.#place;
    this.#noteContent();
    if (step.type === "rule") {
      place.parent.append(make("hr", ""));
      return;
    }
    this.#endsWithLine =
      step.type === "heading" ||
      (step.type === "html" && step.start?.end?.test(step.text) === true);
    this.#leaf = this.#makeLeaf(step, place);
    if ("text" in step) {
      this.#give(step.text);
    }
  }

  #makeLeaf(step: Step, place: Place): Leaf {
    switch (step.type) {
      case "heading":
        return this.#makeText(tagOf(step.level), place);
      case "code":
        return new CodeLeaf({ type: "indented" }, place);
      case "fence-open":
        return new CodeLeaf({ type: "fence", fence: step.fence }, place);
      case "maths-open":
        return new MathsLeaf(step.open, step.close, place);
      case "html":
        return new HtmlLeaf(step.start?.end ?? null, place);
      default:
        return this.#makeText("p", place);
    }
  }

  endLine(): void {
    this.#taker?.endLine();
    this.#taker = null;
    if (this.#endsWithLine) {
      this.closeLeaf();
    }
  }

  push(start: Container): void {
    const container = new OpenContainer(start, this.#place.parent);
    const parent = this.#containers.at(-1);
    if (parent !== undefined) {
      parent.isEmpty = false;
      parent.countItem();
    }
    this.#containers.push(container);
  }

  /** Closes the block that takes text, and all containers but the outer `kept`. */
  closeTo(kept: number): void {
    this.closeLeaf();
    this.#containers.length = Math.min(kept, this.#containers.length);
  }

  closeAll(): void {
    this.endLine();
    this.closeTo(0);
    this.#blankInside = null;
  }

  closeLeaf(): void {
    this.#endsWithLine = false;
    if (this.#leaf !== null) {
      this.#leaf.close();
      this.#lastPlace = this.#leaf.element;
    }
    this.#leaf = null;
    this.#taker = null;
  }

  noteBlank(): void {
    const inner = this.#containers.findLastIndex(({ start }) => isApart(start));
    this.#blankInside = inner + 1;
  }

  /**
   * Says what a blank line before this block means: a list is loose whose items, or blocks in an
   * item, have one between them. Only what comes after it is set apart: nothing above moves.
   */
  noteStart(first: Container | null): boolean {
    const depth = this.#containers.length;
    const isAfterBlank = this.#blankInside !== null && depth > this.#blankInside;
    this.#blankInside = null;
    const parent = this.#containers.at(-1);
    if (!isAfterBlank || parent === undefined) {
      return false;
    }
    const isNextItem = first?.type === "item";
    const list = isNextItem ? parent : this.#containers.at(-2);
    const isInItem = parent.start.type === "item" && !parent.isEmpty;
    if (isNextItem || isInItem) {
      list?.element.classList.add("sw-loose");
    }
    return isNextItem;
  }

  get #place(): Place {
    const parent = this.#containers.at(-1)?.element ?? this.#root;
    if (parent === null) {
      throw new Error("Blocks need a chunk to stand in: call goOn first.");
    }
    return { parent, references: this.references };
  }

  #makeText(tag: TextTag, place: Place): TextLeaf {
    const item = this.#containers.at(-1);
    const isFirst = item?.start.type === "item" && item.element.childElementCount === 0;
    return new TextLeaf(tag, place, isFirst ? item.element : null);
  }

  #noteContent(): void {
    const container = this.#containers.at(-1);
    if (container !== undefined) {
      container.isEmpty = false;
    }
  }

  #give(text: string): void {
    this.#taker = this.#leaf;
    this.#leaf?.append(text);
  }

  #becomeHeading(level: number): void {
    if (this.#leaf instanceof TextLeaf) {
      const heading = new TextLeaf(tagOf(level), this.#place, null);
      const text = this.#leaf.takeText();
      heading.append(text);
      this.#leaf = heading;
      this.closeLeaf();
    }
  }

  /** The last line of the paragraph is the table's header; what stands before it stays. */
  #becomeTable({ aligns }: Extract<Step, { type: "table" }>): void {
    if (!(this.#leaf instanceof TextLeaf)) {
      return;
    }
    const text = this.#leaf.takeText();
    const at = text.lastIndexOf("\n") + 1;
    if (at > 0) {
      const paragraph = new TextLeaf("p", this.#place, null);
      paragraph.append(text.slice(0, at));
      paragraph.close();
    }
    this.#leaf = new TableLeaf(text.slice(at), aligns, this.#place);
  }
}

function isApart(start: Container): boolean {
  return start.type === "quote" || start.type === "note";
}

function tagOf(level: number): TextTag {
  return (["h1", "h2", "h3", "h4", "h5", "h6"] as const)[level - 1] ?? "h6";
}
