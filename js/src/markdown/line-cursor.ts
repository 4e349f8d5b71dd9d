/** A place in one line, by character and by column: a tab may be used up in parts. */

export type Ahead = {
  /** Where the next character stands that is no space or tab. */
  readonly at: number;
  /** How many columns away. */
  readonly indent: number;
  readonly isBlank: boolean;
};

const TAB_COLUMNS = 4;

export class LineCursor {
  readonly text: string;
  #offset = 0;
  #column = 0;
  /** Columns left of a tab that was used in part. */
  #tabRest = 0;

  constructor(text: string) {
    this.text = text;
  }

  get column(): number {
    return this.#column;
  }

  look(): Ahead {
    let at = this.#offset;
    let column = this.#column;
    let tabRest = this.#tabRest;
    for (; at < this.text.length; at += 1) {
      const unit = this.text[at];
      if (unit === "\t") {
        column += tabRest || TAB_COLUMNS - (column % TAB_COLUMNS);
        tabRest = 0;
      } else if (unit === " ") {
        column += 1;
      } else {
        break;
      }
    }
    return { at, indent: column - this.#column, isBlank: at >= this.text.length };
  }

  skipColumns(columns: number): void {
    let left = columns;
    while (left > 0 && this.#offset < this.text.length) {
      const width = this.text[this.#offset] === "\t" ? this.#tabWidth() : 1;
      const taken = Math.min(width, left);
      this.#column += taken;
      left -= taken;
      this.#tabRest = width - taken;
      this.#offset += this.#tabRest === 0 ? 1 : 0;
    }
  }

  /** Goes past blanks and then past `units` characters that are no tabs. */
  skipMark(units: number): void {
    this.skipColumns(this.look().indent);
    this.#offset += units;
    this.#column += units;
  }

  /** One space after a mark belongs to the mark. */
  skipOneBlank(): void {
    const unit = this.text[this.#offset];
    if (unit === " " || unit === "\t") {
      this.skipColumns(1);
    }
  }

  /** What is left of the line; the rest of a tab as spaces. */
  rest(): string {
    const from = this.#offset + (this.#tabRest > 0 ? 1 : 0);
    return " ".repeat(this.#tabRest) + this.text.slice(from);
  }

  #tabWidth(): number {
    return this.#tabRest || TAB_COLUMNS - (this.#column % TAB_COLUMNS);
  }
}
