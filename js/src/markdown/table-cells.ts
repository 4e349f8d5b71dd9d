/** The cells of a table's lines; https://github.github.com/gfm/#tables-extension- */

import type { Align } from "./blocks.ts";
import { LINE_UNITS, TABLE_CELLS } from "./limits.ts";

const DELIMITERS = /^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;

/** Splits at `|`; `\|` is a `|` inside a cell, also in code. */
export function readCells(line: string): string[] {
  const row = line.trim();
  const cells: string[] = [];
  let cell = "";
  let from = row.startsWith("|") ? 1 : 0;
  for (let at = from; at < row.length && cells.length < TABLE_CELLS; at += 1) {
    if (row[at] === "\\") {
      cell += row.slice(from, at) + (row[at + 1] === "|" ? "" : "\\");
      from = at + 1;
      at += 1;
    } else if (row[at] === "|") {
      cells.push((cell + row.slice(from, at)).trim());
      cell = "";
      from = at + 1;
    }
  }
  const last = (cell + row.slice(from)).trim();
  if (cells.length < TABLE_CELLS && (last !== "" || !row.endsWith("|"))) {
    cells.push(last);
  }
  return cells;
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
