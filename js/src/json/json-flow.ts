/** JSON that grows at its end: in colours, and folded and unfolded where it is nested. */

import { buildText } from "../markdown/dom/text-nodes.ts";
import { make, markFinished } from "../view/dom.ts";
import { Flow, type TextFlow } from "../view/flow.ts";
import { type JsonListener, JsonReader } from "./json-reader.ts";

/** Members that are laid out together. */
const CHUNK_ROWS = 50;

type Nest = {
  readonly kind: "object" | "array";
  readonly element: HTMLDetailsElement;
  readonly rows: HTMLElement;
  readonly count: HTMLElement;
  chunk: HTMLElement | null;
  items: number;
};

export class JsonFlow implements TextFlow, JsonListener {
  readonly element: HTMLElement;
  unitsPerLine = 90;
  #reader = new JsonReader(this);
  readonly #nests: Nest[] = [];
  /** Takes all that comes after text that is no JSON. */
  #rest: Flow | null = null;
  #key: string | null = null;
  #value: HTMLElement | null = null;
  #row: HTMLElement | null = null;
  #cursor: HTMLElement | null = null;

  constructor(element: HTMLElement) {
    this.element = element;
  }

  append(text: string): void {
    const rest = this.#rest === null ? this.#reader.read(text) : text;
    this.#appendRest(rest);
  }

  finish(): void {
    if (this.#rest === null) {
      this.#appendRest(this.#reader.finish());
    }
  }

  clear(): void {
    this.element.replaceChildren();
    this.#reader = new JsonReader(this);
    this.#nests.length = 0;
    this.#rest = null;
    this.#key = null;
    this.#value = null;
    this.#row = null;
    this.#cursor = null;
  }

  setCursor(on: boolean): void {
    const place = on ? this.#row : null;
    if (place !== this.#cursor) {
      this.#cursor?.classList.remove("sw-cursor");
      place?.classList.add("sw-cursor");
      this.#cursor = place;
    }
  }

  open(kind: "object" | "array"): void {
    const rows = make("div", "sw-json-rows");
    const count = make("span", "sw-json-count");
    const summary = make("summary", "", ...this.#takeKey(), kind === "object" ? "{" : "[", count);
    const element = make("details", "sw-json-nest", summary, rows);
    element.open = true;
    this.#addRow(element);
    this.#nests.push({ kind, element, rows, count, chunk: null, items: 0 });
  }

  close(): void {
    const nest = this.#nests.pop();
    nest?.element.append(make("span", "sw-json-end", nest.kind === "object" ? "}" : "]"));
  }

  key(source: string): void {
    this.#key = source;
  }

  begin(kind: "string" | "plain"): void {
    this.#value = make("span", kind === "string" ? "sw-c-s" : "sw-c-n");
    this.#addRow(make("div", "sw-json-row", ...this.#takeKey(), this.#value));
  }

  text(source: string): void {
    this.#value?.append(...buildText(source));
  }

  end(): void {
    this.#value = null;
  }

  #takeKey(): (Node | string)[] {
    const key = this.#key;
    this.#key = null;
    return key === null ? [] : [make("span", "sw-c-t", ...buildText(key)), ": "];
  }

  #addRow(row: HTMLElement): void {
    this.#row = row;
    const nest = this.#nests.at(-1);
    if (nest === undefined) {
      this.element.append(row);
      return;
    }
    if (nest.chunk === null || nest.items % CHUNK_ROWS === 0) {
      if (nest.chunk !== null) {
        markFinished(nest.chunk, CHUNK_ROWS);
      }
      nest.chunk = make("div", "sw-json-chunk");
      nest.rows.append(nest.chunk);
    }
    nest.chunk.append(row);
    nest.items += 1;
    nest.count.textContent = String(nest.items);
  }

  #appendRest(text: string | null): void {
    if (text === null) {
      return;
    }
    if (this.#rest === null) {
      const key = this.#key === null ? "" : `${this.#key}: `;
      const element = make("div", "sw-json-rest");
      this.element.append(element);
      this.#rest = new Flow(element);
      this.#row = element;
      this.#rest.append(key + text);
      return;
    }
    this.#rest.append(text);
  }
}
