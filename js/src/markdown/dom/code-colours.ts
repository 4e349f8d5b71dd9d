/**
 * Colours for one block of code, from an asset that is loaded at the first block that has a language.
 *
 * A line gets its colours once, when it is whole. Lines that were whole before the asset came are
 * drawn anew when it comes, group by group, except where the reader has selected something.
 */

import { loadAsset } from "../../assets.ts";
import { make } from "../../view/dom.ts";
import { buildText } from "./text-nodes.ts";

/** A stretch of a line: plain, or of a kind that has a colour. */
export type Span = string | readonly [kind: string, text: string];

/** What the asset "colour" exports. */
export type ColourAsset = {
  /** The spans of one line and the state to go on with; `null` for a language it does not know. */
  readonly colour: (
    line: string,
    language: string,
    state: unknown,
  ) => { readonly spans: readonly Span[]; readonly state: unknown } | null;
};

/** Longer lines are data, not code. */
const MAX_LINE_UNITS = 2000;

let asset: ColourAsset | null = null;

export class CodeColours {
  readonly #language: string;
  readonly #host: HTMLElement;
  #state: unknown = null;
  #isOff: boolean;

  constructor(language: string, host: HTMLElement) {
    this.#language = language.toLowerCase();
    this.#host = host;
    this.#isOff = language === "";
    if (!this.#isOff && asset === null) {
      this.#load();
    }
  }

  /** The nodes of a whole line, or `null` where it stays as it is. */
  draw(line: string): readonly Node[] | null {
    if (this.#isOff || asset === null || line.length > MAX_LINE_UNITS) {
      return null;
    }
    const coloured = asset.colour(line, this.#language, this.#state);
    if (coloured === null) {
      this.#isOff = true;
      return null;
    }
    this.#state = coloured.state;
    return buildSpans(coloured.spans);
  }

  #load(): void {
    loadAsset("colour").then(
      (loaded) => {
        asset = loaded as ColourAsset;
        this.#redraw();
      },
      () => undefined,
    );
  }

  /** Colours the whole lines that are there; the one that is arriving stays as it is. */
  #redraw(): void {
    for (const group of this.#host.children) {
      if (!holdsSelection(group)) {
        this.#redrawGroup(group);
      }
    }
  }

  #redrawGroup(group: Element): void {
    const text = group.textContent;
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    const isOpen = whole.length < text.length;
    if (group.querySelector("span") !== null || whole === "") {
      return;
    }
    const drawn: Node[] = [];
    for (const line of whole.match(/.*\n/g) ?? []) {
      drawn.push(...(this.draw(line) ?? [document.createTextNode(line)]));
    }
    if (isOpen || this.#isOff) {
      return;
    }
    group.replaceChildren(...drawn);
  }
}

function holdsSelection(node: Node): boolean {
  const root = node.getRootNode() as Document;
  const selection = root.getSelection?.() ?? document.getSelection();
  return selection !== null && !selection.isCollapsed && selection.containsNode(node, true);
}

/** Neighbours without a colour share a text node. */
function buildSpans(spans: readonly Span[]): Node[] {
  const nodes: Node[] = [];
  let plain = "";
  for (const span of spans) {
    if (typeof span === "string") {
      plain += span;
      continue;
    }
    nodes.push(...buildText(plain), make("span", `sw-c-${span[0]}`, ...buildText(span[1])));
    plain = "";
  }
  nodes.push(...buildText(plain));
  return nodes;
}
