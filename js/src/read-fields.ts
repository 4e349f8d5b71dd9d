/** Reads fields of a value that may be anything: each has the type asked for, or a harmless one. */

export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  /** The value was an object at all. */
  readonly isObject: boolean;

  constructor(value: unknown) {
    this.isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    this.#values = this.isObject ? (value as Record<string, unknown>) : {};
  }

  text(name: string): string {
    return this.textOrNull(name) ?? "";
  }

  textOrNull(name: string): string | null {
    const value = this.#get(name);
    return typeof value === "string" ? value : null;
  }

  flag(name: string): boolean {
    return this.#get(name) === true;
  }

  /** A number from 0 to `most`; what lies beyond is brought to the nearer end. */
  number(name: string, otherwise: number, most = MOST): number {
    return this.numberOrNull(name, most) ?? otherwise;
  }

  numberOrNull(name: string, most = MOST): number | null {
    const value = this.#get(name);
    return typeof value === "number" && !Number.isNaN(value)
      ? Math.min(Math.max(value, 0), most)
      : null;
  }

  choice<T extends string>(name: string, choices: readonly T[]): T | null {
    const value = this.#get(name);
    return choices.find((choice) => choice === value) ?? null;
  }

  list(name: string): readonly unknown[] {
    const value = this.#get(name);
    return Array.isArray(value) ? value : [];
  }

  /** The fields of an object inside; `null` where there is none. */
  inside(name: string): Fields | null {
    const fields = new Fields(this.#get(name));
    return fields.isObject ? fields : null;
  }

  #get(name: string): unknown {
    return Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
  }
}

/** Counts and seconds beyond this are nonsense, and would only break the layout. */
const MOST = 1e12;
