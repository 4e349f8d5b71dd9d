/** The cells of a table's lines; https://github.github.com/gfm/#tables-extension- */

import type { Align } from "./blocks.ts";
import { LINE_UNITS, TABLE_CELLS } from "./limits.ts";

const DELIMITERS = /^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;

/** Splits at `|`; `\|` is a `|` inside a cell, also in code. */
export function readCells(line: string): string[] {
  const row = line.trim().replace(/^\|/, "");
  const cells = (row.match(/(?:[^\\|]|\\[\s\S]|\\$)*\|?/g) ?? [])
    .slice(0, TABLE_CELLS)
    .filter((cell) => cell !== "");
  return cells.map((cell) =>
    cell
      .replace(/\|$/, isEscaped(cell) ? "|" : "")
      .trim()
      .replaceAll("\\|", "|"),
  );
}

/** The bar at the end of the last cell belongs to it. */
function isEscaped(cell: string): boolean {
  return /(?:^|[^\\])(?:\\\\)*\\\|$/.test(cell);
}

/** The columns of a table whose first line is `header`, or `null` where `line` makes it none. */
export function readDelimiters(line: string, header: string): Align[] | null {
  const mayBe = line.length <= LINE_UNITS && (line.includes("|") || header.includes("|"));
  if (!mayBe || !DELIMITERS.test(line)) {
    return null;
  }
  const aligns = readCells(line).map(readAlign);
  return readCells(header).length === aligns.length ? aligns : null;
}

function readAlign(cell: string): Align {
  const left = cell.startsWith(":");
  if (cell.endsWith(":")) {
    return left ? "center" : "right";
  }
  return left ? "left" : null;
}
