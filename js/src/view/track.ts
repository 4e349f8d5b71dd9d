/** One panel's text: parts in their order, whatever the order they grow in, in the look the reader chose. */

import { Flow, type TextFlow } from "./flow.ts";
import { findJson, whenJson } from "./json-look.ts";
import { findMarkdown } from "./markdown-look.ts";

/** As it is meant to look, or as it was written. */
export type Look = "markdown" | "json" | "source";

/** What draws a look; a text whose look has not come yet is drawn as it was written. */
function findFlow(look: Look): new (element: HTMLElement) => TextFlow {
  const drawn = look === "json" ? findJson() : look === "markdown" ? findMarkdown() : undefined;
  return drawn ?? Flow;
}

export class Track {
  readonly #element: HTMLElement;
  readonly #separator: string;
  #look: Look = "source";
  #flow: TextFlow;
  #painted = new Map<number, string[]>();
  #newest = -1;
  #isFinished = false;

  constructor(element: HTMLElement, separator: string) {
    this.#element = element;
    this.#separator = separator;
    this.#flow = new Flow(element);
    element.classList.add("sw-source");
  }

  get flow(): TextFlow {
    return this.#flow;
  }

  get isEmpty(): boolean {
    return this.#newest < 0;
  }

  setUnitsPerLine(units: number): void {
    this.#flow.unitsPerLine = units;
  }

  /** True where the look is another one now; the text is drawn anew, and the reader's place is kept. */
  setLook(look: Look): boolean {
    if (look === this.#look) {
      return false;
    }
    if (look === "json") {
      whenJson(() => this.#look === "json" && this.#draw("json"));
    }
    this.#draw(look);
    return true;
  }

  #draw(look: Look): void {
    const place = new ScrollPlace(this.#element);
    this.#flow.clear();
    this.#element.classList.remove(`sw-${this.#look}`);
    this.#element.classList.add(`sw-${look}`);
    this.#look = look;
    const { unitsPerLine } = this.#flow;
    const LookFlow = findFlow(look);
    this.#flow = new LookFlow(this.#element);
    this.#flow.unitsPerLine = unitsPerLine;
    this.#rebuild();
    place.restore();
  }

  append(part: number, text: string): void {
    const pieces = this.#painted.get(part) ?? [];
    this.#painted.set(part, pieces);
    pieces.push(text);
    if (part < this.#newest) {
      this.#rebuild();
      return;
    }
    this.#write(part, text, pieces.length === 1);
  }

  finish(): void {
    if (!this.#isFinished) {
      this.#isFinished = true;
      this.#flow.finish();
    }
  }

  clear(): void {
    this.#flow.clear();
    this.#painted = new Map();
    this.#newest = -1;
    this.#isFinished = false;
  }

  #write(part: number, text: string, isFirst: boolean): void {
    const separated = isFirst && this.#newest >= 0;
    this.#isFinished = false;
    this.#flow.append(separated ? this.#separator + text : text);
    this.#newest = part;
  }

  /** An earlier part grew after a later one: rare, and dearer than it is worth to avoid. */
  #rebuild(): void {
    const painted = [...this.#painted].sort(([one], [other]) => one - other);
    const wasFinished = this.#isFinished;
    this.clear();
    this.#painted = new Map(painted);
    for (const [part, pieces] of painted) {
      this.#write(part, pieces.join(""), true);
    }
    if (wasFinished) {
      this.finish();
    }
  }
}

/** How far down a reader is, in the box that scrolls around a text. */
class ScrollPlace {
  readonly #box: Element | null;
  readonly #share: number;

  constructor(element: Element) {
    this.#box = element.closest(".sw-scroll");
    const { scrollTop = 0, scrollHeight = 0 } = this.#box ?? {};
    this.#share = scrollHeight === 0 ? 0 : scrollTop / scrollHeight;
  }

  restore(): void {
    if (this.#box !== null && this.#share > 0) {
      this.#box.scrollTop = this.#share * this.#box.scrollHeight;
    }
  }
}
