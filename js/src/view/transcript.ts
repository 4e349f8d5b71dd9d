/** Paints a run's text into its panels, from where it stopped last to where the reader is. */

import type { PartKind } from "../protocol.ts";
import { isFinal, isReasoning, listStretches, type RunModel, type Segment } from "../run-model.ts";
import { isHighSurrogate, sliceText } from "../text.ts";
import { make } from "./dom.ts";
import type { TextFlow } from "./flow.ts";
import { findMarkdown } from "./markdown-look.ts";
import { Track } from "./track.ts";

/** One step of painting; between steps the clock is looked at. */
const STEP_UNITS = 4096;
/** Laying text out costs more than appending it, and comes after the deadline was last seen. */
const FRAME_UNITS = 12_288;

export type Panels = {
  readonly reasoning: HTMLElement;
  readonly output: HTMLElement;
  readonly refusal: HTMLElement;
  readonly tools: HTMLElement;
};

export type TrackName = "reasoning" | "output" | "refusal";

export class Transcript {
  readonly #tracks: Readonly<Record<TrackName, Track>>;
  readonly #tools: HTMLElement;
  readonly #toolTracks = new Map<number, Track>();
  #epoch = -1;
  #painted = 0;
  #newest: TextFlow | null = null;
  #source = false;

  constructor(panels: Panels) {
    this.#tracks = {
      reasoning: new Track(panels.reasoning, "\n\n"),
      output: new Track(panels.output, ""),
      refusal: new Track(panels.refusal, ""),
    };
    this.#tools = panels.tools;
  }

  /** UTF-16 units of the run's text that are on screen. */
  get painted(): number {
    return this.#painted;
  }

  isEmpty(track: TrackName): boolean {
    return this.#tracks[track].isEmpty;
  }

  setUnitsPerLine(units: number): void {
    for (const track of Object.values(this.#tracks)) {
      track.setUnitsPerLine(units);
    }
  }

  /** Shows texts as they were written, or as they are meant to look, from the next paint on. */
  setSource(source: boolean): void {
    this.#source = source;
  }

  /** True when there is more to paint than one frame should hold. */
  paint(model: RunModel, shown: number, deadlineMs: number): boolean {
    if (model.epoch !== this.#epoch) {
      this.#startOver(model.epoch);
    }
    this.#setLooks("text_format" in model && model.text_format === "json");
    const first = this.#painted;
    const mayGoOn = () => {
      const done = this.#painted - first;
      return done === 0 || (done < FRAME_UNITS && performance.now() <= deadlineMs);
    };
    for (const segment of listStretches(model.newest, this.#painted)) {
      const end = Math.min(shown, segment.start + segment.length);
      while (this.#painted < end && mayGoOn()) {
        if (!this.#paintStep(model, segment, end)) {
          return false;
        }
      }
    }
    this.#finishIfOver(model);
    return this.#painted < Math.min(shown, model.total);
  }

  setCursor(on: boolean): void {
    this.#newest?.setCursor(on);
  }

  #setLooks(isJson: boolean): void {
    const prose = this.#source || findMarkdown() === undefined ? "source" : "markdown";
    const data = this.#source ? "source" : "json";
    const { reasoning, output, refusal } = this.#tracks;
    const changes = [
      reasoning.setLook(prose),
      refusal.setLook(prose),
      output.setLook(isJson ? data : prose),
      ...[...this.#toolTracks.values()].map((track) => track.setLook(data)),
    ];
    if (changes.includes(true)) {
      this.#newest = null;
    }
  }

  #finishIfOver(model: RunModel): void {
    if (isFinal(model.state) && this.#painted >= model.total) {
      for (const track of [...Object.values(this.#tracks), ...this.#toolTracks.values()]) {
        track.finish();
      }
    }
  }

  /** False when only half a character may be shown so far. */
  #paintStep(model: RunModel, segment: Segment, end: number): boolean {
    const part = model.parts[segment.part];
    if (part === undefined) {
      return false;
    }
    const from = segment.from + this.#painted - segment.start;
    const to = from + Math.min(STEP_UNITS, end - this.#painted);
    let text = sliceText(part.text, from, to);
    if (to < part.text.length && isHighSurrogate(text.charCodeAt(text.length - 1))) {
      text = text.slice(0, -1);
    }
    if (text !== "") {
      this.#append(segment.part, part.kind, part.name, text);
    }
    this.#painted += text.length;
    return text !== "";
  }

  #append(index: number, kind: PartKind, name: string | null, text: string): void {
    const track = kind === "tool_call" ? this.#toolTrack(index, name) : this.#trackOf(kind);
    if (track.flow !== this.#newest) {
      this.#newest?.setCursor(false);
      this.#newest = track.flow;
    }
    track.append(index, text);
  }

  #trackOf(kind: PartKind): Track {
    return this.#tracks[isReasoning(kind) ? "reasoning" : kind === "refusal" ? kind : "output"];
  }

  #toolTrack(index: number, name: string | null): Track {
    const known = this.#toolTracks.get(index);
    if (known !== undefined) {
      return known;
    }
    const text = make("code", "sw-arguments");
    const head = make("div", "sw-tool-name", name ?? "tool");
    this.#tools.append(make("div", "sw-tool", head, text));
    const track = new Track(text, "");
    track.setLook(this.#source ? "source" : "json");
    this.#toolTracks.set(index, track);
    return track;
  }

  #startOver(epoch: number): void {
    this.#epoch = epoch;
    this.#painted = 0;
    this.#newest = null;
    this.#toolTracks.clear();
    this.#tools.replaceChildren();
    for (const track of Object.values(this.#tracks)) {
      track.clear();
    }
  }
}
