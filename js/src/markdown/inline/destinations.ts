/** Where links lead: `(destination "title")`, `[label]`, and definitions of labels. */

import { SPAN_UNITS } from "../limits.ts";
import { unescapeText } from "./entities.ts";
import { type Definition, normaliseLabel } from "./nodes.ts";

/** "more": the text ends before one can say. */
export type Read<T> = (T & { readonly end: number }) | "more" | null;

const MAX_PARENTHESES = 32;
const BLANKS = /[ \t]*\n?[ \t]*/y;
const LABEL = /\[((?:[^[\]\\]|\\[\s\S])*)(\])?/y;
export const MAX_LABEL = 999;

function skipBlanks(text: string, at: number): number {
  BLANKS.lastIndex = at;
  return at + (BLANKS.exec(text)?.[0].length ?? 0);
}

export function readLabel(text: string, at: number): Read<{ readonly label: string }> {
  LABEL.lastIndex = at;
  const found = LABEL.exec(
    text.length - at > MAX_LABEL + 2 ? text.slice(0, at + MAX_LABEL + 2) : text,
  );
  if (found === null) {
    return at >= text.length ? "more" : null;
  }
  const end = at + found[0].length;
  if (found[2] === undefined) {
    const isShort = end - at <= MAX_LABEL && end >= text.length - 1;
    return isShort ? "more" : null;
  }
  const label = normaliseLabel(found[1] ?? "");
  return label === "" ? null : { label, end };
}

/** What stands between the parentheses after a link's text; `at` is after the first one. */
export function readInlineTarget(text: string, at: number): Read<Definition> {
  const from = skipBlanks(text, at);
  const destination = readDestination(text, from, true);
  if (destination === "more" || destination === null) {
    return destination;
  }
  const gap = skipBlanks(text, destination.end);
  const title = gap > destination.end ? readTitle(text, gap) : null;
  if (title === "more") {
    return "more";
  }
  const end = skipBlanks(text, title?.end ?? destination.end);
  if (end >= text.length) {
    return "more";
  }
  const whole = { href: destination.href, title: title?.title ?? "", end: end + 1 };
  return text[end] === ")" ? whole : null;
}

function readDestination(
  text: string,
  at: number,
  mayBeEmpty: boolean,
): Read<{ readonly href: string }> {
  if (at >= text.length) {
    return "more";
  }
  const end = text[at] === "<" ? findAngleEnd(text, at) : findBareEnd(text, at);
  if (typeof end !== "number") {
    return end;
  }
  if (text[at] === "<") {
    return { href: unescapeText(text.slice(at + 1, end)), end: end + 1 };
  }
  return end === at && !mayBeEmpty ? null : { href: unescapeText(text.slice(at, end)), end };
}

const ANGLED = /(?:[^<>\n\\]|\\[\s\S])*/y;

function findAngleEnd(text: string, from: number): number | "more" | null {
  return findEnd(text, from + 1, ANGLED, ">");
}

/** Where `close` stands after what `inside` matches. */
function findEnd(text: string, from: number, inside: RegExp, close: string) {
  inside.lastIndex = from;
  const end = from + (inside.exec(text)?.[0].length ?? 0);
  if (end - from > SPAN_UNITS) {
    return null;
  }
  const isOver = end < text.length - 1 || (end < text.length && text[end] !== "\\");
  return text[end] === close ? end : isOver ? null : "more";
}

const BARE = /[^\s()\\\p{Cc}]+|\\[^\s\p{Cc}]|\\|[()]/uy;

/** Parentheses may stand in it in pairs. */
function findBareEnd(text: string, from: number): number | "more" | null {
  let open = 0;
  let at = from;
  let found = " ";
  while (found !== "" && open <= MAX_PARENTHESES && at - from <= SPAN_UNITS) {
    BARE.lastIndex = at;
    found = BARE.exec(text)?.[0] ?? "";
    if (found === ")" && open === 0) {
      return at;
    }
    open += Number(found === "(") - Number(found === ")");
    at += found.length;
  }
  if (found !== "") {
    return null;
  }
  const end = open > 0 ? null : at;
  return at < text.length ? end : "more";
}

const TITLES: Readonly<Record<string, readonly [inside: RegExp, close: string]>> = {
  '"': [/(?:[^"\\]|\\[\s\S])*/y, '"'],
  "'": [/(?:[^'\\]|\\[\s\S])*/y, "'"],
  "(": [/(?:[^()\\]|\\[\s\S])*/y, ")"],
};

function readTitle(text: string, from: number): Read<{ readonly title: string }> {
  const title = TITLES[text[from] ?? ""];
  if (title === undefined) {
    return from >= text.length ? "more" : null;
  }
  const end = findEnd(text, from + 1, ...title);
  return typeof end === "number"
    ? { title: unescapeText(text.slice(from + 1, end)), end: end + 1 }
    : end;
}

export type LabelledDefinition = Definition & { readonly label: string };

/**
 * The definition that starts `text`. "more" is also said of a whole one whose title may still
 * follow; `isFinal` says that nothing follows.
 */
export function readDefinition(text: string, isFinal: boolean): Read<LabelledDefinition> {
  const label = readLabel(text, 0);
  if (label === null || label === "more") {
    return label;
  }
  if (text[label.end] !== ":") {
    return label.end >= text.length ? "more" : null;
  }
  const from = skipBlanks(text, label.end + 1);
  // A line end closes a destination; at the very end of the text stands one, too.
  const destination = readDestination(isFinal ? `${text}\n` : text, from, false);
  if (destination === "more" || destination === null) {
    return destination;
  }
  return readDefinitionTitle(text, isFinal, { label: label.label, ...destination });
}

function readDefinitionTitle(
  text: string,
  isFinal: boolean,
  { label, href, end }: { label: string; href: string; end: number },
): Read<LabelledDefinition> {
  const gap = skipBlanks(text, end);
  const read = gap > end ? readTitle(text, gap) : null;
  if (read === "more" && !isFinal) {
    return "more";
  }
  const title = read === "more" ? null : read;
  // Words after the title make it none, if it stands on a line of its own.
  const after = (title && findLineEnd(text, title.end, isFinal)) ?? findLineEnd(text, end, isFinal);
  if (typeof after !== "number") {
    return after;
  }
  const hasTitle = title !== null && after >= title.end;
  return { label, href, title: hasTitle ? title.title : "", end: after };
}

/** After the newline, where only blanks stand before it. */
function findLineEnd(text: string, from: number, isFinal: boolean): number | "more" | null {
  let at = from;
  while (text[at] === " " || text[at] === "\t") {
    at += 1;
  }
  if (at >= text.length) {
    return isFinal ? at : "more";
  }
  return text[at] === "\n" ? at + 1 : null;
}
