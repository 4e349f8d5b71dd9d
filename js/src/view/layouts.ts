/** Where the runs of a widget stand: below each other, side by side, in one column, or in tabs. */

import type { Arrangement } from "../arrangement.ts";
import { toMarkdown } from "../export/markdown.ts";
import { isFinal } from "../run-model.ts";
import type { RunStore } from "../run-store.ts";
import type { Store } from "../store.ts";
import { tally } from "../tally.ts";
import { copyAndSay, type Desk, listExports } from "./card-actions.ts";
import type { Deck, Seen } from "./deck.ts";
import { make, setAttribute, setData, setHidden } from "./dom.ts";
import { Menu, type MenuItem } from "./menu.ts";
import { MergedColumn } from "./merged-column.ts";
import type { Place } from "./search.ts";
import { listCardPlaces } from "./search-places.ts";
import { Tabs } from "./tabs.ts";
import { Toolbar } from "./toolbar.ts";

export class Layouts {
  readonly elements: readonly HTMLElement[];
  readonly #store: Store;
  readonly #deck: Deck;
  readonly #desk: Desk;
  readonly #request: () => void;
  readonly #toolbar: Toolbar;
  readonly #tabs: Tabs;
  readonly #merged: MergedColumn;
  /** Where the reading tools stand when they belong to no single card. */
  readonly #slot = make("div", "sw-slot");
  readonly #tools: { readonly bar: HTMLElement; readonly button: HTMLElement };
  #drawn: unknown;
  #speed: number | null = null;

  constructor(
    store: Store,
    deck: Deck,
    desk: Desk,
    tools: { readonly bar: HTMLElement; readonly button: HTMLElement },
    request: () => void,
  ) {
    this.#store = store;
    this.#deck = deck;
    this.#desk = desk;
    this.#tools = tools;
    this.#request = request;
    this.#toolbar = this.#makeToolbar();
    this.#tabs = new Tabs((id) => this.openTab(id));
    this.#merged = new MergedColumn(store.ui.merged, desk.signal);
    this.elements = [
      this.#toolbar.element,
      this.#slot,
      this.#tabs.element,
      deck.element,
      this.#merged.element,
    ];
  }

  /** One run needs no layout; what it was asked again stands below it. */
  get current(): Arrangement {
    const { ui, arrangement, runs } = this.#store;
    return runs.size < 2 || arrangement === "stack" ? "stack" : (ui.arrangement ?? arrangement);
  }

  /** Everything that can be searched here, in the order it is read. */
  listPlaces(): readonly Place[] {
    if (this.current === "merged") {
      return [this.#merged.place()];
    }
    return this.#deck.cards.flatMap((card) => listCardPlaces(card, () => this.#uncover(card.run)));
  }

  openTab(id: string): void {
    this.#store.ui.tab = id;
    this.#request();
  }

  /** Puts everything where it belongs; the rest of the frame paints it. */
  arrange(seen: readonly Seen[]): void {
    const { current } = this;
    const tab = this.#tab;
    const drawn = [current, tab, seen.length].join(" ");
    if (drawn === this.#drawn) {
      return;
    }
    this.#drawn = drawn;
    const many = current !== "stack";
    setData(this.#deck.element, "arrangement", current);
    setData(this.#deck.element, "many", String(seen.length > 4));
    setHidden(this.#toolbar.element, !many);
    setHidden(this.#slot, !many);
    setHidden(this.#tabs.element, current !== "tabs");
    setHidden(this.#deck.element, current === "merged");
    setHidden(this.#merged.element, current !== "merged");
    for (const { card } of seen) {
      setHidden(card.element, current === "tabs" && card.run.id !== tab);
      setAttribute(card.element, "role", current === "tabs" ? "tabpanel" : "article");
    }
    this.#deck.expect();
    this.#placeTools(many);
  }

  paint(
    seen: readonly Seen[],
    time: { nowMs: number; deadlineMs: number; everything: boolean },
  ): boolean {
    return this.current === "merged"
      ? this.#merged.paint(seen, time.deadlineMs)
      : this.#deck.paint(seen, time);
  }

  /** The toolbar and the tabs, four times a second. */
  update(seen: readonly Seen[]): void {
    const { current } = this;
    if (current === "stack") {
      return;
    }
    const scenes = seen.map(({ look }) => look.scene);
    this.#toolbar.update(tally(scenes), current, this.#speed);
    if (current === "tabs") {
      const faces = seen.map(({ card, look, label }) => ({
        id: card.run.id,
        label,
        face: look.face,
        panel: card.element,
      }));
      this.#tabs.update(faces, this.#tab);
    }
  }

  settle(): void {
    if (this.current === "merged") {
      this.#merged.settle();
    } else {
      this.#deck.settle();
    }
  }

  get isWhole(): boolean {
    return this.current === "merged" ? this.#merged.isWhole : this.#deck.isWhole;
  }

  get #tab(): string {
    const { ui, runs } = this.#store;
    const [first] = runs.keys();
    return ui.tab !== null && runs.has(ui.tab) ? ui.tab : (first ?? "");
  }

  /** Makes a run's card one that is shown. */
  #uncover(run: RunStore): void {
    if (this.current === "tabs") {
      this.openTab(run.id);
    }
  }

  #placeTools(many: boolean): void {
    const { bar, button } = this.#tools;
    const { newest } = this.#deck;
    const barHome = many ? this.#slot : newest?.element;
    const buttonHome = many ? this.#toolbar.tools : newest?.header.tools;
    // Moving a node takes the focus from what is in it.
    if (barHome !== undefined && bar.parentElement !== barHome) {
      barHome.append(bar);
    }
    if (buttonHome !== undefined && button.parentElement !== buttonHome) {
      buttonHome.prepend(button);
    }
  }

  #makeToolbar(): Toolbar {
    const each = (act: (run: RunStore) => void) => {
      for (const run of this.#store.runs.values()) {
        act(run);
      }
      this.#request();
    };
    const open = (run: RunStore) =>
      run.model !== undefined && !isFinal(run.model.state) && !run.lost;
    const toolbar = new Toolbar({
      pauseAll: () => each((run) => open(run) && this.#pause(run)),
      resumeAll: () => each((run) => run.resume()),
      cancelAll: () => each((run) => open(run) && run.cancel()),
      setSpeed: (tokensPerS) => {
        this.#speed = tokensPerS;
        each((run) => open(run) && run.setSpeed(tokensPerS));
      },
      arrange: (arrangement) => {
        this.#store.ui.arrangement = arrangement;
        this.#request();
      },
    });
    toolbar.tools.append(new Menu("More for all runs", () => this.#listMenu()).element);
    return toolbar;
  }

  /** Where a card is drawn, it is held at what is on it. */
  #pause(run: RunStore): void {
    const card = this.#deck.cardOf(run.id);
    const drawn = this.current !== "merged" && card !== undefined && this.#deck.isOnScreen(card);
    run.pause(drawn ? card.painted : Number.POSITIVE_INFINITY);
  }

  #listMenu(): readonly MenuItem[] {
    const runs = [...this.#store.runs.values()];
    const models = runs.map((run) => run.model).filter((model) => model !== undefined);
    const over = models.every((model) => isFinal(model.state)) && this.current !== "merged";
    const replay = { words: "Replay all together", act: () => this.#replayAll(runs), starts: true };
    return [
      {
        words: "Copy all as Markdown",
        act: () => void copyAndSay(toMarkdown(models), this.#toolbar.element, this.#desk),
      },
      ...(over ? [replay] : []),
      ...listExports(this.#desk, () => runs),
    ];
  }

  #replayAll(runs: readonly RunStore[]): void {
    for (const run of runs) {
      run.replay(1);
    }
  }
}
