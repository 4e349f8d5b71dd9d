/** A widget on the page whose kernel is the gallery's player. */

import { Player } from "../gallery/player.ts";
import type { StateName } from "../src/protocol.ts";
import widget from "../src/widget.ts";

let made = 0;

export type ShownOptions = {
  readonly runs: number;
  /** How the runs stand. */
  readonly arrangement?: string;
  /** What each run holds at first. */
  readonly text?: string;
};

export class Shown {
  readonly el = document.createElement("div");
  readonly runs: readonly string[];
  readonly #player: Player;
  readonly #text: string;
  readonly #ends: (() => void)[] = [];

  constructor({ runs, arrangement = "stack", text = "" }: ShownOptions) {
    made += 1;
    this.runs = Array.from({ length: runs }, (_, index) => `run-${made}-${index}`);
    this.#player = new Player(`bench-${made}`, this.runs, arrangement);
    this.#text = text;
  }

  mount(): this {
    const { model } = this.#player;
    document.querySelector("main")?.append(this.el);
    const end = widget.initialize({ model });
    const close = widget.render({ model, el: this.el });
    this.#ends.push(close, typeof end === "function" ? end : () => undefined);
    this.#player.begin(this.runs);
    this.push(this.runs.map(() => this.#text));
    return this;
  }

  unmount(): void {
    for (const end of this.#ends.splice(0)) {
      end();
    }
    this.el.remove();
  }

  /** One message with more text for each run that has some. */
  push(texts: readonly string[]): void {
    const said = this.runs.map((run, index) => [run, texts[index] ?? ""] as const);
    const grown = said.filter(([, text]) => text !== "");
    if (grown.length > 0) {
      this.#player.push(grown);
    }
  }

  setState(state: StateName): void {
    for (const run of this.runs) {
      this.#player.setState(run, state);
    }
  }
}
