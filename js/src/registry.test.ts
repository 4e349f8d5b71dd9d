import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FakeModel } from "../gallery/fake-model.ts";
import { view } from "../gallery/scenes.ts";
import type { Message } from "./protocol.ts";
import { borrowStore, openStore } from "./registry.ts";

const FIRST: Message = {
  n: 1,
  patches: [{ type: "run-snapshot", run: "r1", seq: 0, view: view({ run: "r1" }) }],
};

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** anywidget hands `initialize` and each view a proxy of its own. */
function proxyOf(model: FakeModel) {
  return {
    get: model.get.bind(model),
    on: model.on.bind(model),
    off: model.off.bind(model),
    send: model.send.bind(model),
  };
}

it("gives every view of a model the store that initialize made", () => {
  const model = new FakeModel("w1", FIRST);
  const { close } = openStore(proxyOf(model));
  const one = borrowStore(proxyOf(model));
  const two = borrowStore(proxyOf(model));
  expect(one.store).toBe(two.store);
  expect([...one.store.runs.keys()]).toEqual(["r1"]);
  one.release();
  two.release();
  vi.advanceTimersByTime(60_000);
  expect(borrowStore(proxyOf(model)).store).toBe(one.store);
  close();
});

it("makes a store for the first view where initialize was not called, and keeps it for a rebuild", () => {
  const model = new FakeModel("w2", FIRST);
  const first = borrowStore(proxyOf(model));
  first.release();
  vi.advanceTimersByTime(100);
  const rebuilt = borrowStore(proxyOf(model));
  expect(rebuilt.store).toBe(first.store);
  rebuilt.release();
  vi.advanceTimersByTime(60_000);
  expect(borrowStore(proxyOf(model)).store).not.toBe(first.store);
});

it("keeps models apart", () => {
  const one = borrowStore(new FakeModel("w3", FIRST));
  const other = borrowStore(new FakeModel("w4", FIRST));
  expect(one.store).not.toBe(other.store);
});
