/** What a reader prefers to see, remembered by their browser for every run. */

export type Prefs = {
  /** The answer as it was written instead of as it is meant to look. */
  readonly source: boolean;
  /** `false` hides a kind of content; `true` is the default. */
  readonly reasoning: boolean;
  readonly answer: boolean;
  readonly notices: boolean;
};

const KEY = "stream_widget.prefs.v1";
/** Each widget of the page listens, whichever copy of this module made it. */
const CHANGED = KEY;
let unsaved: Prefs | undefined;
const DEFAULTS: Prefs = { source: false, reasoning: true, answer: true, notices: true };

/** Defaults where nothing is remembered, or where a page may remember nothing. */
export function readPrefs(): Prefs {
  if (unsaved !== undefined) {
    return unsaved;
  }
  try {
    return fromStored(JSON.parse(localStorage.getItem(KEY) ?? "{}"));
  } catch {
    return DEFAULTS;
  }
}

export function writePrefs(change: Partial<Prefs>): Prefs {
  const prefs = { ...readPrefs(), ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(prefs));
    unsaved = undefined;
  } catch {
    // A sandboxed page has no storage, a full one takes no more: it is forgotten with the page.
    unsaved = prefs;
  }
  globalThis.dispatchEvent?.(new Event(CHANGED));
  return prefs;
}

/** Calls `changed` whenever something in this page, or in another one, has changed them. */
export function watchPrefs(changed: () => void, { signal }: { signal: AbortSignal }): void {
  addEventListener(CHANGED, changed, { signal });
  addEventListener("storage", (event) => event.key === KEY && changed(), { signal });
}

function fromStored(stored: unknown): Prefs {
  const known = (typeof stored === "object" && stored !== null ? stored : {}) as Partial<
    Record<keyof Prefs, unknown>
  >;
  const pick = (name: keyof Prefs) => {
    const value = known[name];
    return typeof value === "boolean" ? value : DEFAULTS[name];
  };
  return {
    source: pick("source"),
    reasoning: pick("reasoning"),
    answer: pick("answer"),
    notices: pick("notices"),
  };
}
