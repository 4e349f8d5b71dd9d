/** Several runs side by side, in one column or in tabs, under a toolbar for all of them. */

import type { Arrangement } from "../arrangement.ts";
import { isFinal } from "../run-model.ts";
import type { RunStore } from "../run-store.ts";
import type { Store } from "../store.ts";
import { tally } from "../tally.ts";
import { type Desk, listExports } from "./card-actions.ts";
import type { Deck, Seen } from "./deck.ts";
import { make, setAttribute, setData, setHidden } from "./dom.ts";
import { type FrameTime, type Layout, placeTools, type SharedTools } from "./layout.ts";
import { Menu, type MenuItem } from "./menu.ts";
import { MergedColumn } from "./merged-column.ts";
import type { Place } from "./search.ts";
import { SharedNotes } from "./shared-notes.ts";
import { Tabs } from "./tabs.ts";
import { Toolbar } from "./toolbar.ts";

export class ManyLayout implements Layout {
  readonly above: readonly HTMLElement[];
  readonly below: readonly HTMLElement[];
  readonly #store: Store;
  readonly #deck: Deck;
  readonly #desk: Desk;
  readonly #request: () => void;
  readonly #toolbar: Toolbar;
  readonly #tabs: Tabs;
  readonly #merged: MergedColumn;
  readonly #notes = new SharedNotes();
  /** Where the reading tools stand when they belong to no single card. */
  readonly #slot = make("div", "sw-slot");
  readonly #tools: SharedTools;
  #drawn: unknown;
  #speed: number | null = null;

  constructor(store: Store, deck: Deck, desk: Desk, tools: SharedTools, request: () => void) {
    this.#store = store;
    this.#deck = deck;
    this.#desk = desk;
    this.#tools = tools;
    this.#request = request;
    this.#toolbar = this.#makeToolbar();
    this.#slot.append(this.#toolbar.speed.element);
    this.#tabs = new Tabs((id) => this.openTab(id));
    this.#merged = new MergedColumn(store.ui.merged, desk.signal);
    this.above = [this.#toolbar.element, this.#slot, this.#notes.element, this.#tabs.element];
    this.below = [this.#merged.element];
  }

  get current(): Arrangement {
    return this.#store.ui.arrangement ?? this.#store.arrangement;
  }

  get mergedPlace(): Place | null {
    return this.current === "merged" ? this.#merged.place() : null;
  }

  openTab(id: string): void {
    this.#store.ui.tab = id;
    this.#request();
  }

  arrange(seen: readonly Seen[]): void {
    this.#notes.update(seen);
    const { current } = this;
    const tab = this.#tab;
    const drawn = [current, tab, seen.length].join(" ");
    if (drawn === this.#drawn) {
      return;
    }
    this.#drawn = drawn;
    setData(this.#deck.element, "arrangement", current);
    setData(this.#deck.element, "many", String(seen.length > 4));
    setHidden(this.#tabs.element, current !== "tabs");
    setHidden(this.#deck.element, current === "merged");
    setHidden(this.#merged.element, current !== "merged");
    for (const { card } of seen) {
      setHidden(card.element, current === "tabs" && card.run.id !== tab);
      setAttribute(card.element, "role", current === "tabs" ? "tabpanel" : "article");
    }
    this.#deck.expect();
    placeTools(this.#tools, this.#slot, this.#toolbar.tools);
  }

  paint(seen: readonly Seen[], time: FrameTime): boolean {
    return this.current === "merged"
      ? this.#merged.paint(seen, time)
      : this.#deck.paint(seen, time);
  }

  update(seen: readonly Seen[]): void {
    const { current } = this;
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

  get paintedN(): number {
    return this.current === "merged" ? this.#merged.paintedN : this.#deck.paintedN;
  }

  get grown(): number {
    return this.current === "merged" ? 1 : this.#deck.grown;
  }

  get #tab(): string {
    const { ui, runs } = this.#store;
    const [first] = runs.keys();
    return ui.tab !== null && runs.has(ui.tab) ? ui.tab : (first ?? "");
  }

  uncover(run: RunStore): void {
    if (this.current === "tabs") {
      this.openTab(run.id);
    }
  }

  #makeToolbar(): Toolbar {
    const each = (act: (run: RunStore) => void) => {
      // One click, one message.
      this.#store.commands.together(() => {
        for (const run of this.#store.runs.values()) {
          act(run);
        }
      });
      this.#request();
    };
    const open = (run: RunStore) =>
      run.model !== undefined && !isFinal(run.model.state) && !run.lost;
    const toolbar = new Toolbar({
      pauseAll: () => each((run) => open(run) && this.#pause(run)),
      resumeAll: () => each((run) => run.read(performance.now())?.paused && run.resume()),
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
      { words: "Copy all as Markdown", act: () => this.#desk.copyAsMarkdown(runs) },
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
