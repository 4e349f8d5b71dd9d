/** How blocks begin; https://spec.commonmark.org/0.31.2/#blocks-and-inlines and GFM. */

import type { Container, Step } from "./blocks.ts";
import { readHtmlStart } from "./html-starts.ts";
import { LINE_UNITS } from "./limits.ts";
import type { LineCursor } from "./line-cursor.ts";
import type { Where } from "./plan.ts";
import { readDelimiters } from "./table-cells.ts";

const RULE = /^(?:(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|(?:-[ \t]*){3,})$/;
const HEADING = /^(#{1,6})(?:[ \t]+|$)/;
const SETEXT = /^(?:=+|-+)[ \t]*$/;
const FENCE = /^(?:(`{3,})[^`]*|(~{3,}).*)$/;
const BULLET = /^([-+*])(?=[ \t]|$)/;
const NUMBER = /^(\d{1,9})([.)])(?=[ \t]|$)/;
const NOTE = /^\[\^([^\]\s]{1,100})\]:(?=[ \t]|$)/;
const MATHS = /^(\$\$|\\\[)[ \t]*$/;

export function isRule(rest: string): boolean {
  return rest.length <= LINE_UNITS && RULE.test(rest);
}

/** A quote, an item (with its list before it) or a note that starts here; the cursor goes past its mark. */
export function readContainerStart(
  cursor: LineCursor,
  inParagraph: boolean,
): readonly Container[] | null {
  const { at } = cursor.look();
  const rest = cursor.text.slice(at, at + LINE_UNITS + 1);
  if (rest.startsWith(">")) {
    cursor.skipMark(1);
    cursor.skipOneBlank();
    return [{ type: "quote" }];
  }
  const label = NOTE.exec(rest)?.[1];
  if (label !== undefined) {
    cursor.skipMark(label.length + 4);
    cursor.skipOneBlank();
    return [{ type: "note", label }];
  }
  return readItem(cursor, rest, inParagraph);
}

function readItem(cursor: LineCursor, rest: string, inParagraph: boolean) {
  const number = NUMBER.exec(rest);
  const marker = number?.[0] ?? BULLET.exec(rest)?.[0];
  if (marker === undefined || isRule(rest)) {
    return null;
  }
  const start = Number(number?.[1] ?? 0);
  const isEmpty = rest.slice(marker.length).trim() === "";
  if (inParagraph && (isEmpty || (number !== null && start !== 1))) {
    return null;
  }
  const list = {
    type: "list",
    ordered: number !== null,
    start,
    mark: number?.[2] ?? marker,
  } as const;
  return [list, { type: "item", indent: skipMarker(cursor, marker.length) } as const];
}

/** Goes to what the item holds; how far that is indented. */
function skipMarker(cursor: LineCursor, units: number): number {
  const { indent } = cursor.look();
  cursor.skipMark(units);
  const gap = cursor.look();
  const padding = gap.isBlank || gap.indent > 4 ? 1 : gap.indent;
  cursor.skipColumns(padding);
  return indent + units + padding;
}

/** What else than text a line can be; `rest` starts with its first character. */
export function readLeafStart(rest: string, indent: number, where: Where): Step | null {
  const heading = HEADING.exec(rest);
  if (heading !== null) {
    const level = heading[1]?.length ?? 1;
    return { type: "heading", level, text: rest.slice(heading[0].length) };
  }
  const html = readHtmlStart(rest, where.leaf?.type === "paragraph");
  if (html !== null) {
    return { type: "html", text: " ".repeat(indent) + rest, start: html };
  }
  return rest.length > LINE_UNITS ? null : readWholeLine(rest, indent, where);
}

/** Lines that are what they are only by their last character. */
function readWholeLine(rest: string, indent: number, where: Where): Step | null {
  return (
    readFence(rest, indent) ??
    readMathsStart(rest) ??
    readSecondLine(rest, where) ??
    (isRule(rest) ? { type: "rule" } : null)
  );
}

function readFence(rest: string, indent: number): Step | null {
  const fence = FENCE.exec(rest);
  const mark = fence?.[1] ?? fence?.[2];
  if (mark === undefined) {
    return null;
  }
  const info = rest.slice(mark.length).trim();
  const { length } = mark;
  return { type: "fence-open", fence: { char: mark[0] ?? "", length, indent, info } };
}

function readMathsStart(rest: string): Step | null {
  const open = MATHS.exec(rest)?.[1];
  return open === undefined
    ? null
    : { type: "maths-open", open, close: open === "$$" ? open : "\\]" };
}

/** What makes the line before it a heading or a table's header. */
function readSecondLine(rest: string, { paragraph }: Where): Step | null {
  const header = paragraph?.lastLine ?? null;
  if (header === null) {
    return null;
  }
  const aligns = readDelimiters(rest, header);
  if (aligns !== null) {
    return { type: "table", aligns };
  }
  return SETEXT.test(rest) ? { type: "setext", level: rest.startsWith("=") ? 1 : 2 } : null;
}
