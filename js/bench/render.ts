/** One renderer alone in a scroll box: 16 deltas a frame, as a fast model under a full budget. */

import { styleRootOf } from "../src/style-sheet.ts";
import { countEqualBlocks, listMissingBlocks } from "./blocks.ts";
import { type Growth, openGrowth } from "./growth.ts";
import { framesPass } from "./meter.ts";
import { open as openMarked } from "./renderers/marked-dompurify.ts";
import { open as openOneNode } from "./renderers/one-node.ts";
import { open as openOurs } from "./renderers/ours.ts";
import { open as openPlainLines } from "./renderers/plain-lines.ts";
import type { OpenRendering } from "./renderers/rendering.ts";
import { open as openStreaming } from "./renderers/streaming-markdown.ts";
import { type Kind, makeRows, makeText, splitDeltas } from "./workload.ts";

const RENDERERS: Readonly<Record<string, OpenRendering>> = {
  ours: openOurs,
  "marked-dompurify": openMarked,
  "one-node": openOneNode,
  "plain-lines": openPlainLines,
  "streaming-markdown": openStreaming,
};

export type RenderOptions = {
  readonly renderer: string;
  readonly kind: Kind;
  readonly units: number;
  /** Instead of so many units: so many lines, items or rows. */
  readonly rows?: number;
  readonly deltasPerFrame: number;
};

export type Rendered = {
  readonly equalBlocks: readonly [number, number];
  readonly missing: readonly string[];
  readonly longestNode: number;
};

/** Puts an empty box on the page and a text to show in it. */
export function openRendering(
  options: RenderOptions,
): Growth & { readonly end: () => Promise<Rendered> } {
  const open = RENDERERS[options.renderer];
  if (open === undefined) {
    throw new Error(`There is no renderer ${options.renderer}.`);
  }
  const text = textFor(options);
  const { box, into } = makeBox();
  const rendering = open(into);
  const write = (piece: string) => {
    rendering.write(piece);
    // What a view that follows its text does; it makes the browser lay the text out.
    box.scrollTop = box.scrollHeight;
  };
  const end = async () => {
    rendering.end();
    await framesPass(2);
    const isWhole = options.rows === undefined;
    return {
      equalBlocks: isWhole ? countEqualBlocks(into, text) : ([0, 0] as const),
      missing: isWhole ? listMissingBlocks(into, text, 5) : [],
      longestNode: longestNode(into),
    };
  };
  return { ...openGrowth(splitDeltas(text), options.deltasPerFrame, write), end };
}

function textFor({ kind, units, rows }: RenderOptions): string {
  const isRows = kind === "code" || kind === "list" || kind === "table";
  return rows !== undefined && isRows ? makeRows(kind, rows) : makeText(kind, units);
}

function makeBox(): { box: HTMLElement; into: HTMLElement } {
  const box = document.createElement("div");
  box.className = "stream-widget bench-box";
  const into = document.createElement("div");
  into.className = "sw-text";
  box.append(into);
  document.querySelector("main")?.append(box);
  styleRootOf(box, { signal: new AbortController().signal });
  return { box, into };
}

function longestNode(root: Node): number {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let longest = 0;
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    longest = Math.max(longest, (node as Text).length);
  }
  return longest;
}
