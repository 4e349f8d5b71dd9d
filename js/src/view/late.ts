/** Parts of the view that are loaded when they are first wanted. */

import { assetText, loadAsset } from "../assets.ts";
import type { RunStore } from "../run-store.ts";
import { addStyle } from "../style-sheet.ts";
import { copyAndSay, type Desk } from "./card-actions.ts";
import { Button } from "./dom.ts";
import type { Layout } from "./layout.ts";

type Tools = typeof import("../assets/tools.ts");
type Many = typeof import("../assets/many.ts");
type SearchBox = InstanceType<Tools["SearchBox"]>;
type Surroundings = ConstructorParameters<Tools["SearchBox"]>[0];

const MISSING = "This part of the view could not be loaded; try again once the kernel is free.";

export function loadMany(): Promise<Many> {
  return loadStyled("many") as Promise<Many>;
}

function loadTools(): Promise<Tools> {
  return loadStyled("tools") as Promise<Tools>;
}

async function loadStyled(name: string): Promise<unknown> {
  const part = (await loadAsset(name)) as Many | Tools;
  addStyle(part.css);
  return part;
}

/** The search, from its button on; the rest comes when that is pressed. */
export class LateSearch {
  readonly button: Button;
  readonly #surroundings: Omit<Surroundings, "button">;
  readonly #home: HTMLElement;
  #box: SearchBox | undefined;

  /** `home` takes the field. */
  constructor(surroundings: Omit<Surroundings, "button">, home: HTMLElement) {
    this.#surroundings = surroundings;
    this.#home = home;
    this.button = new Button("search", "Search", "sw-find", () =>
      this.#box?.isOpen ? this.#box.close() : this.open(),
    );
  }

  open(): void {
    if (this.#box !== undefined) {
      this.#box.open();
      return;
    }
    loadTools().then(
      (tools) => this.#openWith(tools),
      () => this.#surroundings.say(MISSING),
    );
  }

  close(): void {
    this.#box?.close();
  }

  /** Counts what has arrived since. */
  refresh(): void {
    this.#box?.refresh();
  }

  /** Goes on to a hit that had yet to be drawn. */
  settle(): void {
    this.#box?.settle();
  }

  /** It may have been asked for twice while it was on its way. */
  #openWith({ SearchBox }: Tools): void {
    if (this.#box === undefined) {
      this.#box = new SearchBox({ ...this.#surroundings, button: this.button.element });
      this.#home.append(this.#box.element);
    }
    this.#box.open();
  }
}

/** What cards hand on to the widget's view. */
export function makeDesk(
  near: HTMLElement,
  signal: AbortSignal,
  say: Desk["say"],
  layout: () => Layout,
): Desk {
  const modelsOf = (runs: readonly RunStore[]) =>
    runs.map((run) => run.model).filter((model) => model !== undefined);
  const trying = (work: (tools: Tools) => Promise<void>) => {
    loadTools()
      .then(work)
      .catch(() => say(MISSING));
  };
  return {
    signal,
    say,
    copyAsMarkdown: (runs) =>
      trying(({ toMarkdown }) => copyAndSay(toMarkdown(modelsOf(runs)), near, say)),
    exportRuns: (kind, runs) =>
      trying(async ({ saveExport }) => {
        const surroundings = { layout: layout().current, assetText };
        say(`Saved as ${await saveExport(kind, runs, near, surroundings)}.`);
      }),
  };
}
