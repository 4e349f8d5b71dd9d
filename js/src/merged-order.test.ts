import { describe, expect, it } from "vitest";
import { modelOf } from "../gallery/made.ts";
import { part } from "../gallery/scenes.ts";
import { MergedOrder, type Piece } from "./merged-order.ts";
import type { RunView } from "./protocol.ts";
import type { RunModel } from "./run-model.ts";

const START_S = 1_700_000_000;
const START_MS = START_S * 1000;

/** A run whose text came in pieces of so many characters, one every so many milliseconds. */
function run(id: string, text: string, every: { ms: number; from?: number; size?: number }) {
  const size = every.size ?? 5;
  const count = Math.ceil(text.length / size);
  const entries = Array.from({ length: count }, (_, index) => {
    const waitMs = index === 0 ? (every.from ?? every.ms) : every.ms;
    return `${waitMs}${index === 0 ? ":0" : ""}+${Math.min(size, text.length - index * size)}`;
  });
  const change: Partial<RunView> = {
    run: id,
    state: "completed",
    started_at: START_S,
    attempt: 1,
    parts: [part("output_text", text)],
    timeline: entries.join(" "),
  };
  return modelOf(change);
}

function drain(order: MergedOrder, nowMs = Number.POSITIVE_INFINITY): Piece[] {
  const pieces: Piece[] = [];
  for (let piece = order.next(nowMs); piece !== null; piece = order.next(nowMs)) {
    pieces.push(piece);
  }
  return pieces;
}

/** `a: …` for each turn. */
function turnsOf(pieces: readonly Piece[]): string[] {
  const turns: string[] = [];
  for (const piece of pieces) {
    if (piece.type === "end") {
      turns.push(`${piece.run}.`);
    } else if (turns.at(-1)?.startsWith(`${piece.run}: `)) {
      turns[turns.length - 1] += piece.text;
    } else {
      turns.push(`${piece.run}: ${piece.text}`);
    }
  }
  return turns;
}

function textOf(pieces: readonly Piece[], id: string): string {
  return pieces
    .map((piece) => (piece.type === "text" && piece.run === id ? piece.text : ""))
    .join("");
}

const WORDS = "The quick brown fox jumps over the lazy dog. ".repeat(40);

describe("the merged order", () => {
  it("keeps each run's text whole and in its order", () => {
    const models = [
      run("a", WORDS, { ms: 7 }),
      run("b", WORDS, { ms: 9 }),
      run("c", "Hi", { ms: 50 }),
    ];
    const order = new MergedOrder();
    for (const model of models) {
      order.take(model, model.total);
    }
    const pieces = drain(order);
    expect(textOf(pieces, "a")).toBe(WORDS);
    expect(textOf(pieces, "b")).toBe(WORDS);
    expect(textOf(pieces, "c")).toBe("Hi");
    expect(pieces.filter(({ type }) => type === "end")).toHaveLength(3);
  });

  it("gives the word to whoever spoke next when the other has stopped", () => {
    const order = new MergedOrder();
    const first = run("a", "First of all. ", { ms: 10 });
    const second = run("b", "Then this. ", { ms: 10, from: 5000 });
    order.take(second, second.total);
    order.take(first, first.total);
    expect(turnsOf(drain(order))).toEqual(["a: First of all. ", "a.", "b: Then this. ", "b."]);
  });

  it("changes speakers between words, and at the end of a sentence where there is one", () => {
    const order = new MergedOrder();
    for (const id of ["a", "b"]) {
      const model = run(id, WORDS, { ms: 20 });
      order.take(model, model.total);
    }
    const turns = turnsOf(drain(order)).filter((turn) => turn.includes(": "));
    expect(turns.length).toBeGreaterThan(4);
    for (const turn of turns.slice(0, -1)) {
      expect(turn).toMatch(/\. $/);
    }
  });

  it("moves no word by more than the patience of all who speak", () => {
    const order = new MergedOrder();
    const models = Array.from({ length: 8 }, (_, at) => run(`r${at}`, WORDS, { ms: 15 + at }));
    for (const model of models) {
      order.take(model, model.total);
    }
    const seen = new Map<string, number>();
    let latestMs = 0;
    for (const piece of drain(order)) {
      if (piece.type === "text") {
        const units = (seen.get(piece.run) ?? 0) + piece.text.length;
        const model = models.find((one) => one.run === piece.run);
        const atMs = arrivalOf(model, units);
        expect(atMs).toBeGreaterThan(latestMs - 3 * 1200 - 200);
        latestMs = Math.max(latestMs, atMs);
        seen.set(piece.run, units);
      }
    }
  });

  it("is the same whether it is told bit by bit or at once", () => {
    const models = [run("a", WORDS, { ms: 11 }), run("b", WORDS, { ms: 13 })];
    const whole = new MergedOrder();
    const bits = new MergedOrder();
    const heard: Piece[] = [];
    for (const model of models) {
      whole.take(model, model.total);
    }
    for (let atMs = 0; atMs <= 6000; atMs += 16) {
      for (const model of models) {
        bits.take(model, unitsBy(model, atMs));
      }
      heard.push(...drain(bits, START_MS + atMs));
    }
    heard.push(...drain(bits));
    expect(turnsOf(heard)).toEqual(turnsOf(drain(whole)));
  });

  it("waits with words of one that speaks while another has the word", () => {
    const order = new MergedOrder();
    const a = { ...run("a", WORDS, { ms: 10 }), state: "streaming" } as const;
    const b = { ...run("b", WORDS, { ms: 10, from: 20 }), state: "streaming" } as const;
    order.take(a, unitsBy(a, 100));
    order.take(b, unitsBy(b, 100));
    expect(turnsOf(drain(order, START_MS + 100)).map((turn) => turn[0])).toEqual(["a"]);
    expect(drain(order, START_MS + 5000).some((piece) => piece.run === "b")).toBe(true);
  });

  it("says that a run has ended also when another has the word by then", () => {
    const order = new MergedOrder();
    const first = run("a", "First. ", { ms: 10 });
    const second = run("b", WORDS, { ms: 10, from: 4000 });
    order.take({ ...first, state: "streaming" }, first.total);
    order.take({ ...second, state: "streaming" }, second.total);
    drain(order, START_MS + 9000);
    order.take(first, first.total);
    expect(drain(order, START_MS + 9000)).toEqual([{ type: "end", run: "a" }]);
  });

  it("never halves a character", () => {
    const order = new MergedOrder();
    const text = "🙂".repeat(50);
    const model = run("a", text, { ms: 10, size: 2 });
    for (let shown = 1; shown <= model.total; shown += 1) {
      order.take(model, shown);
      for (const piece of drain(order)) {
        expect(piece.type === "text" && /^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/.test(piece.text)).toBe(
          false,
        );
      }
    }
  });

  it("says again what another attempt says, and keeps what the first had said", () => {
    const order = new MergedOrder();
    const first = run("a", "Once. ", { ms: 10 });
    order.take({ ...first, state: "streaming" }, first.total);
    const before = drain(order);
    order.take({ ...first, attempt: 2 }, first.total);
    expect(textOf([...before, ...drain(order)], "a")).toBe("Once. Once. ");
  });
});

function arrivalOf(model: RunModel | undefined, units: number): number {
  let atMs = 0;
  for (let segment = model?.newest ?? null; segment !== null; segment = segment.before) {
    atMs = segment.start + segment.length >= units ? segment.atMs : atMs;
  }
  return atMs;
}

function unitsBy(model: RunModel, atMs: number): number {
  let segment = model.newest;
  while (segment !== null && segment.atMs > atMs) {
    segment = segment.before;
  }
  return segment === null ? 0 : segment.start + segment.length;
}
