/**
 * Compares what a renderer has drawn with GitHub Flavored Markdown, block by block.
 *
 * What is there for the eye or the hand alone (chunks, buttons, labels, colours) is looked through,
 * so are paragraphs in list items (whether a list is loose shows in its style). GFM has no maths:
 * that there is some is all that counts, not how it is set.
 */

import { marked } from "marked";

const BLOCKS: ReadonlySet<string> = new Set(
  "h1 h2 h3 h4 h5 h6 p ul ol pre blockquote table hr".split(" "),
);
const INSIDE: ReadonlySet<string> = new Set("li tr th td em strong del a code br input".split(" "));
/** A list or quote that was too long for one chunk of the page and goes on in the next. */
const GOES_ON = ".sw-goes-on";
const MATHS = ".sw-tex, equation-inline, equation-block";
/** Maths in a line of its own: a paragraph to GFM. */
const DISPLAYED = ".sw-display, equation-block";
const LEFT_OUT: ReadonlySet<string> = new Set(["button", "svg", "style", "title", "colgroup"]);

/** How many of the blocks of one-shot GFM were drawn the same and in the same order, of how many. */
export function countEqualBlocks(drawn: HTMLElement, source: string): [number, number] {
  const html = marked.parse(source, { async: false });
  const wanted = blocksOf(new DOMParser().parseFromString(html, "text/html").body);
  return [commonLength(wanted, blocksOf(drawn)), wanted.length];
}

/** The first few blocks that one-shot GFM has and the drawing has not: for who wonders why. */
export function listMissingBlocks(drawn: HTMLElement, source: string, count: number): string[] {
  const html = marked.parse(source, { async: false });
  const wanted = blocksOf(new DOMParser().parseFromString(html, "text/html").body);
  const found = new Set(blocksOf(drawn));
  return wanted.filter((block) => !found.has(block)).slice(0, count);
}

function blocksOf(root: Element): string[] {
  const blocks: string[] = [];
  for (const block of listBlocks(root)) {
    const before = block.matches(GOES_ON) ? blocks.pop() : undefined;
    const text = block.matches(DISPLAYED) ? `<p>${read(block)}</p>` : read(block);
    blocks.push(before === undefined ? tidy(text) : joined(before, tidy(text)));
  }
  return blocks;
}

function listBlocks(root: Element): Element[] {
  return [...root.children].flatMap((child) => {
    if (BLOCKS.has(child.localName) || child.matches(DISPLAYED)) {
      return [child];
    }
    return LEFT_OUT.has(child.localName) ? [] : listBlocks(child);
  });
}

/** One list or quote of its two halves. */
function joined(before: string, rest: string): string {
  return before.replace(/<\/\w+>$/, "") + rest.replace(/^<\w+>/, "");
}

function read(node: Node): string {
  if (node instanceof Text) {
    return node.data.replace(/\${1,2}[^$]+\${1,2}/g, "(maths)");
  }
  if (!(node instanceof Element) || LEFT_OUT.has(node.localName)) {
    return "";
  }
  if (node.matches(MATHS)) {
    return "(maths)";
  }
  const name = node.localName;
  const inner = [...node.childNodes].map(read).join("");
  if (name === "p" && node.parentElement?.localName === "li") {
    return ` ${inner} `;
  }
  if (!BLOCKS.has(name) && !INSIDE.has(name)) {
    return inner;
  }
  return `<${name}${attributesOf(node)}>${inner}</${name}>`;
}

function attributesOf(element: Element): string {
  if (element instanceof HTMLAnchorElement) {
    return ` ${element.getAttribute("href")}`;
  }
  return element instanceof HTMLInputElement ? ` ${element.checked}` : "";
}

/** Space between blocks is nobody's; next to an inline tag it is the same in both. */
function tidy(block: string): string {
  return block.replace(/\s+/g, " ").replace(/\s*(<[^>]*>)\s*/g, "$1");
}

/** Length of the longest common subsequence. */
function commonLength(one: readonly string[], other: readonly string[]): number {
  let before = new Array<number>(other.length + 1).fill(0);
  for (const block of one) {
    const row = [0];
    other.forEach((candidate, index) => {
      const kept = Math.max(row[index] ?? 0, before[index + 1] ?? 0);
      row.push(candidate === block ? (before[index] ?? 0) + 1 : kept);
    });
    before = row;
  }
  return before.at(-1) ?? 0;
}
