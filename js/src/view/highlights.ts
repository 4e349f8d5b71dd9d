/**
 * Marks hits of a search without touching the text: by the browser's highlights, else the current
 * one by the selection.
 *
 * The registry is the page's, and every widget in it marks its own: so nothing is kept here but
 * which ranges are ours.
 */

const ALL = "sw-hits";
const CURRENT = "sw-hit";
/** More ranges than this cost every frame, whoever made them. */
export const MOST_RANGES = 1000;

export class Highlights {
  #ours: readonly Range[] = [];
  #current: Range | null = null;

  /** How many more ranges the page can bear. */
  get room(): number {
    const others = (registry()?.get(ALL)?.size ?? 0) - this.#ours.length;
    return Math.max(0, MOST_RANGES - Math.max(0, others));
  }

  show(ranges: readonly Range[], current: Range | null): void {
    this.clear();
    const highlights = registry();
    if (highlights === undefined) {
      select(current);
      return;
    }
    this.#ours = ranges;
    this.#current = current;
    const all = find(highlights, ALL, 0);
    for (const range of ranges) {
      all.add(range);
    }
    if (current !== null) {
      find(highlights, CURRENT, 1).add(current);
    }
  }

  clear(): void {
    const highlights = registry();
    for (const range of this.#ours) {
      highlights?.get(ALL)?.delete(range);
    }
    if (this.#current !== null) {
      highlights?.get(CURRENT)?.delete(this.#current);
    }
    this.#ours = [];
    this.#current = null;
  }
}

function registry(): HighlightRegistry | undefined {
  return typeof Highlight === "function" ? CSS.highlights : undefined;
}

function find(highlights: HighlightRegistry, name: string, priority: number): Highlight {
  const known = highlights.get(name);
  if (known !== undefined) {
    return known;
  }
  const made = new Highlight();
  made.priority = priority;
  highlights.set(name, made);
  return made;
}

function select(range: Range | null): void {
  const selection = document.getSelection();
  if (range !== null && selection !== null) {
    selection.removeAllRanges();
    selection.addRange(range);
  }
}
