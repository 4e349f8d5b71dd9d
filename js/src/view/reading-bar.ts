/** What the reader wants to see: kinds of content, rendered or as written. */

import { type Prefs, readPrefs, watchPrefs, writePrefs } from "../prefs.ts";
import { make, makeChip, setHidden, setPressed } from "./dom.ts";

type Kind = "reasoning" | "answer" | "notices";

const KINDS: readonly (readonly [Kind, words: string, title: string])[] = [
  ["reasoning", "Reasoning", "Show the model's reasoning"],
  ["answer", "Answer", "Show the answer"],
  ["notices", "Notices", "Show notices; failures are always shown"],
];

export class ReadingBar {
  readonly element: HTMLElement;
  readonly #chips = new Map<Kind, HTMLButtonElement>();
  readonly #source: HTMLButtonElement;
  readonly #changed: (prefs: Prefs) => void;
  #prefs = readPrefs();

  /** `changed` is called with what is remembered, and again whenever that changes in this page. */
  constructor(signal: AbortSignal, changed: (prefs: Prefs) => void) {
    this.#changed = changed;
    const chips = make("span", "sw-chips");
    chips.setAttribute("role", "group");
    chips.setAttribute("aria-label", "Show");
    for (const [kind, words, title] of KINDS) {
      const chip = makeChip(words, title, () => writePrefs({ [kind]: !this.#prefs[kind] }));
      this.#chips.set(kind, chip);
      chips.append(chip);
    }
    this.#source = makeChip("Source", "Show the text exactly as the model wrote it", () =>
      writePrefs({ source: !this.#prefs.source }),
    );
    this.element = make("div", "sw-reading", chips, this.#source);
    watchPrefs(() => this.#take(readPrefs()), { signal });
    this.#take(this.#prefs);
  }

  /** Offers what there is, and what is hidden: that must be had back. */
  update(has: ReadonlySet<string>): void {
    for (const [kind, chip] of this.#chips) {
      setHidden(chip, this.#prefs[kind] && !has.has(kind));
    }
    setHidden(this.#source, !has.has("text"));
    const hidden = KINDS.some(([kind]) => !this.#prefs[kind] && has.has(kind));
    setHidden(this.element, !has.has("text") && !hidden);
  }

  #take(prefs: Prefs): void {
    this.#prefs = prefs;
    for (const [kind, chip] of this.#chips) {
      setPressed(chip, prefs[kind]);
    }
    setPressed(this.#source, prefs.source);
    this.#changed(prefs);
  }
}
