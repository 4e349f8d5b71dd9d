/** Above many runs: how they stand together, and what one can do with all of them. */

import type { Arrangement } from "../arrangement.ts";
import type { Tally } from "../tally.ts";
import { Button, make, makeChip, setData, setHidden, setPressed, setText } from "./dom.ts";
import { SpeedSelect } from "./speed-select.ts";

export type ToolbarActions = {
  readonly pauseAll: () => void;
  readonly resumeAll: () => void;
  readonly cancelAll: () => void;
  readonly setSpeed: (tokensPerS: number | null) => void;
  readonly arrange: (arrangement: Arrangement) => void;
};

const LAYOUTS: readonly (readonly [Arrangement, words: string, title: string])[] = [
  ["grid", "Grid", "Cards side by side"],
  ["merged", "Merged", "One column, in the order the words came"],
  ["tabs", "Tabs", "One run at a time"],
];

export class Toolbar {
  readonly element = make("div", "sw-toolbar");
  /** Where what belongs to the whole widget has its buttons. */
  readonly tools = make("span", "sw-tool-buttons");
  readonly #count = make("b", "sw-count");
  readonly #words = make("span", "sw-tally");
  readonly #fill = make("i", "");
  readonly #bar = make("div", "sw-bar", this.#fill);
  readonly #sums = make("span", "sw-sums");
  readonly #pause: Button;
  readonly #cancel: Button;
  readonly speed: SpeedSelect;
  readonly #chips = new Map<Arrangement, HTMLButtonElement>();
  #isPaused = false;

  constructor(actions: ToolbarActions) {
    this.#pause = new Button("pause", "Pause all", "sw-pause", () =>
      this.#isPaused ? actions.resumeAll() : actions.pauseAll(),
    );
    this.#cancel = new Button("stop", "Cancel all", "sw-cancel", actions.cancelAll);
    this.speed = new SpeedSelect("Speed of all", actions.setSpeed);
    this.#bar.setAttribute("role", "progressbar");
    this.#bar.setAttribute("aria-label", "Progress of all runs");
    this.#sums.title = "Time from the first start to the last end; price of all runs together";
    const { element: pause } = this.#pause;
    this.element.append(
      make("div", "sw-totals", this.#count, this.#words, this.#bar, this.#sums),
      make(
        "div",
        "sw-actions",
        pause,
        this.#cancel.element,
        this.#makeLayouts(actions),
        this.tools,
      ),
    );
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", "All runs");
  }

  update(tally: Tally, arrangement: Arrangement, speed: number | null): void {
    setText(this.#count, tally.count);
    setText(this.#words, tally.words);
    setText(this.#sums, [tally.elapsed, tally.cost].filter(Boolean).join(" · "));
    this.#updateBar(tally);
    this.#isPaused = tally.paused > 0 && tally.paused >= tally.running;
    const name = this.#isPaused ? "Resume all" : "Pause all";
    this.#pause.update({ icon: this.#isPaused ? "play" : "pause", name });
    setHidden(this.#pause.element, tally.running === 0 && tally.paused === 0);
    setHidden(this.#cancel.element, tally.running === 0);
    setHidden(this.speed.element, tally.running === 0);
    this.speed.update(speed);
    for (const [layout, chip] of this.#chips) {
      setPressed(chip, layout === arrangement);
    }
  }

  #updateBar({ progress, running }: Tally): void {
    const percent = String(Math.round(progress * 1000) / 10);
    if (this.#bar.getAttribute("aria-valuenow") !== percent) {
      this.#bar.setAttribute("aria-valuenow", percent);
      this.#fill.style.width = `${percent}%`;
    }
    setData(this.#bar, "state", running === 0 ? "completed" : "streaming");
  }

  #makeLayouts(actions: ToolbarActions): HTMLElement {
    const group = make("span", "sw-layouts");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "Layout");
    for (const [layout, words, title] of LAYOUTS) {
      const chip = makeChip(words, title, () => actions.arrange(layout));
      this.#chips.set(layout, chip);
      group.append(chip);
    }
    return group;
  }
}
