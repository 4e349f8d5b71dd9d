/**
 * What moves, vanishes or comes back while a run streams, though nobody scrolled.
 *
 * Each block of the answer is looked at after each frame, relative to the text it is in, so that
 * following the end is no move; so are the parts of the card, relative to the card. The browser's
 * own account of layout shifts stands beside it.
 */

import { FakeModel } from "../gallery/fake-model.ts";
import { view } from "../gallery/scenes.ts";
import type { NamedPatch, PartKind, SentPatch } from "../src/protocol.ts";
import widget from "../src/widget.ts";
import { Meter } from "./meter.ts";
import { startTicks } from "./ticks.ts";
import { makeText, splitDeltas } from "./workload.ts";

const RUN = "flicker";
const BLOCKS = "p, li, pre, tr, blockquote, hr, h1, h2, h3, h4, h5, h6, td, th";
const PARTS = "header, .sw-numbers, .sw-reasoning, .sw-answer, .sw-notes";
/** Browsers round positions. */
const NEAR_PX = 1;
const DELTAS_A_TICK = 2;
const THOUGHTS = ["**Weighing two ways.** ", "**Looking at ties.** ", "**Choosing an example.** "];

/** One thing that moved or vanished; `what` is where it is and how it begins. */
export type Event = { readonly atMs: number; readonly what: string; readonly by: number };

export type Flicker = {
  readonly frames: number;
  /** Blocks that moved up or down in their text. */
  readonly jumps: Event[];
  /** Blocks that moved left or right: columns that found another width. */
  readonly slides: Event[];
  /** Blocks that were taken from the page. */
  readonly gone: Event[];
  /** Of those, the ones whose text came back in another node. */
  readonly replaced: Event[];
  /** Parts of the card that moved in it. */
  readonly parts: Event[];
  /** The browser's layout shifts; `by` is their score. */
  readonly shifts: Event[];
};

type Place = { readonly top: number; readonly left: number; readonly text: string };

/** Streams a run with reasoning and an answer, and watches. */
export async function watchFlicker({ units }: { readonly units: number }): Promise<Flicker> {
  const found: Flicker = {
    frames: 0,
    jumps: [],
    slides: [],
    gone: [],
    replaced: [],
    parts: [],
    shifts: [],
  };
  const { el, said } = mount();
  const stopShifts = watchShifts(found.shifts);
  const watch = watcher(el, found);
  const meter = new Meter();
  meter.afterPaint = watch;
  meter.start();
  await play(said, units);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const frames = meter.stop().length;
  stopShifts();
  return { ...found, frames };
}

type Say = (what: string | Partial<NamedPatch>, part?: number) => void;

function mount(): { el: HTMLElement; said: Say } {
  const facts = { run: RUN, effort: "high", summary: "detailed", state: "streaming" } as const;
  const snapshot = { type: "run-snapshot", run: RUN, seq: 0, view: view(facts) } as const;
  const model = new FakeModel(RUN, { n: 1, patches: [snapshot] });
  const el = document.createElement("div");
  document.querySelector("main")?.append(el);
  widget.initialize({ model });
  widget.render({ model, el });
  let seq = 0;
  const said: Say = (what, part = 0) => {
    seq += 1;
    const patch: SentPatch =
      typeof what === "string"
        ? [RUN, seq, part, what]
        : ({ ...what, run: RUN, seq } as unknown as NamedPatch);
    model.push({ n: seq + 1, patches: [patch] });
  };
  return { el, said };
}

async function play(say: Say, units: number): Promise<void> {
  const startedMs = performance.now();
  const at_s = () => (performance.now() - startedMs) / 1000;
  let part = 0;
  const open = (kind: PartKind) =>
    say({ type: "part-start", part, kind, name: null, at_s: at_s() });
  say({ type: "reasoning-set", active: true, at_s: at_s() });
  for (const thought of THOUGHTS) {
    open("reasoning_summary");
    await type(`${thought}${makeText("prose", 300)}`, (text) => say(text, part));
    say({ type: "part-finish", part, at_s: at_s() });
    part += 1;
  }
  say({ type: "reasoning-set", active: false, at_s: at_s() });
  open("output_text");
  await type(makeText("mixed", units), (text) => say(text, part));
  const reasons = { finish_reason: "stop", raw_finish_reason: "stop" } as const;
  say({ type: "state-set", state: "completed", ...reasons, at_s: at_s() });
}

function type(text: string, say: (text: string) => void): Promise<void> {
  const deltas = splitDeltas(text);
  return new Promise((resolve) => {
    const stop = startTicks(() => {
      const piece = deltas.splice(0, DELTAS_A_TICK).join("");
      if (piece === "") {
        stop();
        resolve();
      } else {
        say(piece);
      }
    });
  });
}

function watchShifts(shifts: Event[]): () => void {
  const take = (entries: PerformanceEntryList) => {
    for (const entry of entries as LayoutShift[]) {
      const sources = entry.sources?.map(({ node, previousRect, currentRect }) => {
        const by = [currentRect.x - previousRect.x, currentRect.y - previousRect.y];
        return `${node === null ? "(gone)" : nameOf(node)} by ${by.map(Math.round).join(", ")}`;
      });
      shifts.push({ atMs: entry.startTime, what: (sources ?? []).join("; "), by: entry.value });
    }
  };
  const observer = new PerformanceObserver((list) => take(list.getEntries()));
  observer.observe({ type: "layout-shift", buffered: true });
  return () => {
    take(observer.takeRecords());
    observer.disconnect();
  };
}

type LayoutShift = PerformanceEntry & {
  readonly value: number;
  readonly sources?: readonly {
    readonly node: Node | null;
    readonly previousRect: DOMRectReadOnly;
    readonly currentRect: DOMRectReadOnly;
  }[];
};

function watcher(el: HTMLElement, found: Flicker): () => void {
  let blocks = new Map<Element, Place>();
  let parts = new Map<Element, Place>();
  const lost = new Map<string, Event>();
  return () => {
    const output = el.querySelector('[data-part="output"]');
    const card = el.querySelector("[data-run]");
    const now = output === null ? new Map<Element, Place>() : placesOf(output, BLOCKS, lost, found);
    compare(blocks, now, found);
    noteGone(blocks, found, lost);
    blocks = now;
    const standing = card === null ? new Map<Element, Place>() : placesOf(card, PARTS);
    for (const [element, place] of standing) {
      const by = place.top - (parts.get(element)?.top ?? place.top);
      note(found.parts, Math.abs(by) > NEAR_PX, element, by);
    }
    parts = standing;
  };
}

/** Where the blocks on screen are; a text that was lost and is there again is noted. */
function placesOf(
  root: Element,
  selector: string,
  lost?: Map<string, Event>,
  found?: Flicker,
): Map<Element, Place> {
  const origin = root.getBoundingClientRect();
  const box = (root.closest(".sw-scroll") ?? root).getBoundingClientRect();
  const places = new Map<Element, Place>();
  for (const element of root.querySelectorAll(selector)) {
    const rect = element.getBoundingClientRect();
    if (rect.height > 0 && rect.bottom > box.top && rect.top < box.bottom) {
      const text = element.textContent ?? "";
      places.set(element, { top: rect.top - origin.top, left: rect.left - origin.left, text });
      const back = lost?.get(text.slice(0, 40));
      if (back !== undefined) {
        found?.replaced.push(back);
        lost?.delete(text.slice(0, 40));
      }
    }
  }
  return places;
}

function compare(before: Map<Element, Place>, now: Map<Element, Place>, found: Flicker): void {
  for (const [element, place] of now) {
    const was = before.get(element);
    if (was !== undefined) {
      note(found.jumps, Math.abs(place.top - was.top) > NEAR_PX, element, place.top - was.top);
      note(found.slides, Math.abs(place.left - was.left) > NEAR_PX, element, place.left - was.left);
    }
  }
}

function noteGone(before: Map<Element, Place>, found: Flicker, lost: Map<string, Event>): void {
  for (const [element, { text }] of before) {
    if (!element.isConnected && text.trim() !== "") {
      const what = `${element.localName} “${text.slice(0, 40)}”`;
      const event = { atMs: performance.now(), what, by: text.length };
      found.gone.push(event);
      lost.set(text.slice(0, 40), event);
    }
  }
}

function note(events: Event[], happened: boolean, element: Element, by: number): void {
  if (happened) {
    events.push({ atMs: performance.now(), what: nameOf(element), by });
  }
}

function nameOf(node: Node): string {
  const element = node instanceof Element ? node : node.parentElement;
  const name = `${element?.localName ?? "?"}.${element?.getAttribute("class") ?? ""}`;
  return `${name} “${(node.textContent ?? "").trim().slice(0, 30)}”`;
}
