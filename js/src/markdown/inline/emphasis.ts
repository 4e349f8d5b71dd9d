/** Emphasis, strong emphasis and deletion; https://spec.commonmark.org/0.31.2/#emphasis-and-strong-emphasis */

import { MAX_EMPHASIS, SPAN_UNITS } from "../limits.ts";
import type { Inline } from "./nodes.ts";
import { type Piece, type Pieces, textNode } from "./pieces.ts";

/** A run of `*`, `_` or `~` that may open or close. */
export type Run = {
  readonly char: string;
  /** Where it began; what is left of it may be shorter. */
  readonly at: number;
  readonly length: number;
  left: number;
  readonly canOpen: boolean;
  readonly canClose: boolean;
  readonly piece: Piece;
};

const BLANK = /^\s?$/u;
const PUNCTUATION = /[\p{P}\p{S}]/u;

/** `before` and `after` are the characters around the run, "" at the ends of the text. */
export function readRun(piece: Piece, length: number, before: string, after: string): Run {
  const char = piece.node.type === "text" ? (piece.node.text[0] ?? "") : "";
  const [isBlankBefore, isBlankAfter] = [BLANK.test(before), BLANK.test(after)];
  const [isMarkBefore, isMarkAfter] = [PUNCTUATION.test(before), PUNCTUATION.test(after)];
  const isLeft = !isBlankAfter && (!isMarkAfter || isBlankBefore || isMarkBefore);
  const isRight = !isBlankBefore && (!isMarkBefore || isBlankAfter || isMarkAfter);
  const inWord = char === "_";
  const isRun = char !== "~" || length <= 2;
  return {
    char,
    at: piece.start,
    length,
    left: length,
    canOpen: isRun && isLeft && (!inWord || !isRight || isMarkBefore),
    canClose: isRun && isRight && (!inWord || !isLeft || isMarkAfter),
    piece,
  };
}

/**
 * Pairs runs and wraps what stands between them in `pieces`; `runs` keeps those that are left.
 *
 * A closer that finds no opener is remembered by kind, so that the search is not done twice.
 */
export function pairRuns(pieces: Pieces, runs: Run[], fromRun = 0): void {
  const searched = new Map<string, Run>();
  let index = fromRun;
  while (index < runs.length) {
    const closer = runs[index];
    if (closer === undefined || !closer.canClose || closer.left === 0) {
      index += 1;
      continue;
    }
    const key = `${closer.char}${closer.canOpen}${closer.length % 3}${closer.char === "~" ? closer.length : ""}`;
    const found = findOpener(runs, index, fromRun, searched.get(key));
    const opener = found < 0 ? undefined : runs[found];
    if (opener === undefined) {
      const before = runs[index - 1];
      if (before !== undefined && index > fromRun) {
        searched.set(key, before);
      }
      index += 1;
      continue;
    }
    runs.splice(found + 1, index - found - 1);
    index = found + 1;
    wrap(pieces, opener, closer);
    if (opener.left === 0) {
      runs.splice(found, 1);
      index -= 1;
    }
  }
}

function findOpener(runs: readonly Run[], index: number, from: number, bottom?: Run): number {
  const closer = runs[index];
  for (let at = index - 1; at >= from && closer !== undefined; at -= 1) {
    const run = runs[at];
    if (run === undefined || run === bottom || closer.at - run.at > SPAN_UNITS) {
      return -1;
    }
    if (run.canOpen && run.char === closer.char && run.left > 0 && mayPair(run, closer)) {
      return at;
    }
  }
  return -1;
}

function mayPair(opener: Run, closer: Run): boolean {
  if (opener.char === "~") {
    return opener.length === closer.length;
  }
  const bothWays = opener.canClose || closer.canOpen;
  const sum = opener.length + closer.length;
  return !bothWays || sum % 3 !== 0 || (opener.length % 3 === 0 && closer.length % 3 === 0);
}

function wrap(pieces: Pieces, opener: Run, closer: Run): void {
  const used = opener.char === "~" ? opener.left : Math.min(2, opener.left, closer.left);
  opener.left -= used;
  closer.left -= used;
  trim(opener.piece, opener.left);
  trim(closer.piece, closer.left);
  const type = opener.char === "~" ? "deleted" : used === 2 ? "strong" : "emphasis";
  const place = { start: opener.at + opener.left, end: closer.at + closer.length };
  const make = (children: Inline[]): Inline => ({ type, children });
  if (pieces.depthBetween(opener.piece, closer.piece) < MAX_EMPHASIS) {
    pieces.wrap(opener.piece, closer.piece, make, { ...place, nests: true });
    return;
  }
  const mark = textNode(opener.char.repeat(used));
  pieces.insertAfter(opener.piece, mark, { start: opener.at, end: opener.at + used });
  pieces.insertBefore(closer.piece, mark, { start: closer.at, end: closer.at + used });
}

function trim(piece: Piece, left: number): void {
  if (piece.node.type === "text") {
    piece.node = textNode(piece.node.text.slice(0, left));
  }
}
