/** The view of one run: draws the store's state, and hands clicks back to it. */

import { describe, type Face, type Scene } from "../describe.ts";
import { readPrefs } from "../prefs.ts";
import { isReasoning } from "../run-model.ts";
import type { RunStore } from "../run-store.ts";
import type { Speaker } from "../speakers.ts";
import type { Store } from "../store.ts";
import { AnswerPanel } from "./answer-panel.ts";
import { type Desk, makeActions } from "./card-actions.ts";
import { make, setAttribute, setData, setHidden } from "./dom.ts";
import { Header } from "./header.ts";
import { type Connection, Notes } from "./notes.ts";
import { NumbersRow, ProgressBar } from "./numbers-row.ts";
import { ReasoningPanel } from "./reasoning-panel.ts";
import { sceneOf } from "./scene-of.ts";
import { SlowBeat } from "./slow-beat.ts";
import { type TrackName, Transcript } from "./transcript.ts";

/** Width of a letter in the answer's font, roughly; only guesses of height depend on it. */
const LETTER_PX = 7;
const IDLE_AFTER_S = 0.7;
const TRACKS: readonly TrackName[] = ["reasoning", "output", "refusal"];

/** What a run looks like now. */
export type Look = { readonly scene: Scene; readonly face: Face };

/** What a card may take of a frame. */
export type CardTime = {
  readonly nowMs: number;
  readonly deadlineMs: number;
  /** Cards whose numbers may still be drawn in it; those of the others wait, if they can. */
  numbers: number;
};

export class RunCard {
  /** An article, and where one is shown at a time a tab's panel, which an `<article>` may not be. */
  readonly element = make("div", "sw-run");
  /** All that is in it. Browsers lay a grid's item out only with the whole grid, but this by itself. */
  readonly body = make("div", "sw-inside");
  readonly run: RunStore;
  readonly header: Header;
  readonly reasoning: ReasoningPanel;
  readonly answer: AnswerPanel;
  readonly #store: Store;
  readonly #numbers = new NumbersRow();
  readonly #bar = new ProgressBar();
  readonly #notes: Notes;
  readonly #transcript: Transcript;
  readonly #beat = new SlowBeat();
  #mark = "";
  #turns = 0;
  #paintedMs = Number.NEGATIVE_INFINITY;
  #isWhole = false;
  #wholeN = 0;
  #hasLived = false;
  #grown = 0;
  #drawn: readonly unknown[] = [];

  constructor(run: RunStore, store: Store, desk: Desk) {
    this.run = run;
    this.#store = store;
    this.header = new Header(
      makeActions(run, desk, {
        near: this.element,
        painted: () => this.painted,
        toggleHeight: () => this.#toggleHeight(),
      }),
    );
    this.#notes = new Notes(() => void store.kernel.interrupt().catch(() => undefined));
    this.reasoning = new ReasoningPanel(run.ui, desk.signal);
    this.answer = new AnswerPanel(run.ui, desk.signal);
    const { output, refusal, tools } = this.answer;
    this.#transcript = new Transcript({ reasoning: this.reasoning.text, output, refusal, tools });
    this.setSource(readPrefs().source);
    this.element.setAttribute("role", "article");
    this.#build(desk.signal);
  }

  /** True when everything that may be shown is on screen. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** UTF-16 units of the run's text that are on screen. */
  get painted(): number {
    return this.#transcript.painted;
  }

  /** Its numbers wait for a frame in which less is to do. */
  get isPutOff(): boolean {
    return this.#beat.isPutOff;
  }

  /** How often all of it has been drawn anew. */
  get turns(): number {
    return this.#turns;
  }

  /** The kinds of content there are. */
  get has(): readonly string[] {
    const { model } = this.run;
    const answers = model?.parts.some((part) => !isReasoning(part.kind)) === true;
    return [
      ...(this.reasoning.element.hidden ? [] : ["reasoning"]),
      ...(answers ? ["answer"] : []),
      ...(model?.total ? ["text"] : []),
      ...(this.#notes.isEmpty && !model?.notices.length ? [] : ["notices"]),
    ];
  }

  /** `null` before the run's first snapshot. */
  look(nowMs: number): Look | null {
    const scene = sceneOf(this.run, this.#store, nowMs);
    return scene && { scene, face: describe(scene) };
  }

  /** What tells this run apart from others of its model. */
  setName({ label, mark, hint }: Speaker): void {
    setAttribute(this.element, "aria-label", `Model run ${label}`);
    this.header.setHint(hint);
    if (mark !== this.#mark) {
      this.#mark = mark;
      this.#drawn = [];
    }
  }

  /** Leaves out notices that are said elsewhere. */
  leaveOut(notices: ReadonlySet<string>): void {
    if (this.#notes.leaveOut(notices)) {
      this.#drawn = [];
    }
  }

  setSource(source: boolean): void {
    this.#transcript.setSource(source);
    this.#turns += 1;
    this.#isWhole = false;
  }

  /** Looks where the reader is; all cards do before the first of them grows. */
  before(): void {
    this.answer.box.before();
    this.reasoning.box.before();
  }

  /** Draws up to the deadline; true when there is more to draw in the next frame. */
  paint({ scene, face }: Look, time: CardTime): boolean {
    const { paused, shown } = scene.reader;
    const before = this.#transcript.painted;
    this.#paintedMs = time.nowMs;
    const more = this.#transcript.paint(scene.model, Math.floor(shown), time.deadlineMs);
    this.#grown = Math.max(0, this.#transcript.painted - before);
    this.#hasLived ||= face.live;
    // Of a run that was over when it was first seen nothing is new.
    this.answer.noteGrowth(this.#hasLived ? this.#grown : 0);
    this.#isWhole = !more;
    this.#update(scene, face, time);
    this.#transcript.setCursor(face.state === "streaming");
    // A chosen speed moves the cursor every frame until it reaches the end, and so does a replay.
    return more || (!paused && shown < scene.model.total);
  }

  /** True when there is text that may be shown and is not drawn. */
  isBehind({ scene }: Look): boolean {
    return this.painted < Math.floor(scene.reader.shown) || !this.#isWhole;
  }

  /** The newest message up to which all that may be shown is drawn; `n` is the newest of all. */
  wholeUpTo(look: Look, n: number): number {
    if (!this.isBehind(look)) {
      this.#wholeN = n;
    }
    return this.#wholeN;
  }

  /** UTF-16 units that the last paint added. */
  get grown(): number {
    return this.#grown;
  }

  /** When its text was last painted, by the page's clock. */
  get paintedMs(): number {
    return this.#paintedMs;
  }

  /** Draws all but the text, which nobody sees now. */
  paintShell({ scene, face }: Look, time: CardTime): void {
    this.#update(scene, face, time);
  }

  measure(): void {
    this.answer.box.measure();
    this.reasoning.box.measure();
  }

  scroll(): void {
    this.answer.box.after(this.#isWhole);
    this.reasoning.box.after(this.#isWhole);
  }

  finish(): void {
    const { fullHeight } = this.run.ui;
    this.header.updateHeight({ offered: this.answer.box.isOverflowing, full: fullHeight });
    this.answer.updateNew(this.run.model?.chars_per_token ?? 1);
  }

  #build(signal: AbortSignal): void {
    setData(this.element, "run", this.run.id);
    this.body.append(
      this.header.element,
      this.#numbers.element,
      this.#bar.element,
      this.reasoning.element,
      ...this.answer.elements,
      this.#notes.element,
    );
    this.element.append(this.body);
    this.element.classList.toggle("sw-full", this.run.ui.fullHeight);
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        this.run.stopReplay();
      }
    });
    const widths = new ResizeObserver(([entry]) => {
      const width = entry?.contentRect.width ?? 0;
      if (width > 0) {
        this.#transcript.setUnitsPerLine(Math.max(20, Math.floor(width / LETTER_PX)));
      }
    });
    widths.observe(this.element);
    signal.addEventListener("abort", () => widths.disconnect(), { once: true });
  }

  #toggleHeight(): void {
    const { ui } = this.run;
    ui.fullHeight = !ui.fullHeight;
    this.element.classList.toggle("sw-full", ui.fullHeight);
    this.header.updateHeight({ offered: true, full: ui.fullHeight });
    if (this.answer.box.isFollowing) {
      this.answer.box.follow();
    }
  }

  /** Text is drawn in every frame, all else when it changes in kind, and four times a second. */
  #update(scene: Scene, face: Face, time: CardTime): void {
    const { model, reader } = scene;
    const connection = {
      silent: this.#store.commands.isSilent(this.run.id),
      gap: this.run.isGapVisible,
      canInterrupt: this.#store.kernel.canInterrupt,
    };
    const held = reader.shown < model.total;
    const empty = TRACKS.map((track) => this.#transcript.isEmpty(track));
    // A replay's pill counts tenths of a second: four times a second will do.
    const pill = scene.replayS === null ? face.pill : "";
    const kind = [face.state, pill, model.parts.length, model.reasoning, held, this.#mark];
    const known = [model.attempt, model.usage, model.error, model.notices, model.unknown];
    const orders = [scene.cancelling, scene.restarting, scene.newest];
    const asked = [reader.paused, reader.speed, ...orders, ...Object.values(connection)];
    const drawn = [...kind, ...known, ...empty, ...asked];
    const due = this.#beat.isDue(time.nowMs, time.numbers <= 0) || !face.live;
    if (!due && drawn.every((value, index) => value === this.#drawn[index])) {
      return;
    }
    this.#drawn = drawn;
    this.#beat.drew(time.nowMs);
    time.numbers -= 1;
    this.#draw(scene, face, connection);
  }

  #draw(scene: Scene, face: Face, connection: Connection): void {
    setData(this.element, "state", face.state);
    setData(this.element, "tone", face.tone);
    // While words flow they are sign enough of life; sixteen pulses cost a tenth of each frame.
    setData(this.element, "idle", String(face.live && scene.silentS > IDLE_AFTER_S));
    this.header.update(scene, face, this.#mark);
    this.#numbers.update(scene);
    this.#bar.update(scene, face);
    this.reasoning.update(scene, this.#transcript);
    this.answer.update(scene, face, this.#transcript);
    this.#notes.update(scene, connection);
    setHidden(this.header.tools, scene.model.total === 0);
  }
}
