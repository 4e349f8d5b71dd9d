/** Nodes of the page for what stands inside a paragraph: only the kinds listed here can appear. */

import { make } from "../../view/dom.ts";
import type { Inline } from "../inline/nodes.ts";
import { makeImage, makeLink } from "./links.ts";
import type { References } from "./references.ts";
import { buildText } from "./text-nodes.ts";
import { typeset } from "./typeset.ts";

const TAGS = { emphasis: "em", strong: "strong", deleted: "del" } as const;

/** `references` is `null` for what is shown only for now: nothing is loaded or remembered for it. */
export function buildInline(nodes: readonly Inline[], references: References | null): Node[] {
  return joinTexts(nodes).flatMap((node) => buildOne(node, references));
}

/** Marks that mean nothing are texts of their own: thousands of nodes would cost more than one. */
function joinTexts(nodes: readonly Inline[]): Inline[] {
  const joined: Inline[] = [];
  let texts: string[] = [];
  const flush = () => {
    if (texts.length > 0) {
      joined.push({ type: "text", text: texts.join("") });
      texts = [];
    }
  };
  for (const node of nodes) {
    if (node.type === "text") {
      texts.push(node.text);
    } else {
      flush();
      joined.push(node);
    }
  }
  flush();
  return joined;
}

function buildOne(node: Inline, references: References | null): Node[] {
  switch (node.type) {
    case "text":
    case "html":
      return buildText(node.text);
    case "code":
      return [make("code", "", ...buildText(node.text))];
    case "link":
      return [makeLink(node.href, node.title, buildInline(node.children, references))];
    case "image":
      return [makeImage(node.src, node.title, node.alt)];
    case "maths":
      return [buildMaths(node, references !== null)];
    case "note":
      return [buildNoteMark(node.label)];
    case "reference":
      return [buildReference(node, references)];
    case "break":
      return [make("br", "")];
    default:
      return [make(TAGS[node.type], "", ...buildInline(node.children, references))];
  }
}

function buildMaths(node: Extract<Inline, { type: "maths" }>, isSettled: boolean): HTMLElement {
  const element = make("span", "sw-tex", ...buildText(node.source));
  element.classList.toggle("sw-display", node.display);
  if (isSettled) {
    typeset(element, node.tex, node.display);
  }
  return element;
}

function buildNoteMark(label: string): HTMLElement {
  const mark = make("sup", "sw-footnote-mark", ...buildText(label));
  mark.setAttribute("aria-label", `Note ${label}`);
  mark.setAttribute("role", "note");
  return mark;
}

function buildReference(
  node: Extract<Inline, { type: "reference" }>,
  references: References | null,
): HTMLElement {
  const [before, after] = node.marks.map((mark) =>
    mark === "" ? "" : make("span", "sw-mark", ...buildText(mark)),
  );
  const link = make("a", "sw-reference", before ?? "", ...buildText(node.text), after ?? "");
  references?.wait(node.label, link);
  return link;
}
