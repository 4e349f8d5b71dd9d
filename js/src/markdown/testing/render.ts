/** Renders a text whole or in pieces, for tests. */

import { MarkdownFlow } from "../markdown-flow.ts";

export function render(pieces: readonly string[]): HTMLElement {
  const host = document.createElement("div");
  const flow = new MarkdownFlow(host);
  for (const piece of pieces) {
    flow.append(piece);
  }
  flow.finish();
  return host;
}

export function cutEvery(text: string, units: number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += units) {
    pieces.push(text.slice(at, at + units));
  }
  return pieces;
}

/** Numbers from 0 up to 1 that are the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Cuts of 1 to `most` units. */
export function cutAtRandom(text: string, seed: number, most = 12): string[] {
  const random = seeded(seed);
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const end = at + 1 + Math.floor(random() * most);
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces;
}

/** All that can be seen or pressed; where text nodes end does not count. */
export function describeNode(node: Node): string {
  if (node instanceof Text) {
    return node.data.replaceAll("<", "&lt;");
  }
  if (!(node instanceof Element)) {
    return "";
  }
  const attributes = [...node.attributes]
    .filter(({ name }) => name !== "style")
    .map(({ name, value }) => ` ${name}=${JSON.stringify(value)}`);
  const children = [...node.childNodes].map(describeNode).join("");
  return `<${node.tagName}${attributes.join("")}>${children}</>`;
}
