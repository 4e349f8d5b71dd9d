/** Reads JSON as it arrives and tells what is in it, each thing once; text that is not JSON ends it. */

export interface JsonListener {
  /** An object or an array begins. */
  open(kind: "object" | "array"): void;
  close(): void;
  /** A member's name, as it was written. */
  key(source: string): void;
  /** A string, number or literal begins; its text comes in pieces. */
  begin(kind: "string" | "plain"): void;
  text(source: string): void;
  end(): void;
}

type Expected = "value" | "first value" | "key" | "first key" | "colon" | "more";

/** Deeper is no answer that somebody reads. */
const MAX_DEPTH = 100;
const BLANKS = /[ \t\r\n]*/y;
const PLAIN = /[\w.+-]+/y;
const STRING = /(?:[^"\\]|\\[\s\S])+/y;
const LITERAL = /^(?:true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;

export class JsonReader {
  readonly #listener: JsonListener;
  readonly #stack: ("object" | "array")[] = [];
  #expected: Expected = "value";
  #inside: "string" | "key" | "plain" | null = null;
  /** A key, a literal or half an escape that is not whole yet. */
  #held = "";

  constructor(listener: JsonListener) {
    this.#listener = listener;
  }

  /** Takes more text; gives what is no JSON of it, `null` where all is. Then nothing more may come. */
  read(text: string): string | null {
    const whole = this.#held + text;
    this.#held = "";
    let at = 0;
    while (at < whole.length) {
      const next = this.#inside === null ? this.#readMark(whole, at) : this.#readInside(whole, at);
      if (next === null) {
        return whole.slice(at).trimStart();
      }
      at = next;
    }
    return null;
  }

  /** No more comes: what was held is told; gives what of it is no JSON. */
  finish(): string | null {
    const held = this.#held;
    this.#held = "";
    if (this.#inside === "plain" && LITERAL.test(held)) {
      this.#tellPlain(held);
      return null;
    }
    return held === "" ? null : held;
  }

  #readInside(text: string, at: number): number | null {
    if (this.#inside === "plain") {
      return this.#readPlain(text, at);
    }
    STRING.lastIndex = at;
    const body = STRING.exec(text)?.[0] ?? "";
    const end = at + body.length;
    if (this.#inside === "key") {
      return this.#readKey(text, at, end);
    }
    this.#listener.text(body);
    if (text[end] !== '"') {
      this.#held = text.slice(end);
      return text.length;
    }
    this.#listener.text('"');
    this.#listener.end();
    this.#inside = null;
    return end + 1;
  }

  #readKey(text: string, at: number, end: number): number {
    if (text[end] !== '"') {
      this.#held = text.slice(at);
      return text.length;
    }
    this.#listener.key(`"${text.slice(at, end)}"`);
    this.#inside = null;
    this.#expected = "colon";
    return end + 1;
  }

  #readPlain(text: string, at: number): number | null {
    PLAIN.lastIndex = at;
    const source = PLAIN.exec(text)?.[0] ?? "";
    const end = at + source.length;
    if (end >= text.length && source.length < 64) {
      this.#held = source;
      return text.length;
    }
    if (!LITERAL.test(source)) {
      return null;
    }
    this.#tellPlain(source);
    return end;
  }

  #tellPlain(source: string): void {
    this.#listener.begin("plain");
    this.#listener.text(source);
    this.#listener.end();
    this.#inside = null;
  }

  #readMark(text: string, from: number): number | null {
    BLANKS.lastIndex = from;
    const at = from + (BLANKS.exec(text)?.[0].length ?? 0);
    const mark = text[at];
    if (mark === undefined) {
      return at;
    }
    const isValue = this.#expected === "value" || this.#expected === "first value";
    const isRead = isValue ? this.#readValue(mark) : this.#readBetween(mark);
    if (isRead) {
      return at + 1;
    }
    if (isValue && /[-\dtfn]/.test(mark)) {
      this.#expected = "more";
      this.#inside = "plain";
      return at;
    }
    return null;
  }

  #readValue(mark: string): boolean {
    if (mark === '"') {
      this.#listener.begin("string");
      this.#listener.text('"');
      this.#inside = "string";
      this.#expected = "more";
      return true;
    }
    if (mark === "]" && this.#expected === "first value") {
      return this.#close();
    }
    return (mark === "{" || mark === "[") && this.#open(mark === "{" ? "object" : "array");
  }

  #readBetween(mark: string): boolean {
    const inside = this.#stack.at(-1);
    switch (mark) {
      case ":":
        return this.#turn("colon", "value");
      case '"':
        this.#inside = this.#expected === "key" || this.#expected === "first key" ? "key" : null;
        return this.#inside !== null;
      case ",":
        return inside !== undefined && this.#turn("more", inside === "object" ? "key" : "value");
      case "}":
        return (
          inside === "object" &&
          this.#expected !== "colon" &&
          this.#expected !== "key" &&
          this.#close()
        );
      default:
        return mark === "]" && inside === "array" && this.#expected === "more" && this.#close();
    }
  }

  #turn(from: Expected, to: Expected): boolean {
    const turns = this.#expected === from;
    this.#expected = turns ? to : this.#expected;
    return turns;
  }

  #open(kind: "object" | "array"): boolean {
    if (this.#stack.length >= MAX_DEPTH) {
      return false;
    }
    this.#stack.push(kind);
    this.#listener.open(kind);
    this.#expected = kind === "object" ? "first key" : "first value";
    return true;
  }

  #close(): true {
    this.#stack.pop();
    this.#listener.close();
    this.#expected = this.#stack.length === 0 ? "value" : "more";
    return true;
  }
}
