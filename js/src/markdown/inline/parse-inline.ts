/**
 * Reads the text of a paragraph, and says how much of it no further text can change.
 *
 * The answer for a text does not depend on how it was cut: reading on from where one call said it
 * was settled gives what one call over the whole would have given. So whatever looks ahead (emphasis
 * that may be closed, a bracket that may become a link) keeps its beginning unsettled, for at most
 * SPAN_UNITS.
 */

import { isHighSurrogate } from "../../text.ts";
import { SPAN_UNITS } from "../limits.ts";
import type { Inline, Lookup } from "./nodes.ts";
import type { Piece } from "./pieces.ts";
import { InlineScanner } from "./scanner.ts";

export type InlineContext = {
  /** The character before the text, "" at its beginning. */
  readonly before: string;
  /** Nothing follows. */
  readonly isFinal: boolean;
  readonly lookup: Lookup;
};

export type SettledPiece = { readonly node: Inline; readonly start: number; readonly end: number };

export type Parsed = {
  /** Up to here nothing changes any more. */
  readonly settled: number;
  readonly pieces: readonly SettledPiece[];
  /** What follows, as it looks for now. */
  readonly tail: readonly Inline[];
};

export function parseInline(text: string, context: InlineContext): Parsed {
  const scanner = new InlineScanner(text, context);
  const scanned = scanner.scan();
  if (context.isFinal) {
    return { settled: text.length, pieces: scanned.pieces, tail: [] };
  }
  const settled = stepBack(scanned.pieces, Math.min(scanned.hold, lastWord(text)));
  const tail = scanner.closeForNow();
  return {
    settled,
    pieces: cut(scanned.pieces, 0, settled),
    tail: cut(tail, settled, text.length).map((piece) => piece.node),
  };
}

/** What stands across the border begins after it. */
function stepBack(pieces: readonly Piece[], border: number): number {
  let settled = border;
  for (const { node, start, end } of pieces.toReversed()) {
    if (start < settled && settled < end && !isDivisible(node, end - start)) {
      settled = start;
    }
  }
  return settled;
}

/** Text as it stands in the source; an escape or a reference is longer there. */
function isDivisible(node: Inline, units: number): boolean {
  return node.type === "text" && node.text.length === units;
}

/** The last word may be an address or a mark, blanks at the end a line break. */
function lastWord(text: string): number {
  const trimmed = text.trimEnd();
  if (trimmed.length < text.length) {
    return Math.max(trimmed.length, text.length - SPAN_UNITS);
  }
  const word = Math.max(text.lastIndexOf(" "), text.lastIndexOf("\n"), text.lastIndexOf("\t"));
  const from = Math.max(word + 1, text.length - SPAN_UNITS);
  return isHighSurrogate(text.charCodeAt(from - 1)) ? from - 1 : from;
}

/** The pieces between two places; text is cut where the border goes through it. */
function cut(pieces: readonly Piece[], from: number, to: number): SettledPiece[] {
  const inside: SettledPiece[] = [];
  for (const { node, start, end } of pieces) {
    if (end <= from || start >= to) {
      continue;
    }
    if (node.type === "text" && isDivisible(node, end - start)) {
      const [first, last] = [Math.max(start, from), Math.min(end, to)];
      const text = node.text.slice(first - start, last - start);
      inside.push({ node: { type: "text", text }, start: first, end: last });
    } else {
      inside.push({ node, start, end });
    }
  }
  return inside;
}
