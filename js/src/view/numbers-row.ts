/** The row of numbers under the header, and the bar under it. */

import type { Face, Scene } from "../describe.ts";
import { describeTimeLeft, listNumbers, type NumberItem, progressOf } from "../numbers.ts";
import { make, setData, setHidden, setText } from "./dom.ts";

class NumberCell {
  readonly element: HTMLElement;
  readonly #value = make("b", "");
  readonly #words = make("span", "");

  constructor(key: string) {
    this.element = make("span", "sw-number", this.#value, " ", this.#words);
    setData(this.element, "key", key);
  }

  update(item: NumberItem | undefined): void {
    setHidden(this.element, item === undefined);
    setText(this.#value, item?.value ?? "");
    setText(this.#words, item?.words ?? "");
    setHidden(this.#value, (item?.value ?? "") === "");
  }
}

const KEYS = ["elapsed", "tokens", "split", "rate", "first", "cost", "paused"];

export class NumbersRow {
  readonly element = make("div", "sw-numbers");
  readonly #cells = new Map(KEYS.map((key) => [key, new NumberCell(key)]));
  readonly #left = make("span", "sw-left");

  constructor() {
    for (const { element } of this.#cells.values()) {
      this.element.append(element);
    }
    this.element.append(this.#left);
  }

  update(scene: Scene): void {
    const items = new Map(listNumbers(scene).map((item) => [item.key, item]));
    for (const [key, cell] of this.#cells) {
      cell.update(items.get(key));
    }
    const left = describeTimeLeft(scene);
    setText(this.#left, left);
    setHidden(this.#left, left === "");
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
    const progress = progressOf(scene.model);
    setData(this.element, "kind", progress === null ? unknownKind(face) : "known");
    setData(this.element, "state", face.state);
    this.#setPercent(progress === null ? "" : String(Math.round(progress * 1000) / 10));
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

/** Nothing drifts before the first word, nor behind a pause. */
function unknownKind(face: Face): "still" | "unknown" {
  return face.live && face.state === "streaming" ? "unknown" : "still";
}
