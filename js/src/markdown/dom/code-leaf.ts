/** A block of code as it arrives: its language, a button that copies it, and lines in colours. */

import { copyText } from "../../view/clipboard.ts";
import { make } from "../../view/dom.ts";
import type { OpenLeaf } from "../blocks.ts";
import { unescapeText } from "../inline/entities.ts";
import { CodeColours } from "./code-colours.ts";
import type { Leaf, Place } from "./leaf.ts";
import { LineGroups } from "./line-groups.ts";
import { buildText } from "./text-nodes.ts";

/** How long the button says that it has copied. */
const COPIED_MS = 1500;
const MAX_NAME = 40;

export class CodeLeaf implements Leaf {
  readonly facts: OpenLeaf;
  readonly #groups: LineGroups;
  readonly #source: string[] = [];
  readonly #colours: CodeColours;
  /** Blank lines at the end of indented code are not part of it. */
  #blanks: string[] = [];
  readonly #isIndented: boolean;
  #hasText = false;

  constructor(facts: Extract<OpenLeaf, { type: "fence" | "indented" }>, place: Place) {
    this.facts = facts;
    this.#isIndented = facts.type === "indented";
    const info = facts.type === "fence" ? unescapeText(facts.fence.info) : "";
    const language = /^[^\s{]*/.exec(info)?.[0] ?? "";
    const code = make("code", "");
    const text = make("pre", "", code);
    text.tabIndex = 0;
    const name = make("span", "sw-code-name", ...buildText(language.slice(0, MAX_NAME)));
    const block = make(
      "div",
      "sw-code",
      make("div", "sw-code-head", name, this.#makeButton()),
      text,
    );
    if (language !== "") {
      block.dataset["language"] = language.slice(0, MAX_NAME);
    }
    block.dir = "ltr";
    place.parent.append(block);
    this.#colours = new CodeColours(language, code);
    this.#groups = new LineGroups(code, (line) => this.#colours.draw(line));
  }

  get element(): HTMLElement {
    return this.#groups.element;
  }

  append(text: string): void {
    if (this.#isIndented && !this.#hasText && text.trim() === "") {
      this.#blanks.push(text);
      return;
    }
    this.#hasText = true;
    this.#writeBlanks();
    this.#write(text);
  }

  endLine(): void {
    if (this.#isIndented && !this.#hasText) {
      this.#blanks.push("\n");
      return;
    }
    this.#hasText = false;
    this.#source.push("\n");
    this.#groups.endLine();
  }

  paint(): void {
    // Lines are on the page as soon as they are taken.
  }

  close(): void {
    this.#blanks = [];
  }

  #writeBlanks(): void {
    const blanks = this.#blanks;
    this.#blanks = [];
    for (const text of blanks) {
      if (text === "\n") {
        this.#source.push("\n");
        this.#groups.endLine();
      } else {
        this.#write(text);
      }
    }
  }

  #write(text: string): void {
    if (text !== "") {
      this.#source.push(text);
      this.#groups.append(text);
    }
  }

  #makeButton(): HTMLButtonElement {
    const button = make("button", "sw-copy-code", "Copy");
    button.type = "button";
    button.setAttribute("aria-label", "Copy code");
    button.addEventListener("click", () => {
      copyText(this.#source.join(""), button).then(
        (isCopied) => {
          button.textContent = isCopied ? "Copied" : "Not copied";
          setTimeout(() => {
            button.textContent = "Copy";
          }, COPIED_MS);
        },
        () => undefined,
      );
    });
    return button;
  }
}
