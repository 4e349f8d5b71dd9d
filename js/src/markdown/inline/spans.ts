/** Stretches that are taken as they are: code, maths and tags. */

import { TAG } from "../html-starts.ts";
import { SPAN_UNITS } from "../limits.ts";

/** A longer run of one mark is text. */
export const MAX_RUN = 64;
const MAX_TAG_UNITS = 512;
/** Single dollars are mostly money: waiting for a partner is short. */
const MAX_DOLLAR_UNITS = 512;

/** Finds the run that closes a run of backticks; what is not there is not looked for again. */
export class Backticks {
  readonly #text: string;
  readonly #none = new Set<number>();

  constructor(text: string) {
    this.#text = text;
  }

  /** Where the run of the same length after `end` starts, or -1. */
  findPartner(end: number, length: number): number {
    if (length > MAX_RUN || this.#none.has(length)) {
      return -1;
    }
    const run = new RegExp(`(?<!\`)\`{${length}}(?!\`)`, "g");
    run.lastIndex = end;
    const start = run.exec(this.#text)?.index;
    if (start === undefined) {
      this.#none.add(length);
      return -1;
    }
    return start - end > SPAN_UNITS ? -1 : start;
  }
}

/** What a code span says: line ends are spaces, and one space around code is not part of it. */
export function codeText(source: string): string {
  const text = source.replaceAll("\n", " ");
  const isPadded = text.startsWith(" ") && text.endsWith(" ") && text.trim() !== "";
  return isPadded ? text.slice(1, -1) : text;
}

export type Maths = { readonly tex: string; readonly display: boolean; readonly end: number };

const CLOSERS: Readonly<Record<string, string>> = { "\\(": "\\)", "\\[": "\\]" };

const DISPLAYED: ReadonlySet<string> = new Set(["$$", "\\["]);

/** Finds maths; "more" where its end has not come and may. Keeps the last answer for each mark. */
export class MathsFinder {
  readonly #text: string;
  readonly #ends = new Map<string, number>();

  constructor(text: string) {
    this.#text = text;
  }

  read(at: number): Maths | "more" | null {
    const open = this.#openAt(at);
    if (open === null) {
      return null;
    }
    const from = at + open.length;
    const limit = open === "$" ? MAX_DOLLAR_UNITS : SPAN_UNITS;
    const close = CLOSERS[open] ?? open;
    const end = this.#findEnd(from, close);
    if (end < 0) {
      return this.#text.length - from <= limit ? "more" : null;
    }
    const tex = this.#text.slice(from, end);
    const isText = tex.length > limit || tex.trim() === "" || (open === "$" && isMoney(tex));
    return isText ? null : { tex, display: DISPLAYED.has(open), end: end + close.length };
  }

  #openAt(at: number): string | null {
    const pair = this.#text.slice(at, at + 2);
    if (pair === "$$" || pair === "\\(" || pair === "\\[") {
      return pair;
    }
    const isOpen = pair[0] === "$" && !/[\s]/.test(pair[1] ?? "");
    return isOpen && !/[\p{L}\p{N}$]/u.test(this.#text[at - 1] ?? "") ? "$" : null;
  }

  /** The first place from `from` on where `close` may stand; text before the last answer is not read again. */
  #findEnd(from: number, close: string): number {
    const known = this.#ends.get(close);
    if (known !== undefined && (known < 0 || known >= from)) {
      return known;
    }
    let at = this.#text.indexOf(close, from);
    while (at >= 0 && !this.#mayClose(at, close)) {
      at = this.#text.indexOf(close, at + 1);
    }
    this.#ends.set(close, at);
    return at;
  }

  #mayClose(at: number, close: string): boolean {
    const before = this.#text[at - 1] ?? " ";
    if (before === "\\") {
      return false;
    }
    const after = this.#text[at + 1] ?? "";
    return close !== "$" || (!/\s/.test(before) && !/[\d$]/.test(after));
  }
}

/** "$5 to US$" is two prices, "$5x_1$" is not. */
function isMoney(tex: string): boolean {
  return /^\d/.test(tex) && !/[\\^_{=]/.test(tex);
}

const TAG_HERE = new RegExp(TAG, "iy");
const ENDED: readonly (readonly [string, string])[] = [
  ["<!--", "-->"],
  ["<?", "?>"],
  ["<![CDATA[", "]]>"],
];

/** Where the tag, comment or the like at `at` ends. "more": its end may still come. */
export class TagFinder {
  readonly #text: string;
  readonly #none = new Set<string>();

  constructor(text: string) {
    this.#text = text;
  }

  findEnd(at: number): number | "more" | null {
    for (const [open, close] of ENDED) {
      if (this.#text.startsWith(open, at)) {
        return this.#find(at, at + 2, close);
      }
    }
    if (/^<![a-z]/i.test(this.#text.slice(at, at + 3))) {
      return this.#find(at, at, ">");
    }
    TAG_HERE.lastIndex = at;
    const found = TAG_HERE.exec(this.#text.slice(0, at + MAX_TAG_UNITS));
    if (found !== null) {
      return at + found[0].length;
    }
    const mayCome =
      this.#text.length - at < MAX_TAG_UNITS && /[a-z/!?]|^$/i.test(this.#text[at + 1] ?? "");
    return mayCome ? "more" : null;
  }

  #find(at: number, from: number, close: string): number | "more" | null {
    const end = this.#none.has(close) ? -1 : this.#text.indexOf(close, from);
    if (end >= 0 && end - at <= SPAN_UNITS) {
      return end + close.length;
    }
    if (end < 0) {
      this.#none.add(close);
    }
    return this.#text.length - at > SPAN_UNITS ? null : "more";
  }
}
