import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeModel } from "../gallery/fake-model.ts";
import { view } from "../gallery/scenes.ts";
import type { Command, Message, NamedPatch, RunCommand, RunView } from "./protocol.ts";
import { heldUnits } from "./reader.ts";
import { textOf } from "./run-model.ts";
import type { RunStore } from "./run-store.ts";
import { Store } from "./store.ts";

type Loose = { readonly type: NamedPatch["type"]; readonly [key: string]: unknown };

function numbered(seq: number, patch: Loose): NamedPatch {
  return { ...patch, run: "r1", seq } as unknown as NamedPatch;
}

function start(change: Partial<RunView> = {}): Message {
  const empty = {
    kind: "output_text",
    text: "",
    name: null,
    started_s: 0,
    finished_s: null,
  } as const;
  const facts = { run: "r1", state: "streaming", parts: [empty], ...change } as const;
  return { n: 1, patches: [{ type: "run-snapshot", run: "r1", seq: 0, view: view(facts) }] };
}

function append(n: number, seq: number, text: string): Message {
  return { n, patches: [["r1", seq, 0, text]] };
}

function setState(n: number, seq: number, state: string, done: string[] = []): Message {
  const facts = { finish_reason: null, raw_finish_reason: null, at_s: 1 };
  return { n, patches: [numbered(seq, { type: "state-set", state, ...facts })], done };
}

let model: FakeModel;
let store: Store;

function open(message = start()): RunStore {
  model = new FakeModel("w1", message);
  store = new Store(model);
  store.receive(message);
  const run = store.runs.get("r1");
  if (run === undefined) {
    throw new Error("the snapshot opened no run");
  }
  return run;
}

function commandsOf(type: Command["type"]): RunCommand[] {
  return model.sent.filter((command): command is RunCommand => command.type === type);
}

function answerOf(run: RunStore): string {
  return run.model === undefined ? "" : textOf(run.model, "output_text");
}

function shownOf(run: RunStore): number {
  return Math.floor(run.read(performance.now())?.shown ?? -1);
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  store.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe("patches", () => {
  it("make the exact text out of dropped, doubled and reordered messages", () => {
    const run = open();
    for (const message of [
      append(4, 3, "c"),
      append(2, 1, "a"),
      append(2, 1, "a"),
      append(3, 2, "b"),
    ]) {
      store.receive(message);
    }
    expect(answerOf(run)).toBe("abc");
    vi.advanceTimersByTime(5000);
    expect(commandsOf("resync")).toEqual([]);
  });

  it("that leave a gap are asked for again until a snapshot comes", () => {
    const run = open();
    store.receive(append(2, 1, "a"));
    store.receive(append(4, 3, "c"));
    vi.advanceTimersByTime(99);
    expect(commandsOf("resync")).toHaveLength(0);
    vi.advanceTimersByTime(1);
    expect(commandsOf("resync")).toHaveLength(1);
    expect(run.isGapVisible).toBe(false);
    vi.advanceTimersByTime(1000);
    expect(run.isGapVisible).toBe(true);
    const ids = new Set(commandsOf("resync").map((command) => command.id));
    expect(ids.size).toBe(2);
    const whole = {
      kind: "output_text",
      text: "abcd",
      name: null,
      started_s: 0,
      finished_s: null,
    } as const;
    const snapshot = view({ run: "r1", state: "streaming", parts: [whole] });
    store.receive({
      n: 5,
      patches: [{ type: "run-snapshot", run: "r1", seq: 4, view: snapshot }],
      done: [...ids],
    });
    expect(answerOf(run)).toBe("abcd");
    expect(run.isGapVisible).toBe(false);
    vi.advanceTimersByTime(30_000);
    expect(commandsOf("resync")).toHaveLength(2);
  });

  it("of a run never met wait for its snapshot", () => {
    open();
    store.receive({
      n: 2,
      patches: [["r2", 8, 0, "x"]],
    });
    vi.advanceTimersByTime(100);
    expect(commandsOf("resync").map((command) => command.run)).toEqual(["r2"]);
  });

  it("that this build does not know are told, and the rest goes on", () => {
    const run = open();
    store.receive({
      n: 2,
      patches: [
        numbered(1, { type: "hologram-add" as "notice-add" }),
        ...append(2, 2, "a").patches,
      ],
    });
    expect(run.model?.unknown).toBe(true);
    expect(answerOf(run)).toBe("a");
  });

  it("in values that are no message are left alone", () => {
    const run = open();
    for (const value of [null, undefined, 7, "x", {}, { n: "1", patches: [] }, { n: 2 }]) {
      store.receive(value);
    }
    expect(answerOf(run)).toBe("");
  });

  it("in a message that was lost make the page ask for the run", () => {
    open();
    store.receive({ n: 3, patches: [] });
    vi.advanceTimersByTime(200);
    expect(commandsOf("resync")).toHaveLength(1);
  });

  it("do not make drawn text start over when a snapshot only adds to it", () => {
    const run = open();
    store.receive(append(2, 1, "a🙂"));
    const before = run.model?.epoch;
    const parts = [
      { kind: "output_text", text: "a🙂b", name: null, started_s: 0, finished_s: null },
    ] as const;
    store.receive({
      n: 3,
      patches: [
        {
          type: "run-snapshot",
          run: "r1",
          seq: 9,
          view: view({ run: "r1", state: "streaming", parts }),
        },
      ],
    });
    expect(run.model?.epoch).toBe(before);
    const other = [{ ...parts[0], text: "x" }];
    store.receive({
      n: 4,
      patches: [
        {
          type: "run-snapshot",
          run: "r1",
          seq: 10,
          view: view({ run: "r1", state: "streaming", parts: other }),
        },
      ],
    });
    expect(run.model?.epoch).not.toBe(before);
  });
});

describe("pause", () => {
  it("holds at once what comes after the click, and resume shows it at once", () => {
    const run = open();
    store.receive(append(2, 1, "one🙂"));
    run.pause(5);
    store.receive(append(3, 2, " two"));
    expect(shownOf(run)).toBe(5);
    expect(commandsOf("pause")[0]).toMatchObject({ run: "r1", shown: 4 });
    expect(run.model && run.read(0) && heldUnits(run.read(0) as never, run.model)).toBe(4);
    run.resume();
    expect(shownOf(run)).toBe(9);
  });

  it("does not show what the clicked view had not painted yet", () => {
    const run = open();
    store.receive(append(2, 1, "painted, not painted"));
    run.pause(7);
    expect(shownOf(run)).toBe(7);
  });

  it("is not undone by the answer to an older click", () => {
    const run = open();
    store.receive(setState(2, 1, "paused"));
    run.resume();
    run.pause(0);
    const [resumed] = commandsOf("resume");
    store.receive(setState(3, 2, "streaming", [resumed?.id ?? ""]));
    expect(run.read(0)?.paused).toBe(true);
  });

  it("outlives the end of the run, until the reader resumes", () => {
    const run = open();
    store.receive(append(2, 1, "shown"));
    run.pause(5);
    store.receive(setState(3, 2, "paused", [commandsOf("pause")[0]?.id ?? ""]));
    store.receive(append(4, 3, " held"));
    store.receive(setState(5, 4, "completed"));
    expect(run.read(0)).toMatchObject({ paused: true, shown: 5 });
    run.resume();
    expect(shownOf(run)).toBe(10);
  });

  it("behind which the run ended is kept by the last snapshot, and let go by Python's resume", () => {
    const run = open();
    store.receive(append(2, 1, "shown"));
    store.receive(setState(3, 2, "paused"));
    store.receive(append(4, 3, " held"));
    const part = {
      kind: "output_text",
      text: "shown held",
      name: null,
      started_s: 0,
      finished_s: null,
    } as const;
    const over = { run: "r1", state: "completed", parts: [part] } as const;
    const snapshot = (n: number, shown: number | null): Message => ({
      n,
      patches: [{ type: "run-snapshot", run: "r1", seq: n, view: view({ ...over, shown }) }],
    });
    store.receive(snapshot(5, 5));
    expect(run.read(0)).toMatchObject({ paused: true, shown: 5 });
    store.receive(snapshot(6, null));
    expect(run.read(0)).toMatchObject({ paused: false, shown: 10 });
  });

  it("ends when the run is cancelled, and everything is shown", () => {
    const run = open();
    run.pause(0);
    store.receive(append(2, 1, "kept"));
    store.receive(setState(3, 2, "cancelled"));
    expect(run.read(0)).toMatchObject({ paused: false, shown: 4 });
  });

  it("by Python holds what comes after it in the same message", () => {
    const run = open();
    const [paused, held] = [setState(2, 2, "paused"), append(2, 3, " held")];
    store.receive({
      n: 2,
      patches: [...append(2, 1, "shown").patches, ...paused.patches, ...held.patches],
    });
    expect(shownOf(run)).toBe(5);
    store.receive(setState(3, 4, "streaming"));
    expect(shownOf(run)).toBe(10);
  });

  it("in a snapshot opens where Python says it was left", () => {
    const part = {
      kind: "output_text",
      text: "a🙂bc",
      name: null,
      started_s: 0,
      finished_s: null,
    } as const;
    const run = open(start({ state: "paused", parts: [part], shown: 2 }));
    expect(shownOf(run)).toBe(3);
  });
});

describe("speed", () => {
  it("lets through so many tokens a second, and no credit gathers while nothing is held", () => {
    const run = open();
    vi.advanceTimersByTime(10_000);
    run.setSpeed(10);
    store.receive(append(2, 1, "x".repeat(400)));
    expect(shownOf(run)).toBe(0);
    vi.advanceTimersByTime(1000);
    expect(shownOf(run)).toBe(40);
    expect(commandsOf("speed")[0]).toMatchObject({ tokens_per_s: 10 });
  });

  it("goes on after the end of the run, and is released by a jump to live", () => {
    const run = open();
    run.setSpeed(5);
    store.receive(append(2, 1, "x".repeat(400)));
    store.receive(setState(3, 2, "completed"));
    vi.advanceTimersByTime(1000);
    expect(shownOf(run)).toBe(20);
    run.jumpToLive();
    expect(run.read(0)).toMatchObject({ shown: 400, speed: null });
    expect(commandsOf("speed").at(-1)).toMatchObject({ tokens_per_s: null });
  });

  it("set by Python is followed", () => {
    const run = open();
    store.receive({ n: 2, patches: [numbered(1, { type: "speed-set", speed: 37 })] });
    expect(run.read(0)?.speed).toBe(37);
  });
});

describe("text that names its run by the beginning of its id", () => {
  it("is that run's", () => {
    const run = open();
    store.receive({ n: 2, patches: [["r", 1, 0, "Blue."]] });
    expect(answerOf(run)).toBe("Blue.");
    expect([...store.runs.keys()]).toEqual(["r1"]);
  });

  it("and comes before it was introduced is asked for again by that name", () => {
    model = new FakeModel("w1", start());
    store = new Store(model);
    store.receive({ n: 1, patches: [["r", 1, 0, "Blue."]] });
    vi.advanceTimersByTime(1000);
    const [asked] = commandsOf("resync");
    expect(asked).toMatchObject({ run: "r" });
    store.receive({ ...start(), n: 2, done: [asked?.id ?? ""] });
    expect([...store.runs.keys()]).toEqual(["r1"]);
  });
});

describe("a comm that died with its kernel", () => {
  it("lets the text be read on, and says that the kernel does not answer", () => {
    const run = open();
    vi.spyOn(model, "send").mockImplementation(() => {
      throw new Error("Cannot send");
    });
    store.receive(append(2, 1, "kept"));
    store.painted(store.arrivedN, performance.now());
    vi.advanceTimersByTime(1000);
    run.cancel();
    vi.advanceTimersByTime(2000);
    expect(answerOf(run)).toBe("kept");
    expect(store.commands.isSilent("r1")).toBe(true);
  });
});
