/** The row of numbers under the header, and the bar under it. */

import type { Face, Scene } from "../describe.ts";
import {
  describeTimeLeft,
  listNumbers,
  MEANINGS,
  type NumberItem,
  type NumberKey,
  progressOf,
} from "../numbers.ts";
import { focusedNear, make, setAttribute, setData, setHidden, setText } from "./dom.ts";

const LEFT =
  "How long the answer may still take: the tokens that are left, by the source named here, at the " +
  "rate of the last seconds.";

class NumberCell {
  /** A button, so that a keyboard and a finger reach what it means. */
  readonly element: HTMLButtonElement;
  readonly #value = make("b", "");
  readonly #words = make("span", "");

  constructor(key: string, meaning: string) {
    this.element = make("button", "sw-number", this.#value, " ", this.#words);
    this.element.type = "button";
    this.element.title = meaning;
    this.element.tabIndex = -1;
    setData(this.element, "key", key);
  }

  update(item: Omit<NumberItem, "key"> | undefined): void {
    setHidden(this.element, item === undefined);
    setText(this.#value, item?.value ?? "");
    setText(this.#words, item?.words ?? "");
    setHidden(this.#value, (item?.value ?? "") === "");
  }
}

export class NumbersRow {
  readonly element = make("div", "sw-numbers");
  readonly #cells = new Map<NumberKey, NumberCell>();
  readonly #left = new NumberCell("left", LEFT);
  readonly #meaning = make("div", "sw-meaning");

  constructor() {
    for (const [key, meaning] of Object.entries(MEANINGS)) {
      this.#cells.set(key as NumberKey, new NumberCell(key, meaning));
    }
    const buttons = this.#all.map((cell) => cell.element);
    this.element.append(...buttons, this.#meaning);
    this.element.setAttribute("role", "toolbar");
    this.element.setAttribute("aria-label", "Numbers");
    // Read out with its number already, as that is its title.
    this.#meaning.setAttribute("aria-hidden", "true");
    this.#meaning.hidden = true;
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    this.element.addEventListener("click", (event) => this.#explain(event.target));
    this.element.addEventListener("focusin", (event) => {
      if ((event.target as Element).matches(":focus-visible")) {
        this.#explain(event.target);
      }
    });
    this.element.addEventListener("focusout", () => this.#explain(null));
  }

  update(scene: Scene): void {
    const items = new Map(listNumbers(scene).map((item) => [item.key, item]));
    for (const [key, cell] of this.#cells) {
      cell.update(items.get(key));
    }
    const left = describeTimeLeft(scene);
    this.#left.update(left === "" ? undefined : { value: "", words: left });
    this.#keepOneStop();
  }

  get #all(): NumberCell[] {
    return [...this.#cells.values(), this.#left];
  }

  get #stops(): HTMLButtonElement[] {
    return this.#all.map((cell) => cell.element).filter((button) => !button.hidden);
  }

  /** One stop of the Tab key for the row; arrows move inside it. */
  #keepOneStop(): void {
    const stops = this.#stops;
    if (!stops.some((stop) => stop.tabIndex === 0) && stops[0] !== undefined) {
      this.#moveStop(stops[0]);
    }
  }

  #moveStop(to: HTMLElement): void {
    for (const { element } of this.#all) {
      element.tabIndex = element === to ? 0 : -1;
    }
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      this.#explain(null);
      return;
    }
    const stops = this.#stops;
    const at = stops.indexOf(focusedNear(this.element) as HTMLButtonElement);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    const stop = next === undefined ? undefined : stops.at(next % stops.length);
    if (stop !== undefined) {
      event.preventDefault();
      this.#moveStop(stop);
      stop.focus();
    }
  }

  /** Shows what a number means, where a pointer that hovers is not to be had. */
  #explain(target: EventTarget | null): void {
    const cell = target instanceof Element ? target.closest<HTMLElement>(".sw-number") : null;
    setHidden(this.#meaning, cell === null);
    setText(this.#meaning, cell?.title ?? "");
  }
}

export class ProgressBar {
  readonly element: HTMLElement;
  readonly #fill = make("i", "");

  constructor() {
    this.element = make("div", "sw-bar", this.#fill);
    this.element.setAttribute("role", "progressbar");
    this.element.setAttribute("aria-label", "Progress of the answer");
  }

  update(scene: Scene, face: Face): void {
    const progress = progressIn(scene);
    setData(this.element, "kind", progress === null ? unknownKind(face) : "known");
    setData(this.element, "state", face.state);
    this.#setPercent(progress === null ? "" : String(Math.round(progress * 1000) / 10));
    const source = scene.model.expected?.source;
    setAttribute(this.element, "title", source === undefined ? "" : `Progress ${source}`);
  }

  #setPercent(percent: string): void {
    if ((this.element.getAttribute("aria-valuenow") ?? "") === percent) {
      return;
    }
    if (percent === "") {
      this.element.removeAttribute("aria-valuenow");
    } else {
      this.element.setAttribute("aria-valuenow", percent);
    }
    this.#fill.style.width = percent === "" ? "" : `${percent}%`;
  }
}

/** A replay knows its end. */
function progressIn({ model, replayS }: Scene): number | null {
  return replayS === null
    ? progressOf(model)
    : Math.min(1, replayS / Math.max(0.001, model.elapsed_s));
}

/** Nothing drifts before the first word, nor behind a pause. */
function unknownKind(face: Face): "still" | "unknown" {
  return face.live && face.state === "streaming" ? "unknown" : "still";
}
