import { afterEach, expect, test } from "vitest";
import { Player } from "../../gallery/player.ts";
import { part, view } from "../../gallery/scenes.ts";
import { makeStillStore } from "../still-store.ts";
import { Store } from "../store.ts";
import type { Desk } from "./card-actions.ts";
import { Deck } from "./deck.ts";

const RUNS = Array.from({ length: 8 }, (_, index) => `run-${index}`);
const FRAME_MS = 17;

const closing = new AbortController();
const desk: Desk = {
  signal: closing.signal,
  say: () => undefined,
  copyAsMarkdown: () => undefined,
  exportRuns: () => undefined,
};

afterEach(() => document.body.replaceChildren());

/** A deck on the page, in frames that come when the test says so. */
function mount(store: Store) {
  const deck = new Deck(store, desk, () => undefined);
  document.body.append(deck.element);
  let nowMs = performance.now();
  const frame = (laterMs = FRAME_MS) => {
    nowMs += laterMs;
    const n = store.arrivedN;
    const time = { nowMs, deadlineMs: Number.POSITIVE_INFINITY, everything: false, n };
    const more = deck.paint(deck.look(nowMs), time);
    deck.settle();
    return { more, grown: deck.grown };
  };
  return { deck, frame };
}

/** Runs that go on, after their first words. */
function open(runs: readonly string[]) {
  const player = new Player("deck", runs, "grid");
  const store = new Store(player.model);
  store.receive(player.model.get("patches"));
  player.model.on("change:patches", () => store.receive(player.model.get("patches")));
  const { deck, frame } = mount(store);
  player.begin(runs);
  const numbers = () =>
    deck.cards.map(({ element }) => element.querySelector(".sw-numbers")?.textContent ?? "");
  const say = (text: string) => player.push(runs.map((run) => [run, text]));
  // The first words are news for all of the card.
  say("first ");
  while (frame().more) {}
  return { frame, numbers, say };
}

test("of many texts in one message half grow in each of two frames", () => {
  const { frame, say } = open(RUNS);
  say("words ");
  expect(frame()).toEqual({ more: true, grown: 4 });
  expect(frame()).toEqual({ more: false, grown: 4 });
  expect(frame()).toEqual({ more: false, grown: 0 });
});

test("a few texts grow together in every frame", () => {
  const { frame, say } = open(RUNS.slice(0, 4));
  for (const _ of [1, 2, 3]) {
    say("words ");
    expect(frame()).toEqual({ more: false, grown: 4 });
  }
});

test("numbers that are due leave the frames to many texts, and have the one after them", () => {
  const { frame, numbers, say } = open(RUNS);
  say("words ");
  const before = numbers();
  frame(250);
  frame();
  expect(numbers()).toEqual(before);
  expect(frame()).toEqual({ more: false, grown: 0 });
  expect(numbers().filter((text, index) => text === before[index])).toEqual([]);
});

test("of few texts the numbers are drawn when they are due, whatever grows", () => {
  const { frame, numbers, say } = open(RUNS.slice(0, 2));
  say("words ");
  const before = numbers();
  frame(250);
  expect(numbers().filter((text, index) => text === before[index])).toEqual([]);
});

test("of a text that was over when it was first seen nothing is new", () => {
  const text = "words ".repeat(8000);
  const parts = [part("output_text", text)];
  const run = view({ run: "over", state: "completed", parts });
  const { deck, frame } = mount(makeStillStore({ widget: "over", layout: "stack", runs: [run] }));
  while (frame().more) {}
  expect(deck.newest?.painted).toBe(text.length);
  expect(deck.element.querySelector<HTMLElement>(".sw-new")?.hidden).toBe(true);
});
