/** The view of one run: draws the store's state, and hands clicks back to it. */

import { describe, type Face, type Scene } from "../describe.ts";
import { textOf } from "../run-model.ts";
import type { BoxPlace, RunStore } from "../run-store.ts";
import type { Store } from "../store.ts";
import { copyText } from "./clipboard.ts";
import { make, setData, setHidden } from "./dom.ts";
import { Header, makeNewButton } from "./header.ts";
import { type Connection, Notes } from "./notes.ts";
import { NumbersRow, ProgressBar } from "./numbers-row.ts";
import { ReasoningPanel } from "./reasoning-panel.ts";
import { StickyBox } from "./sticky-box.ts";
import { type TrackName, Transcript } from "./transcript.ts";

/** Width of a letter in the answer's font, roughly; only guesses of height depend on it. */
const LETTER_PX = 7;
/** A little less than the slow beat of the page's loop, so that no beat is missed. */
const NUMBERS_EVERY_MS = 240;
const IDLE_AFTER_S = 0.7;
const TRACKS: readonly TrackName[] = ["reasoning", "output", "refusal"];

export class RunCard {
  readonly element = make("article", "sw-run");
  readonly #run: RunStore;
  readonly #store: Store;
  readonly #header: Header;
  readonly #numbers = new NumbersRow();
  readonly #bar = new ProgressBar();
  readonly #reasoning: ReasoningPanel;
  readonly #answer: StickyBox;
  readonly #refusal: HTMLElement;
  readonly #tools = make("div", "sw-tools");
  readonly #waiting = make("p", "sw-waiting", "Waiting for the first words of the answer…");
  readonly #new: HTMLButtonElement;
  readonly #notes: Notes;
  readonly #transcript: Transcript;
  #isWhole = false;
  #hasNew = false;
  #drawn: readonly unknown[] = [];
  #drawnMs = Number.NEGATIVE_INFINITY;

  constructor(run: RunStore, store: Store, { signal }: { signal: AbortSignal }) {
    this.#run = run;
    this.#store = store;
    this.#header = new Header(this.#makeActions());
    this.#notes = new Notes(() => void store.kernel.interrupt().catch(() => undefined));
    const box = (name: string) => (element: HTMLElement) =>
      new StickyBox(element, placeOf(run, name), { signal });
    this.#reasoning = new ReasoningPanel(run.ui, box("reasoning"));
    const output = makeText("output");
    const refusal = makeText("refusal");
    this.#answer = box("answer")(make("div", "sw-scroll sw-answer-scroll", output));
    this.#answer.element.tabIndex = 0;
    this.#answer.element.setAttribute("role", "region");
    this.#answer.element.setAttribute("aria-label", "Answer");
    this.#refusal = make("div", "sw-refusal", make("b", "", "Refusal"), refusal);
    this.#new = makeNewButton(() => {
      this.#answer.follow();
      this.#updateNew();
    });
    this.#transcript = new Transcript({
      reasoning: this.#reasoning.text,
      output,
      refusal,
      tools: this.#tools,
    });
    this.#build(signal);
  }

  /** The run's name, for what is said aloud. */
  get title(): string {
    return this.#run.model?.model ?? this.#run.id;
  }

  /** Draws up to the deadline; the face it has now, and whether text is left to draw. */
  paint(nowMs: number, deadlineMs: number): { face: Face; more: boolean } | null {
    const scene = this.#scene(nowMs);
    if (scene === null) {
      return null;
    }
    const face = describe(scene);
    this.#answer.before();
    this.#reasoning.box.before();
    const before = this.#transcript.painted;
    const more = this.#transcript.paint(scene.model, Math.floor(scene.reader.shown), deadlineMs);
    this.#hasNew ||= this.#transcript.painted > before && !this.#answer.isFollowing;
    this.#isWhole = !more;
    this.#update(scene, face, nowMs);
    this.#transcript.setCursor(face.state === "streaming");
    // A chosen speed moves the cursor every frame until it reaches the end.
    const { paused, shown } = scene.reader;
    return { face, more: more || (!paused && shown < scene.model.total) };
  }

  /** True when everything that may be shown is on screen. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  settle(): void {
    this.#answer.after(this.#isWhole);
    this.#reasoning.box.after(this.#isWhole);
    const { scrollHeight, clientHeight } = this.#answer.element;
    const full = this.#run.ui.fullHeight;
    this.#header.updateHeight({ offered: scrollHeight > clientHeight + 1, full });
    this.#updateNew();
  }

  #build(signal: AbortSignal): void {
    setData(this.element, "run", this.#run.id);
    this.element.setAttribute("aria-label", "Model run");
    this.element.append(
      this.#header.element,
      this.#numbers.element,
      this.#bar.element,
      this.#reasoning.element,
      make("div", "sw-answer", this.#waiting, this.#answer.element, this.#new),
      this.#refusal,
      this.#tools,
      this.#notes.element,
    );
    this.element.classList.toggle("sw-full", this.#run.ui.fullHeight);
    const widths = new ResizeObserver(([entry]) => {
      const width = entry?.contentRect.width ?? 0;
      if (width > 0) {
        this.#transcript.setUnitsPerLine(Math.max(20, Math.floor(width / LETTER_PX)));
      }
    });
    widths.observe(this.element);
    signal.addEventListener("abort", () => widths.disconnect(), { once: true });
  }

  #makeActions(): ConstructorParameters<typeof Header>[0] {
    const run = this.#run;
    return {
      pause: () => run.pause(this.#transcript.painted),
      resume: () => run.resume(),
      cancel: () => run.cancel(),
      restart: () => run.restart(),
      setSpeed: (tokensPerS) => run.setSpeed(tokensPerS),
      jumpToLive: () => run.jumpToLive(),
      copy: () => copyText(this.#answerText(), this.element),
      toggleHeight: () => this.#toggleHeight(),
    };
  }

  #answerText(): string {
    const { model } = this.#run;
    return model === undefined ? "" : textOf(model, "output_text") || textOf(model, "refusal");
  }

  #toggleHeight(): void {
    const { ui } = this.#run;
    ui.fullHeight = !ui.fullHeight;
    this.element.classList.toggle("sw-full", ui.fullHeight);
    this.#header.updateHeight({ offered: true, full: ui.fullHeight });
    if (this.#answer.isFollowing) {
      this.#answer.follow();
    }
  }

  #scene(nowMs: number): Scene | null {
    const run = this.#run;
    const reader = run.read(nowMs);
    if (run.model === undefined || reader === undefined) {
      return null;
    }
    return {
      model: run.model,
      reader,
      elapsedS: run.elapsedS(nowMs),
      charactersPerS: run.arrivalRate(nowMs),
      silentS: run.silentS(nowMs),
      cancelling: this.#store.commands.isPending(run.id, "cancel"),
      restarting: this.#store.commands.isPending(run.id, "restart"),
      newest: this.#store.newest === run,
      lost: run.lost,
    };
  }

  /** Text is drawn in every frame, all else when it changes in kind, and four times a second. */
  #update(scene: Scene, face: Face, nowMs: number): void {
    const { model, reader } = scene;
    const connection = {
      silent: this.#store.commands.isSilent(this.#run.id),
      gap: this.#run.isGapVisible,
      canInterrupt: this.#store.kernel.canInterrupt,
    };
    const held = reader.shown < model.total;
    const empty = TRACKS.map((track) => this.#transcript.isEmpty(track));
    const kind = [face.state, face.pill, model.parts.length, model.reasoning, held];
    const known = [model.attempt, model.usage, model.error, model.notices, model.unknown];
    const orders = [scene.cancelling, scene.restarting, scene.newest];
    const asked = [reader.paused, reader.speed, ...orders, ...Object.values(connection)];
    const drawn = [...kind, ...known, ...empty, ...asked];
    const due = !face.live || nowMs - this.#drawnMs >= NUMBERS_EVERY_MS;
    if (!due && drawn.every((value, index) => value === this.#drawn[index])) {
      return;
    }
    this.#drawn = drawn;
    this.#drawnMs = nowMs;
    this.#draw(scene, face, connection);
  }

  #draw(scene: Scene, face: Face, connection: Connection): void {
    setData(this.element, "state", face.state);
    // While words flow they are sign enough of life; sixteen pulses cost a tenth of each frame.
    setData(this.element, "idle", String(face.live && scene.silentS > IDLE_AFTER_S));
    this.#header.update(scene, face);
    this.#numbers.update(scene);
    this.#bar.update(scene, face);
    this.#reasoning.update(scene, this.#transcript);
    const hasAnswer = !this.#transcript.isEmpty("output");
    const hasRefusal = !this.#transcript.isEmpty("refusal");
    const hasReasoning = !this.#transcript.isEmpty("reasoning");
    setHidden(this.#answer.element, !hasAnswer);
    setHidden(this.#refusal, !hasRefusal);
    setHidden(this.#tools, this.#tools.childElementCount === 0);
    // Before that the pill says it; with reasoning to read there is no need to.
    const waits = face.state === "streaming" && scene.model.reasoning;
    setHidden(this.#waiting, !waits || hasAnswer || hasRefusal || hasReasoning);
    this.#notes.update(scene, connection);
  }

  #updateNew(): void {
    this.#hasNew &&= !this.#answer.isFollowing;
    setHidden(this.#new, !this.#hasNew);
  }
}

function makeText(part: "output" | "refusal"): HTMLElement {
  const text = make("div", "sw-text");
  setData(text, "part", part);
  text.setAttribute("aria-live", "off");
  return text;
}

function placeOf(run: RunStore, name: string): BoxPlace {
  const place = run.ui.boxes.get(name) ?? { top: 0, following: true };
  run.ui.boxes.set(name, place);
  return place;
}
