/** Puts colours on one block of code: on each line when it is whole, and on those that came before. */

import { make } from "../../view/dom.ts";
import { buildText } from "../dom/text-nodes.ts";
import { colourLine, type Span, type State } from "./colour.ts";

/** Longer lines are data, not code. */
const MAX_LINE_UNITS = 2000;

export class Painter {
  readonly #language: string;
  #state: State = null;

  /** Colours what `host` holds; the line that is arriving stays as it is until it is whole. */
  constructor(language: string, host: HTMLElement) {
    this.#language = language;
    for (const group of host.querySelectorAll(".sw-lines")) {
      this.#paintGroup(group);
    }
  }

  /** The nodes of a whole line, or `null` where it stays as it is. */
  draw(line: string): readonly Node[] | null {
    if (line.length > MAX_LINE_UNITS) {
      return null;
    }
    const coloured = colourLine(line, this.#language, this.#state);
    this.#state = coloured?.state ?? null;
    return coloured && buildSpans(coloured.spans);
  }

  /**
   * Lines that are whole become coloured; what the reader has selected keeps its nodes, and so does a
   * group in which a line is arriving.
   */
  #paintGroup(group: Element): void {
    const text = group.textContent;
    const lines = text.match(/.*\n/g) ?? [];
    const drawn = lines.map((line) => this.draw(line) ?? [document.createTextNode(line)]);
    if (text.endsWith("\n") && !holdsSelection(group) && group.childElementCount === 0) {
      group.replaceChildren(...drawn.flat());
    }
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
    } else {
      nodes.push(...buildText(plain), make("span", `sw-c-${span[0]}`, ...buildText(span[1])));
      plain = "";
    }
  }
  nodes.push(...buildText(plain));
  return nodes;
}
