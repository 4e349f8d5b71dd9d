/** Tabs for runs: one at a time, and a dot on each that says how it stands. */

import type { Face } from "../describe.ts";
import { focusedNear, make, setAttribute, setData, setText } from "./dom.ts";

/** One run as its tab shows it. */
export type TabFace = {
  readonly id: string;
  readonly label: string;
  readonly face: Face;
  readonly panel: HTMLElement;
};

type Tab = { readonly button: HTMLButtonElement; readonly label: HTMLElement };

let made = 0;

export class Tabs {
  readonly element = make("div", "sw-tabs");
  readonly #chosen: (id: string) => void;
  readonly #tabs = new Map<string, Tab>();
  readonly #prefix: string;

  constructor(chosen: (id: string) => void) {
    this.#chosen = chosen;
    made += 1;
    this.#prefix = `sw-tab-${made}`;
    this.element.setAttribute("role", "tablist");
    this.element.setAttribute("aria-label", "Runs");
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
  }

  update(faces: readonly TabFace[], current: string): void {
    for (const { id, label, face, panel } of faces) {
      const tab = this.#tabs.get(id) ?? this.#add(id, panel);
      setText(tab.label, label);
      setData(tab.button, "tone", face.tone);
      setAttribute(tab.button, "title", `${label}: ${face.pill}`);
      setAttribute(tab.button, "aria-selected", String(id === current));
      tab.button.tabIndex = id === current ? 0 : -1;
    }
  }

  #add(id: string, panel: HTMLElement): Tab {
    const label = make("span", "sw-tab-label");
    const button = make("button", "sw-tab", make("span", "sw-dot"), label);
    const name = `${this.#prefix}-${this.#tabs.size}`;
    button.type = "button";
    button.id = name;
    button.setAttribute("role", "tab");
    button.addEventListener("click", () => this.#chosen(id));
    panel.id ||= `${name}-panel`;
    button.setAttribute("aria-controls", panel.id);
    const tab = { button, label };
    this.#tabs.set(id, tab);
    this.element.append(button);
    return tab;
  }

  #onKey(event: KeyboardEvent): void {
    const ids = [...this.#tabs.keys()];
    const focused = focusedNear(this.element);
    const at = ids.findIndex((one) => this.#tabs.get(one)?.button === focused);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (at < 0 || next === undefined) {
      return;
    }
    event.preventDefault();
    const id = ids.at(next % ids.length);
    if (id !== undefined) {
      this.#chosen(id);
      this.#tabs.get(id)?.button.focus();
    }
  }
}
