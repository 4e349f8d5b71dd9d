/** The choice of how fast text is shown. */

import { make } from "./dom.ts";

const SPEEDS = [5, 10, 20, 40, 80, 160];
const AS_RECEIVED = "";

export class SpeedSelect {
  readonly element: HTMLElement;
  readonly #select = make("select", "sw-speed");

  constructor(name: string, chosen: (tokensPerS: number | null) => void) {
    const select = this.#select;
    select.setAttribute("aria-label", name);
    select.title = "How fast text is shown; the model is read at full speed";
    select.append(makeOption(null), ...SPEEDS.map(makeOption));
    select.addEventListener("change", () => {
      chosen(select.value === AS_RECEIVED ? null : Number(select.value));
    });
    this.element = make("span", "sw-speed-box", select);
  }

  update(speed: number | null): void {
    const select = this.#select;
    const value = speed === null ? AS_RECEIVED : String(speed);
    if (select.value === value) {
      return;
    }
    if (![...select.options].some((option) => option.value === value)) {
      select.append(makeOption(speed));
    }
    select.value = value;
  }
}

function makeOption(speed: number | null): HTMLOptionElement {
  const option = make("option", "", speed === null ? "as received" : `${speed} tokens/s`);
  option.value = speed === null ? AS_RECEIVED : String(speed);
  return option;
}
