import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeModel } from "../gallery/fake-model.ts";
import { view } from "../gallery/scenes.ts";
import type { Message } from "./protocol.ts";
import { Store } from "./store.ts";

const EMPTY = {
  kind: "output_text",
  text: "",
  name: null,
  started_s: 0,
  finished_s: null,
} as const;

let model: FakeModel;
let store: Store;

function open(): void {
  const facts = { run: "r1", state: "streaming", parts: [EMPTY] } as const;
  const message: Message = {
    n: 1,
    patches: [{ type: "run-snapshot", run: "r1", seq: 0, view: view(facts) }],
  };
  model = new FakeModel("w1", message);
  store = new Store(model);
  store.receive(message);
}

function append(n: number, seq: number, text: string): Message {
  return { n, patches: [["r1", seq, 0, text]] };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  store.close();
  vi.useRealTimers();
});

describe("acknowledgements", () => {
  it("come seldom while painting and once when it is quiet", () => {
    open();
    for (let n = 2; n < 62; n += 1) {
      vi.advanceTimersByTime(16);
      store.receive(append(n, n - 1, "x"));
      store.painted(store.arrivedN, performance.now() + 2);
    }
    vi.advanceTimersByTime(2000);
    const acks = model.sent.filter((command) => command.type === "ack");
    expect(acks.map((ack) => ack.n)).toEqual([2, 40, 61]);
    expect(acks[2]?.lag_ms).toBe(2);
    store.painted(store.arrivedN, performance.now());
    vi.advanceTimersByTime(2000);
    expect(model.sent.filter((command) => command.type === "ack")).toHaveLength(3);
  });

  it("claim no message that is not on screen yet", () => {
    open();
    store.receive(append(2, 1, "x"));
    const arrivedMs = performance.now();
    vi.advanceTimersByTime(40);
    store.receive(append(3, 2, "y"));
    store.painted(2, arrivedMs + 60);
    vi.advanceTimersByTime(1000);
    const acks = () => model.sent.filter((command) => command.type === "ack");
    expect(acks().at(-1)).toMatchObject({ n: 2, lag_ms: 60 });
    store.painted(3, performance.now());
    vi.advanceTimersByTime(1000);
    expect(acks().at(-1)?.n).toBe(3);
  });

  it("go on coming soon after a lag, until Python knows that the page keeps up again", () => {
    open();
    let n = 1;
    /** The lags that are told while for so long every message is painted so late. */
    const paint = (forMs: number, lagMs: number): number[] => {
      const before = model.sent.length;
      for (let ms = 0; ms < forMs; ms += 50) {
        vi.advanceTimersByTime(50);
        n += 1;
        store.receive(append(n, n - 1, "x"));
        store.painted(store.arrivedN, performance.now() + lagMs);
      }
      const acks = model.sent.slice(before).filter((command) => command.type === "ack");
      return acks.map((ack) => ack.lag_ms);
    };
    paint(8000, 2);
    expect(paint(3000, 2)).toEqual([]);
    expect(paint(2000, 200).length).toBeGreaterThan(2);
    expect(paint(1000, 70)).toEqual([70, 70]);
    expect(paint(2000, 2)).toEqual([2, 2, 2]);
    expect(paint(3000, 2)).toEqual([]);
  });
});
