/** One column for all runs, in the order their words came; it says who speaks at each change. */

import type { Scene } from "../describe.ts";
import { describe } from "../describe.ts";
import { formatCount, formatDuration } from "../format.ts";
import { MergedOrder, type Piece } from "../merged-order.ts";
import { countTokens } from "../numbers.ts";
import type { PartKind } from "../protocol.ts";
import { isFinal, isReasoning } from "../run-model.ts";
import type { BoxPlace } from "../run-store.ts";
import { makeNewButton, updateNewButton } from "./answer-panel.ts";
import type { Seen } from "./deck.ts";
import { make, setData, setHidden } from "./dom.ts";
import type { FrameTime } from "./layout.ts";
import type { Place } from "./search.ts";
import { StickyBox } from "./sticky-box.ts";

/** Laying text out costs more than appending it, and comes after the deadline was last seen. */
const FRAME_UNITS = 24_576;
/** A long speech goes on in a new row: appending to a long text node makes each append dearer. */
const ROW_UNITS = 2048;
/** The browser may skip the layout of so many rows at a time while they are off screen. */
const CHUNK_ROWS = 40;
const VOICES = 6;

type Row = { readonly key: string; readonly text: Text };

export class MergedColumn {
  readonly element: HTMLElement;
  readonly #list = make("div", "sw-merged-list");
  readonly #box: StickyBox;
  readonly #new: HTMLButtonElement;
  readonly #order = new MergedOrder();
  readonly #voices = new Map<string, number>();
  #chunk: HTMLElement | null = null;
  #row: Row | null = null;
  #speaker = "";
  #units = 0;
  #newUnits = 0;
  #isWhole = true;
  #paintedN = 0;

  constructor(place: BoxPlace, signal: AbortSignal) {
    const scroller = make("div", "sw-scroll sw-merged-scroll", this.#list);
    scroller.tabIndex = 0;
    scroller.setAttribute("role", "group");
    scroller.setAttribute("aria-label", "All runs in the order their words came");
    this.#list.setAttribute("aria-live", "off");
    this.#box = new StickyBox(scroller, place, { signal });
    this.#new = makeNewButton(() => {
      this.#box.follow();
      this.#newUnits = 0;
      setHidden(this.#new, true);
    });
    this.element = make("div", "sw-merged", scroller, this.#new);
  }

  get paintedN(): number {
    return this.#paintedN;
  }

  /** Appends what has come, up to the deadline; true when there is more. */
  paint(seen: readonly Seen[], { deadlineMs, n }: Pick<FrameTime, "deadlineMs" | "n">): boolean {
    this.#box.before();
    for (const { look } of seen) {
      // A replay says nothing new.
      if (look.scene.replayS === null) {
        this.#order.take(look.scene.model, Math.floor(look.scene.reader.shown));
      }
    }
    const byRun = new Map(seen.map((one) => [one.card.run.id, one]));
    const nowMs = nowOf(seen.map(({ look }) => look.scene));
    const before = this.#units;
    let piece = this.#order.next(nowMs);
    while (piece !== null) {
      this.#append(piece, byRun);
      if (this.#units - before >= FRAME_UNITS || performance.now() > deadlineMs) {
        break;
      }
      piece = this.#order.next(nowMs);
    }
    this.#isWhole = piece === null;
    this.#paintedN = this.#isWhole ? n : this.#paintedN;
    this.#newUnits = this.#box.isFollowing ? 0 : this.#newUnits + this.#units - before;
    // The next one to speak may wait only for its turn.
    return piece !== null || seen.some(({ look }) => !isFinal(look.scene.model.state));
  }

  settle(): void {
    this.#box.measure();
    this.#box.after(this.#isWhole);
    setHidden(this.#new, this.#newUnits === 0);
    updateNewButton(this.#new, this.#newUnits / 4);
  }

  place(): Place {
    return {
      root: this.#list,
      isDrawn: () => true,
      text: () => "",
      stamp: () => this.#units,
      open: () => undefined,
      letGo: () => {
        this.#box.letGo();
        return this.#box.element;
      },
    };
  }

  #append(piece: Piece, byRun: ReadonlyMap<string, Seen>): void {
    const seen = byRun.get(piece.run);
    if (seen === undefined) {
      return;
    }
    const { scene } = seen.look;
    if (piece.type === "end") {
      this.#startRow(seen, "end", describeEnd(scene));
      this.#row = null;
      return;
    }
    const part = scene.model.parts[piece.part];
    const kind = nameKind(part?.kind ?? "output_text");
    const key = `${piece.run} ${piece.part}`;
    if (this.#row === null || this.#row.key !== key || this.#row.text.length >= ROW_UNITS) {
      const lead = kind === "tool" ? `${part?.name ?? "tool"} ` : "";
      this.#row = { key, text: this.#startRow(seen, kind, lead) };
    }
    this.#row.text.appendData(piece.text);
    this.#units += piece.text.length;
  }

  #startRow({ card, label }: Seen, kind: string, words: string): Text {
    const { id } = card.run;
    const text = document.createTextNode(words);
    const said = make("div", "sw-said", text);
    said.dir = "auto";
    const goesOn = this.#speaker === id && this.#chunk !== null;
    const row = make("div", "sw-turn", make("span", "sw-who", goesOn ? "" : label), said);
    setData(row, "kind", kind);
    setData(row, "voice", String(this.#voiceOf(id)));
    this.#speaker = id;
    if (this.#chunk === null || this.#chunk.childElementCount >= CHUNK_ROWS) {
      this.#chunk?.classList.add("sw-merged-finished");
      this.#chunk = make("div", "sw-merged-chunk");
      this.#list.append(this.#chunk);
    }
    this.#chunk.append(row);
    return text;
  }

  #voiceOf(id: string): number {
    const voice = this.#voices.get(id) ?? this.#voices.size % VOICES;
    this.#voices.set(id, voice);
    return voice;
  }
}

function nameKind(kind: PartKind): string {
  if (kind === "tool_call") {
    return "tool";
  }
  return isReasoning(kind) ? "reasoning" : kind === "refusal" ? "refusal" : "answer";
}

function describeEnd(scene: Scene): string {
  const { model } = scene;
  const { pill } = describe(scene);
  const why = model.error?.message ?? "";
  const sum = `${formatCount(countTokens(model))} tokens · ${formatDuration(model.elapsed_s)}`;
  return [pill, why || sum].join(" · ");
}

/** Now by the runs' own clocks; the end of time where none goes on. */
function nowOf(scenes: readonly Scene[]): number {
  const live = scenes.filter(({ model, lost }) => !isFinal(model.state) && !lost);
  const nows = live.map(({ model, elapsedS }) => (model.started_at + elapsedS) * 1000);
  return nows.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...nows);
}
