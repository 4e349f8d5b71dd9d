import { expect, test } from "vitest";
import { FakeModel } from "../../gallery/fake-model.ts";
import { view } from "../../gallery/scenes.ts";
import type { Notice } from "../protocol.ts";
import { Store } from "../store.ts";
import type { Desk } from "./card-actions.ts";
import { Deck } from "./deck.ts";
import { SharedNotes } from "./shared-notes.ts";

const KEY: Notice = { level: "info", text: "No key was found." };
const SLOW: Notice = { level: "info", text: "The provider is slow." };

const desk: Desk = {
  signal: new AbortController().signal,
  say: () => undefined,
  copyAsMarkdown: () => undefined,
  exportRuns: () => undefined,
};

function open(...notices: readonly (readonly Notice[])[]) {
  const patches = notices.map((given, index) => {
    const run = `run-${index}`;
    const shown = view({ run, state: "completed", notices: given });
    return { type: "run-snapshot" as const, run, seq: 0, view: shown };
  });
  const store = new Store(new FakeModel("shared", { n: 1, patches }));
  store.receive({ n: 1, patches });
  const deck = new Deck(store, desk, () => undefined);
  const shared = new SharedNotes();
  const draw = () => {
    const nowMs = performance.now();
    const seen = deck.look(nowMs);
    shared.update(seen);
    const deadlineMs = Number.POSITIVE_INFINITY;
    deck.paint(seen, { nowMs, deadlineMs, everything: true, n: store.arrivedN });
  };
  draw();
  const said = () =>
    deck.cards.map(({ element }) => element.querySelector(".sw-note-list")?.textContent);
  return { store, deck, shared, said, draw };
}

test("what there is to say about all runs is said once, and the rest where it belongs", () => {
  const { deck, shared, said } = open([KEY, SLOW], [KEY]);
  expect(shared.element.textContent).toBe(KEY.text);
  expect(said()).toEqual([SLOW.text, ""]);
  // Who hides notices hides these too.
  expect(deck.cards.every((card) => card.has.includes("notices"))).toBe(true);
});

test("a single run says what it has to say itself, and so do runs that have nothing in common", () => {
  for (const notices of [[[KEY]], [[KEY], [SLOW]]]) {
    const { shared, said } = open(...notices);
    expect(shared.element.hidden).toBe(true);
    expect(said()).toEqual(notices.map(([notice]) => notice?.text));
  }
});

test("a notice that not all runs have any more goes back to the others", () => {
  const { store, shared, said, draw } = open([KEY], [KEY]);
  expect(said()).toEqual(["", ""]);
  const run = "run-2";
  const shown = view({ run, state: "streaming", notices: [] });
  store.receive({ n: 2, patches: [{ type: "run-snapshot", run, seq: 0, view: shown }] });
  draw();
  expect(shared.element.hidden).toBe(true);
  expect(said()).toEqual([KEY.text, KEY.text, ""]);
});
