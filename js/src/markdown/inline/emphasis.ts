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

/** What a character is for emphasis, as far as it was asked: the same few are asked again and again. */
const kinds = new Map<string, "blank" | "mark" | "word">();
const MAX_KINDS = 2000;

function kindOfCharacter(character: string): "blank" | "mark" | "word" {
  const known = kinds.get(character);
  if (known !== undefined) {
    return known;
  }
  const mark = /[\p{P}\p{S}]/u.test(character) ? "mark" : "word";
  const kind = /^\s?$/.test(character) ? "blank" : mark;
  if (kinds.size < MAX_KINDS) {
    kinds.set(character, kind);
  }
  return kind;
}

/** Between two such characters a `_` is one of them: it neither opens nor closes anything. */
export function isOfWord(character: string): boolean {
  return kindOfCharacter(character) === "word";
}

/** `before` and `after` are the characters around the run, "" at the ends of the text. */
export function readRun(piece: Piece, length: number, before: string, after: string): Run {
  const char = piece.node.type === "text" ? (piece.node.text[0] ?? "") : "";
  const isLeft = leansOn(after, before);
  const isRight = leansOn(before, after);
  const inWord = char !== "_" || isLeft !== isRight;
  const isRun = char !== "~" || length <= 2;
  return {
    char,
    at: piece.start,
    length,
    left: length,
    canOpen: isRun && isLeft && (inWord || kindOfCharacter(before) === "mark"),
    canClose: isRun && isRight && (inWord || kindOfCharacter(after) === "mark"),
    piece,
  };
}

/** True where a run belongs to the text on one side of it. */
function leansOn(side: string, other: string): boolean {
  const kind = kindOfCharacter(side);
  return kind === "word" || (kind === "mark" && kindOfCharacter(other) !== "word");
}

/**
 * Pairs runs and wraps what stands between them in `pieces`; `runs` keeps those that are left.
 *
 * A closer that finds no opener is remembered by kind, so that the search is not done twice.
 */
export function pairRuns(pieces: Pieces, runs: Run[], fromRun = 0): void {
  const searched = new Map<string, Run | undefined>();
  let index = fromRun;
  for (let closer = runs[index]; closer !== undefined; closer = runs[index]) {
    const kind = kindOf(closer);
    const found = findOpener(runs, index, fromRun, searched.get(kind));
    const opener = runs[found];
    if (opener !== undefined && hasRoom(pieces, opener, closer)) {
      wrap(pieces, opener, closer);
      index = opener.left === 0 ? found : found + 1;
      runs.splice(index, runs.indexOf(closer, index) - index);
      continue;
    }
    if (closer.canClose && closer.left > 0) {
      searched.set(kind, runs[index - 1]);
    }
    index += 1;
  }
}

/** Closers of a kind find the same openers. */
function kindOf({ char, canOpen, length }: Run): string {
  return `${char}${canOpen}${char === "~" ? length : length % 3}`;
}

function hasRoom(pieces: Pieces, opener: Run, closer: Run): boolean {
  return pieces.depthBetween(opener.piece, closer.piece) < MAX_EMPHASIS;
}

function findOpener(runs: readonly Run[], index: number, from: number, bottom?: Run): number {
  const closer = runs[index];
  if (closer === undefined || !closer.canClose || closer.left === 0) {
    return -1;
  }
  for (let at = index - 1; at >= from; at -= 1) {
    const run = runs[at];
    if (run === undefined || run === bottom || closer.at - run.at > SPAN_UNITS) {
      break;
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
  pieces.wrap(opener.piece, closer.piece, make, { ...place, nests: true });
}

function trim(piece: Piece, left: number): void {
  if (piece.node.type === "text") {
    piece.node = textNode(piece.node.text.slice(0, left));
  }
}
