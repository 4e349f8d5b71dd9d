/** One run in the page: its patches in order, what the reader lets through, and its commands. */

import type { Commands } from "./commands.ts";
import type { Patch, RunSnapshot } from "./protocol.ts";
import {
  advance,
  openReader,
  pauseReader,
  type Reader,
  releaseReader,
  resumeReader,
  setReaderSpeed,
} from "./reader.ts";
import { type Replay, replayedMs, shownAt, startReplay } from "./replay.ts";
import { applyPatch, charactersUpTo, isFinal, type RunModel } from "./run-model.ts";
import { Sequence } from "./sequence.ts";

const REORDER_MS = 100;
const ASK_AGAIN_MS = 1000;
const ASK_AGAIN_AT_MOST_MS = 10_000;
const RATE_WINDOW_MS = 3000;

/** Where one scroll box stood, so that a rebuilt view stands there too. */
export type BoxPlace = { top: number; following: boolean };

/** What the reader did to the view; outlives the view, which Jupyter rebuilds at will. */
export type RunUi = {
  /** `null` until the reader opens or folds the reasoning: then it is theirs. */
  reasoningOpen: boolean | null;
  fullHeight: boolean;
  readonly boxes: Map<string, BoxPlace>;
};

export type RunContext = {
  readonly commands: Commands;
  readonly changed: () => void;
  readonly nowMs: () => number;
};

export class RunStore {
  readonly id: string;
  readonly ui: RunUi = { reasoningOpen: null, fullHeight: false, boxes: new Map() };
  /** The kernel is gone: nothing more will come. */
  lost = false;

  readonly #context: RunContext;
  readonly #sequence = new Sequence();
  #model: RunModel | undefined;
  #reader: Reader | undefined;
  #replay: Replay | undefined;
  /** The page's clock at the run's start, as near as patches have told it. */
  #startMs = Number.POSITIVE_INFINITY;
  #heardMs = 0;
  readonly #arrivals: { atMs: number; total: number }[] = [];
  #gapTimer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;
  #resyncId: string | undefined;

  constructor(id: string, context: RunContext) {
    this.id = id;
    this.#context = context;
  }

  /** `undefined` until the first snapshot. */
  get model(): RunModel | undefined {
    return this.#model;
  }

  /** More than one request for what is missing has gone unanswered. */
  get isGapVisible(): boolean {
    return this.#asked > 1;
  }

  take(patch: Patch, nowMs: number): void {
    for (const ready of this.#sequence.take(patch)) {
      this.#apply(ready, nowMs);
    }
    this.#noteArrival(nowMs);
    this.#watchGap();
  }

  /** The reader's cursor, brought up to now. */
  read(nowMs: number): Reader | undefined {
    if (this.#replay !== undefined && this.#reader !== undefined) {
      return this.#readReplay(this.#replay, this.#reader, nowMs);
    }
    if (this.#reader !== undefined && this.#model !== undefined) {
      this.#reader = advance(this.#reader, this.#model, nowMs);
    }
    return this.#reader;
  }

  /** Freezes the view where it stands; `onScreen` is what the clicked view has painted. */
  pause(onScreen: number): void {
    const reader = this.read(this.#context.nowMs());
    if (reader === undefined || this.#model === undefined) {
      return;
    }
    this.#reader = pauseReader(reader, onScreen);
    const shown = charactersUpTo(this.#model, this.#reader.shown);
    this.#command({ type: "pause", run: this.id, shown });
  }

  resume(): void {
    this.#change((reader) => resumeReader(reader, this.#context.nowMs()));
    this.#command({ type: "resume", run: this.id });
  }

  cancel(): void {
    if (!this.#context.commands.isPending(this.id, "cancel")) {
      this.#command({ type: "cancel", run: this.id });
    }
  }

  /** Asks the same again; the new run comes below this one. */
  restart(): void {
    if (!this.#context.commands.isPending(this.id, "restart")) {
      this.#command({ type: "restart", run: this.id });
    }
  }

  setSpeed(tokensPerS: number | null): void {
    this.#change((reader) => setReaderSpeed(reader, tokensPerS));
    this.#command({ type: "speed", run: this.id, tokens_per_s: tokensPerS });
  }

  /** Shows all that is held by the speed, and follows live from here on. */
  jumpToLive(): void {
    this.#change((reader, model) => releaseReader(reader, model));
    this.setSpeed(null);
  }

  /** Asks for the whole run once: a message was lost, and it may have been about this run. */
  resync(): void {
    if (this.#resyncId !== undefined) {
      this.#context.commands.acknowledge([this.#resyncId]);
    }
    this.#resyncId = this.#context.commands.send({ type: "resync", run: this.id });
  }

  /** Shows a finished run once more, so many times as fast as it came. */
  replay(factor: number): void {
    const model = this.#model;
    if (model === undefined || !isFinal(model.state)) {
      return;
    }
    // What is on screen no longer holds: views start over.
    this.#model = { ...model, epoch: model.epoch + 1 };
    this.#replay = startReplay(model, factor, this.#context.nowMs());
    this.#context.changed();
  }

  stopReplay(): void {
    if (this.#replay !== undefined) {
      this.#replay = undefined;
      this.#context.changed();
    }
  }

  /** Seconds into the run a replay has come; `null` when there is none. */
  replayS(nowMs: number): number | null {
    return this.#replay === undefined ? null : replayedMs(this.#replay, nowMs) / 1000;
  }

  elapsedS(nowMs: number): number {
    const told = this.#model?.elapsed_s ?? 0;
    if (this.#model === undefined || isFinal(this.#model.state) || this.lost) {
      return told;
    }
    return Math.max(told, (nowMs - this.#startMs) / 1000);
  }

  /** Seconds since anything was heard of the run. */
  silentS(nowMs: number): number {
    return (nowMs - this.#heardMs) / 1000;
  }

  /** Characters a second over the last few seconds; `null` while there is too little to say. */
  arrivalRate(nowMs: number): number | null {
    const oldest = this.#arrivals.find(({ atMs }) => nowMs - atMs <= RATE_WINDOW_MS);
    const newest = this.#arrivals.at(-1);
    if (oldest === undefined || newest === undefined || nowMs - oldest.atMs < 500) {
      return null;
    }
    return ((newest.total - oldest.total) * 1000) / (nowMs - oldest.atMs);
  }

  close(): void {
    clearTimeout(this.#gapTimer);
  }

  #readReplay(replay: Replay, reader: Reader, nowMs: number): Reader {
    const shown = shownAt(replay, nowMs);
    if (shown >= (replay.steps.at(-1)?.shown ?? 0)) {
      this.#replay = undefined;
    }
    return { ...reader, paused: false, shown, atMs: nowMs };
  }

  #command(command: Parameters<Commands["send"]>[0]): void {
    this.#context.commands.send(command);
    this.#context.changed();
  }

  #change(step: (reader: Reader, model: RunModel) => Reader): void {
    const reader = this.read(this.#context.nowMs());
    if (reader !== undefined && this.#model !== undefined) {
      this.#reader = step(reader, this.#model);
    }
  }

  #apply(patch: Patch, nowMs: number): void {
    const sinceMs = Number.isFinite(this.#startMs) ? nowMs - this.#startMs : 0;
    this.#model = applyPatch(this.#model, patch, sinceMs);
    this.#heardMs = nowMs;
    if (this.#model === undefined) {
      return;
    }
    if (patch.type === "run-snapshot") {
      this.#meet(this.#model, patch, nowMs);
    } else {
      this.#follow(this.#model, patch);
    }
    this.read(nowMs);
    this.#startMs = Math.min(this.#startMs, nowMs - this.#model.elapsed_s * 1000);
  }

  /** A snapshot tells what the run is; where the reader stands stays theirs. */
  #meet(model: RunModel, patch: RunSnapshot, nowMs: number): void {
    this.#arrivals.length = 0;
    this.#replay = undefined;
    const reader = this.#reader;
    if (reader === undefined) {
      this.#reader = openReader(model, patch, nowMs);
      return;
    }
    const { commands } = this.#context;
    const speed = commands.isPending(this.id, "speed") ? reader.speed : model.speed;
    // After its end a run is held only while the kernel still counts what is on screen.
    const behind = reader.paused && isFinal(model.state) && patch.view.shown !== null;
    const held = model.state === "paused" || behind;
    const paused = commands.isPending(this.id, "pause", "resume") ? reader.paused : held;
    const next = { ...reader, speed, paused };
    this.#reader = model.state === "cancelled" ? releaseReader(next, model) : next;
  }

  /**
   * Moves the reader as the kernel says, unless the reader has just said otherwise: the answer
   * to an older click must not undo a newer one.
   */
  #follow(model: RunModel, patch: Patch): void {
    const { commands } = this.#context;
    const reader = this.#reader;
    if (reader === undefined) {
      return;
    }
    if (patch.type === "attempt-start") {
      this.#reader = { ...reader, shown: 0 };
    } else if (patch.type === "speed-set" && !commands.isPending(this.id, "speed")) {
      this.#reader = setReaderSpeed(reader, model.speed);
    } else if (patch.type === "state-set") {
      this.#reader = this.#followState(reader, model);
    }
  }

  #followState(reader: Reader, model: RunModel): Reader {
    const asked = this.#context.commands.isPending(this.id, "pause", "resume");
    switch (model.state) {
      case "cancelled":
        return releaseReader(reader, model);
      case "paused":
        return asked ? reader : { ...reader, paused: true };
      case "streaming":
        return asked ? reader : { ...reader, paused: false };
      case "completed":
      case "incomplete":
      case "failed":
      case "pending":
        return reader;
    }
  }

  #noteArrival(nowMs: number): void {
    this.#arrivals.push({ atMs: nowMs, total: this.#model?.total ?? 0 });
    while (nowMs - (this.#arrivals[0]?.atMs ?? nowMs) > RATE_WINDOW_MS * 2) {
      this.#arrivals.shift();
    }
  }

  #watchGap(): void {
    if (!this.#sequence.hasGap) {
      clearTimeout(this.#gapTimer);
      this.#gapTimer = undefined;
      this.#asked = 0;
      return;
    }
    this.#gapTimer ??= setTimeout(() => this.#askForGap(), REORDER_MS);
  }

  #askForGap(): void {
    this.#asked += 1;
    this.resync();
    const waitMs = Math.min(ASK_AGAIN_MS * 2 ** (this.#asked - 1), ASK_AGAIN_AT_MOST_MS);
    this.#gapTimer = setTimeout(() => this.#askForGap(), waitMs);
    this.#context.changed();
  }
}
