/** A table as it arrives, row by row; a long one goes on in further tables of the same columns. */

import { make, markFinished } from "../../view/dom.ts";
import type { Align, OpenLeaf } from "../blocks.ts";
import { LINE_UNITS, TABLE_ROWS } from "../limits.ts";
import { readCells } from "../table-cells.ts";
import { InlineWriter } from "./inline-writer.ts";
import type { Leaf, Place } from "./leaf.ts";

/** What a row with its padding is as tall as. */
const LINES_A_ROW = 1.9;

export class TableLeaf implements Leaf {
  readonly facts: OpenLeaf = { type: "table" };
  readonly #place: Place;
  readonly #aligns: readonly Align[];
  readonly #box = make("div", "sw-table");
  #table = make("table", "");
  #tableBox = make("div", "sw-rows", this.#table);
  #body: HTMLTableSectionElement | null = null;
  #rows = 0;
  #line = "";
  #draft: HTMLTableRowElement | null = null;
  #lastCell: HTMLElement;

  constructor(header: string, aligns: readonly Align[], place: Place) {
    this.#place = place;
    this.#aligns = aligns;
    this.#box.tabIndex = 0;
    this.#box.setAttribute("role", "group");
    this.#box.setAttribute("aria-label", "Table");
    const row = this.#makeRow("th", header);
    this.#lastCell = lastOf(row, this.#box);
    this.#table.append(make("thead", "", row));
    this.#box.append(this.#tableBox);
    place.parent.append(this.#box);
  }

  get element(): HTMLElement {
    return this.#lastCell;
  }

  append(text: string): void {
    this.#line += text;
  }

  endLine(): void {
    const row = this.#makeRow("td", this.#line);
    this.#line = "";
    this.#dropDraft();
    this.#openBody().append(row);
    this.#lastCell = lastOf(row, this.#box);
    this.#rows += 1;
  }

  paint(draft: string): void {
    this.#dropDraft();
    if (draft !== "" && draft.length <= LINE_UNITS) {
      this.#draft = this.#makeRow("td", draft);
      this.#openBody().append(this.#draft);
      this.#lastCell = lastOf(this.#draft, this.#box);
    }
  }

  close(): void {
    this.#dropDraft();
  }

  #dropDraft(): void {
    this.#draft?.remove();
    this.#draft = null;
    if (this.#body?.childElementCount === 0 && this.#rows === 0) {
      this.#body.remove();
      this.#body = null;
    }
  }

  #openBody(): HTMLTableSectionElement {
    if (this.#body !== null && this.#rows < TABLE_ROWS) {
      return this.#body;
    }
    if (this.#rows >= TABLE_ROWS) {
      this.#goOn();
    }
    this.#body = make("tbody", "");
    this.#table.append(this.#body);
    return this.#body;
  }

  /** A new table below, with columns as wide as they are in the one before. */
  #goOn(): void {
    const columns = make("colgroup", "");
    const before = this.#table;
    const width = before.getBoundingClientRect().width;
    for (const cell of before.rows[0]?.cells ?? []) {
      const column = make("col", "");
      if (width > 0) {
        column.style.width = `${(100 * cell.getBoundingClientRect().width) / width}%`;
      }
      columns.append(column);
    }
    const table = make("table", "sw-goes-on", columns);
    if (width > 0) {
      table.style.width = `${width}px`;
    }
    markFinished(this.#tableBox, this.#rows * LINES_A_ROW);
    this.#table = table;
    this.#tableBox = make("div", "sw-rows", table);
    this.#box.append(this.#tableBox);
    this.#rows = 0;
  }

  /** A row has as many cells as the header, whatever its line holds. */
  #makeRow(tag: "td" | "th", line: string): HTMLTableRowElement {
    const cells = readCells(line);
    const row = make("tr", "");
    for (const [index, align] of this.#aligns.entries()) {
      const cell = make(tag, "");
      cell.dir = "auto";
      if (align !== null) {
        cell.style.textAlign = align;
      }
      const writer = new InlineWriter(cell, this.#place.references);
      writer.append(cells[index] ?? "");
      writer.finish();
      row.append(cell);
    }
    return row;
  }
}

function lastOf(row: HTMLTableRowElement, otherwise: HTMLElement): HTMLElement {
  return (row.lastElementChild as HTMLElement | null) ?? otherwise;
}
