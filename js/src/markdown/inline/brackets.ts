/** Links, images and notes: from `[` to what follows `]`; https://spec.commonmark.org/0.31.2/#links */

import { SPAN_UNITS } from "../limits.ts";
import { MAX_LABEL, type Read, readInlineTarget, readLabel } from "./destinations.ts";
import { pairRuns, type Run } from "./emphasis.ts";
import { type Definition, type Inline, normaliseLabel, plainText } from "./nodes.ts";
import type { InlineContext } from "./parse-inline.ts";
import { type Piece, type Pieces, textNode } from "./pieces.ts";

type Bracket = {
  readonly piece: Piece;
  readonly at: number;
  readonly isImage: boolean;
  /** Runs before it are no business of what is inside. */
  readonly runs: number;
  /** A link holds no link: false once there is one inside. */
  mayLink: boolean;
  hasBracketInside: boolean;
};

/** `end` is where to read on, `null` where the bracket is text; from `hold` on, more text may tell. */
type Closed = { readonly end: number | null; readonly hold: number | null };

type Target = Definition & { readonly end: number };

const TEXT: Closed = { end: null, hold: null };

export class Brackets {
  readonly #text: string;
  readonly #pieces: Pieces;
  readonly #runs: Run[];
  readonly #context: InlineContext;
  readonly #open: Bracket[] = [];

  constructor(text: string, pieces: Pieces, runs: Run[], context: InlineContext) {
    this.#text = text;
    this.#pieces = pieces;
    this.#runs = runs;
    this.#context = context;
  }

  open(piece: Piece | null, at: number): void {
    if (piece === null) {
      return;
    }
    const outer = this.#open.at(-1);
    if (outer !== undefined) {
      outer.hasBracketInside = true;
    }
    const isImage = piece.node.type === "text" && piece.node.text === "![";
    const runs = this.#runs.length;
    this.#open.push({ piece, at, isImage, runs, mayLink: true, hasBracketInside: false });
  }

  /** Where the first bracket stands that a text of this length may still close. */
  firstOpen(end: number): number | undefined {
    return this.#open.find((bracket) => bracket.mayLink && end - bracket.at <= SPAN_UNITS)?.at;
  }

  /** Reads on from the `]` at `at`. */
  close(at: number): Closed {
    const bracket = this.#open.pop();
    if (bracket === undefined || at - bracket.at > SPAN_UNITS || !bracket.mayLink) {
      return TEXT;
    }
    const note = this.#closeNote(bracket, at);
    if (note !== null) {
      return { end: note, hold: null };
    }
    const hold = this.#context.isFinal ? null : bracket.at;
    if (at + 1 >= this.#text.length && hold !== null) {
      // Whether a target follows is not known: shown as text for now.
      return { end: null, hold };
    }
    return this.#closeLink(bracket, at, hold);
  }

  #closeLink(bracket: Bracket, at: number, hold: number | null): Closed {
    const target = this.#readTarget(bracket, at);
    if (target === "more" && hold !== null) {
      this.#wrap(bracket, at, { href: "", title: "", end: this.#text.length });
      return { end: this.#text.length, hold };
    }
    if (target === "more" || target === null) {
      return this.#closeReference(bracket, at, hold);
    }
    this.#wrap(bracket, at, target);
    return { end: target.end, hold: null };
  }

  #closeNote(bracket: Bracket, at: number): number | null {
    const label = this.#text.slice(bracket.at + 2, at);
    const isNote = this.#text[bracket.at + 1] === "^" && /^[^\s[\]]{1,100}$/.test(label);
    if (!isNote || bracket.isImage || this.#text[at + 1] === "(") {
      return null;
    }
    this.#replace(bracket, at + 1, { type: "note", label });
    return at + 1;
  }

  #readTarget(bracket: Bracket, at: number): Target | "more" | null {
    const next = this.#text[at + 1];
    if (next === "(") {
      const target: Read<Definition> = readInlineTarget(this.#text, at + 2);
      if (target !== null) {
        return target;
      }
    }
    const label = next === "[" ? readLabel(this.#text, at + 1) : null;
    if (label === "more") {
      return "more";
    }
    if (label !== null) {
      return this.#find(label.label, label.end);
    }
    if (bracket.hasBracketInside) {
      return null;
    }
    const isCollapsed = next === "[" && this.#text[at + 2] === "]";
    return this.#find(this.#innerLabel(bracket, at), at + (isCollapsed ? 3 : 1));
  }

  #find(label: string, end: number): Target | null {
    const definition = this.#context.lookup(label);
    return definition === undefined ? null : { ...definition, end };
  }

  #innerLabel(bracket: Bracket, at: number): string {
    return normaliseLabel(this.#text.slice(bracket.at + (bracket.isImage ? 2 : 1), at));
  }

  /**
   * Brackets without a definition: they keep their looks, and become a link in place when a
   * definition comes. Only plain words do; anything else may belong to emphasis around it.
   */
  #closeReference(bracket: Bracket, at: number, hold: number | null): Closed {
    const read = readLabel(this.#text, at + 1);
    if (read === "more" && hold !== null) {
      return { end: null, hold };
    }
    return this.#makeReference(bracket, at, read === "more" ? null : read);
  }

  #makeReference(bracket: Bracket, at: number, label: { label: string; end: number } | null) {
    const name = label?.label ?? this.#innerLabel(bracket, at);
    const isPlain = this.#runs.length === bracket.runs && !bracket.hasBracketInside;
    if (bracket.isImage || !isPlain || name === "" || name.length > MAX_LABEL) {
      return TEXT;
    }
    // Brackets alone are often a citation, [1]: they stay when it becomes a link.
    const end = label?.end ?? at + 1;
    const text = this.#text.slice(bracket.at + (label ? 1 : 0), label ? at : end);
    const marks = label ? (["[", this.#text.slice(at, end)] as const) : (["", ""] as const);
    this.#replace(bracket, end, { type: "reference", label: name, text, marks });
    return { end, hold: null };
  }

  #wrap(bracket: Bracket, at: number, { href, title, end }: Target): void {
    pairRuns(this.#pieces, this.#runs, bracket.runs);
    this.#runs.length = bracket.runs;
    const make = (children: Inline[]): Inline =>
      bracket.isImage
        ? { type: "image", src: href, title, alt: plainText(children) }
        : { type: "link", href, title, children: children.map(withoutLinks) };
    const place = { start: bracket.at, end: Math.max(end, at + 1), nests: false };
    this.#pieces.wrap(bracket.piece, null, make, place);
    this.#pieces.remove(bracket.piece);
    if (!bracket.isImage) {
      for (const outer of this.#open) {
        outer.mayLink &&= outer.isImage;
      }
    }
  }

  #replace(bracket: Bracket, end: number, node: Inline): void {
    this.#runs.length = Math.min(this.#runs.length, bracket.runs);
    const place = { start: bracket.at, end, nests: false };
    this.#pieces.wrap(bracket.piece, null, () => node, place);
    this.#pieces.remove(bracket.piece);
  }
}

/** Addresses in a link's text are words of it. */
function withoutLinks(node: Inline): Inline {
  if (node.type === "link" || node.type === "reference") {
    return textNode(plainText([node]));
  }
  return node.type === "emphasis" || node.type === "strong" || node.type === "deleted"
    ? { ...node, children: node.children.map(withoutLinks) }
    : node;
}
