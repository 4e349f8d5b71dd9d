/** One pass over a text from left to right; emphasis and links are put together on the way. */

import { SPAN_UNITS } from "../limits.ts";
import { readAngled, readBare, readMail } from "./autolinks.ts";
import { Brackets } from "./brackets.ts";
import { isOfWord, pairRuns, type Run, readRun } from "./emphasis.ts";
import { readEntity } from "./entities.ts";
import type { Inline } from "./nodes.ts";
import type { InlineContext } from "./parse-inline.ts";
import { type Piece, Pieces, textNode } from "./pieces.ts";
import { Backticks, codeText, MAX_RUN, MathsFinder, TagFinder } from "./spans.ts";

/** What is open at the end is shown as if it were closed there, unless it is open for longer. */
const SHOWN_CLOSED_UNITS = 400;
/** What stands before the "@" of a mail address is not longer. */
const MAX_NAME_UNITS = 128;
/** Written before the address, and not the end of a longer word. */
const MAIL_SCHEME = /(?:^|[^a-z\d])(mailto:)$/i;
/** All that `MAIL_SCHEME` can match: of a long text the rest is not looked at. */
const MAIL_SCHEME_UNITS = "mailto:".length + 1;
const ESCAPABLE = /[!-/:-@[-`{-~]/;
const BREAK_TAG = /^<br\s*\/?>$/i;

export class InlineScanner {
  readonly #text: string;
  readonly #context: InlineContext;
  readonly #pieces = new Pieces();
  readonly #runs: Run[] = [];
  readonly #brackets: Brackets;
  readonly #backticks: Backticks;
  readonly #maths: MathsFinder;
  readonly #tags: TagFinder;
  #at = 0;
  #textFrom = 0;
  #hold: number;
  /** A word that is too long for an address is not looked at again. */
  #longWordEnd = 0;
  #wordEnd = -1;

  constructor(text: string, context: InlineContext) {
    this.#text = text;
    this.#context = context;
    this.#hold = text.length;
    this.#backticks = new Backticks(text);
    this.#maths = new MathsFinder(text);
    this.#tags = new TagFinder(text);
    this.#brackets = new Brackets(text, this.#pieces, this.#runs, context);
  }

  scan(): { readonly pieces: readonly Piece[]; readonly hold: number } {
    const marks = /[\\`*_~[\]!<&$\n@wh]/gi;
    while (this.#at < this.#text.length) {
      marks.lastIndex = this.#at;
      const mark = marks.exec(this.#text);
      if (mark === null) {
        break;
      }
      this.#at = mark.index;
      if (!this.#readMark(mark[0])) {
        this.#at += 1;
      }
    }
    this.#at = this.#text.length;
    this.#flush(this.#at);
    pairRuns(this.#pieces, this.#runs);
    this.#holdWhatIsOpen();
    return { pieces: this.#pieces.list(), hold: this.#hold };
  }

  /** The pieces as they look if what is open were closed here; call it after `scan`. */
  closeForNow(): readonly Piece[] {
    const end = this.#text.length;
    const open = this.#runs.filter(
      (run) => run.canOpen && run.left > 0 && end - run.at <= SHOWN_CLOSED_UNITS,
    );
    for (const opener of open.reverse()) {
      if (opener.at + opener.length < end && opener.piece.next !== null) {
        this.#closeHere(opener, end);
      }
    }
    return this.#pieces.list();
  }

  #closeHere(opener: Run, end: number): void {
    const piece = this.#pieces.push(textNode(opener.char.repeat(opener.left)), { start: end, end });
    pairRuns(this.#pieces, [
      { ...opener, canClose: false },
      { ...opener, at: end, piece, canOpen: false, canClose: true },
    ]);
    this.#pieces.remove(piece);
  }

  /** True where the mark meant something and the scanner has gone past it. */
  #readMark(mark: string): boolean {
    switch (mark) {
      case "\\":
        return this.#readBackslash();
      case "`":
        return this.#readCode();
      case "*":
      case "_":
      case "~":
        return this.#readRun(mark);
      case "<":
        return this.#readAngle();
      case "&":
        return this.#readEntity();
      case "$":
        return this.#readMaths();
      case "\n":
        return this.#readLineEnd();
      default:
        return this.#readWordMark(mark);
    }
  }

  #readWordMark(mark: string): boolean {
    switch (mark) {
      case "[":
        return this.#openBracket("[");
      case "!":
        return this.#text[this.#at + 1] === "[" && this.#openBracket("![");
      case "]":
        return this.#closeBracket();
      case "@":
        return this.#readMail();
      default:
        return this.#readAddress();
    }
  }

  /** Takes source up to `end` as one node. */
  #take(node: Inline, end: number): true {
    this.#flush(this.#at);
    this.#pieces.push(node, { start: this.#at, end });
    this.#at = end;
    this.#textFrom = end;
    return true;
  }

  /** Makes the text that was passed into a piece. */
  #flush(end: number): void {
    if (end > this.#textFrom) {
      const place = { start: this.#textFrom, end };
      this.#pieces.push(textNode(this.#text.slice(this.#textFrom, end)), place);
    }
    this.#textFrom = end;
  }

  #holdFrom(at: number): void {
    this.#hold = Math.min(this.#hold, at);
  }

  #readBackslash(): boolean {
    const next = this.#text[this.#at + 1] ?? "";
    if ((next === "(" || next === "[") && this.#readMaths()) {
      return true;
    }
    if (next === "\n") {
      return this.#take({ type: "break" }, this.#at + 2);
    }
    return ESCAPABLE.test(next) && this.#take(textNode(next), this.#at + 2);
  }

  #readCode(): boolean {
    const run = this.#runLength("`");
    const end = this.#at + run;
    const partner = this.#backticks.findPartner(end, run);
    if (partner >= 0) {
      const text = codeText(this.#text.slice(end, partner));
      return this.#take({ type: "code", text }, partner + run);
    }
    const mayCome = run <= MAX_RUN && this.#text.length - end <= SPAN_UNITS;
    if (mayCome && !this.#context.isFinal) {
      this.#holdFrom(this.#at);
      if (this.#text.length - end <= SHOWN_CLOSED_UNITS && end < this.#text.length) {
        return this.#take({ type: "code", text: this.#text.slice(end) }, this.#text.length);
      }
    }
    this.#at = end;
    return true;
  }

  #runLength(mark: string): number {
    let end = this.#at;
    while (this.#text[end] === mark) {
      end += 1;
    }
    return end - this.#at;
  }

  #readRun(mark: string): boolean {
    const length = this.#runLength(mark);
    const start = this.#at;
    const end = start + length;
    if (length > MAX_RUN) {
      this.#at = end;
      return true;
    }
    const before = start === 0 ? this.#context.before : characterBefore(this.#text, start);
    const after = characterAt(this.#text, end);
    if (mark === "_" && isOfWord(before) && isOfWord(after)) {
      // In one piece with its word, which may turn out to be an address.
      this.#at = end;
      return true;
    }
    this.#take(textNode(mark.repeat(length)), end);
    const piece = this.#pieces.last;
    if (piece !== null) {
      this.#runs.push(readRun(piece, length, before, after));
    }
    return true;
  }

  #readAngle(): boolean {
    const link = readAngled(this.#text, this.#at);
    if (link !== null) {
      const { href, title, text, end } = link;
      return this.#take({ type: "link", href, title, children: [textNode(text)] }, end);
    }
    const end = this.#tags.findEnd(this.#at);
    if (end === "more" && !this.#context.isFinal) {
      this.#holdFrom(this.#at);
    }
    if (typeof end !== "number") {
      return false;
    }
    const source = this.#text.slice(this.#at, end);
    const isBreak = BREAK_TAG.test(source);
    return this.#take(isBreak ? { type: "break" } : { type: "html", text: source }, end);
  }

  #readEntity(): boolean {
    const entity = readEntity(this.#text, this.#at);
    return entity !== null && this.#take(textNode(entity.text), entity.end);
  }

  #readMaths(): boolean {
    const maths = this.#maths.read(this.#at);
    if (maths === "more" && !this.#context.isFinal) {
      this.#holdFrom(this.#at);
    }
    if (maths === "more" || maths === null) {
      return false;
    }
    const { tex, display, end } = maths;
    return this.#take(
      { type: "maths", tex, display, source: this.#text.slice(this.#at, end) },
      end,
    );
  }

  /** Two blanks before it make it a line break; else it is a blank like any other. */
  #readLineEnd(): boolean {
    let from = this.#at;
    while (from > this.#textFrom && this.#text[from - 1] === " ") {
      from -= 1;
    }
    const blanks = this.#at - from;
    this.#flush(from);
    this.#at = from;
    return this.#take(blanks >= 2 ? { type: "break" } : textNode("\n"), from + blanks + 1);
  }

  #openBracket(mark: "[" | "!["): true {
    const start = this.#at;
    const end = start + mark.length;
    this.#take(textNode(mark), end);
    this.#brackets.open(this.#pieces.last, start);
    return true;
  }

  #closeBracket(): boolean {
    this.#flush(this.#at);
    const closed = this.#brackets.close(this.#at);
    if (closed.hold !== null) {
      this.#holdFrom(closed.hold);
    }
    if (closed.end === null) {
      return false;
    }
    this.#at = closed.end;
    this.#textFrom = closed.end;
    return true;
  }

  #readAddress(): boolean {
    const before = this.#text[this.#at - 1] ?? this.#context.before;
    const mayStart = this.#at >= this.#longWordEnd && /^[\s*_~(]?$/.test(before);
    const link = mayStart ? readBare(this.#text, this.#at) : null;
    return link !== null && this.#takeAddress(link.href, link.text, link.end);
  }

  #readMail(): boolean {
    const mark = this.#at;
    const from = Math.max(this.#textFrom, mark - MAX_NAME_UNITS);
    const name = /[\w.+-]*$/.exec(this.#text.slice(from, mark))?.[0] ?? "";
    const isShort = name !== "" && mark >= this.#longWordEnd;
    const link = isShort ? readMail(this.#text, mark - name.length) : null;
    if (link === null || link.end <= mark) {
      return false;
    }
    const start = mark - name.length;
    const before = this.#text.slice(this.#textFrom, start);
    const scheme = MAIL_SCHEME.exec(before.slice(-MAIL_SCHEME_UNITS))?.[1] ?? "";
    this.#at = start - scheme.length;
    if (this.#takeAddress(link.href, scheme + link.text, link.end)) {
      return true;
    }
    this.#at = mark;
    return false;
  }

  /** An address at the very end may go on: it is text until something follows. */
  #takeAddress(href: string, text: string, end: number): boolean {
    const wordEnd = this.#findWordEnd(end);
    if (wordEnd - this.#at > SPAN_UNITS) {
      this.#longWordEnd = wordEnd;
      return false;
    }
    const isOver = this.#context.isFinal || wordEnd < this.#text.length;
    const node: Inline = { type: "link", href, title: "", children: [textNode(text)] };
    return this.#take(isOver ? node : textNode(text), end);
  }

  /** Words may hold many addresses: their end is looked for once. */
  #findWordEnd(from: number): number {
    if (from > this.#wordEnd) {
      const blank = /[\s<]/g;
      blank.lastIndex = from;
      this.#wordEnd = blank.exec(this.#text)?.index ?? this.#text.length;
    }
    return this.#wordEnd;
  }

  #holdWhatIsOpen(): void {
    const end = this.#text.length;
    const open = this.#runs.find(
      (run) => run.canOpen && run.left > 0 && end - run.at <= SPAN_UNITS,
    );
    this.#holdFrom(Math.min(open?.at ?? end, this.#brackets.firstOpen(end) ?? end));
  }
}

function characterBefore(text: string, at: number): string {
  const unit = text[at - 1] ?? "";
  return /[\udc00-\udfff]/.test(unit) ? text.slice(Math.max(0, at - 2), at) : unit;
}

function characterAt(text: string, at: number): string {
  return at >= text.length ? "" : String.fromCodePoint(text.codePointAt(at) ?? 0);
}
