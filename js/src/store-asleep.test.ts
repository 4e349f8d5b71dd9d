import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeModel } from "../gallery/fake-model.ts";
import { view } from "../gallery/scenes.ts";
import type { RunCommand, RunView } from "./protocol.ts";
import { Store } from "./store.ts";

let model: FakeModel;
let store: Store;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  store.close();
  vi.useRealTimers();
});

function commandsOf(type: RunCommand["type"]): RunCommand[] {
  return model.sent.filter((command): command is RunCommand => command.type === type);
}

describe("a kernel that thinks nobody looks", () => {
  function asleep(state: RunView["state"]): void {
    const runs = ["r1", "r2"].map((run) => ({
      type: "run-snapshot" as const,
      run,
      seq: 0,
      view: view({ run, state: run === "r1" ? "completed" : state }),
    }));
    const message = { n: 1, patches: runs, asleep: true } as const;
    model = new FakeModel("w1", message);
    store = new Store(model);
    store.receive(message);
  }

  it("is left asleep until a view listens, and then asked for what goes on", () => {
    asleep("streaming");
    expect(model.sent).toEqual([]);
    const stop = store.subscribe(() => undefined);
    expect(commandsOf("resync").map(({ run }) => run)).toEqual(["r2"]);
    store.subscribe(() => undefined);
    expect(model.sent).toHaveLength(1);
    stop();
  });

  it("is asked for all that goes on in one message", () => {
    asleep("pending");
    store.receive({
      n: 2,
      patches: [{ type: "run-snapshot", run: "r3", seq: 0, view: view({ run: "r3" }) }],
      asleep: true,
    });
    store.subscribe(() => undefined);
    const [message] = model.sent;
    expect(message?.type === "commands" && message.commands.map(({ run }) => run)).toEqual([
      "r2",
      "r3",
    ]);
  });

  it("is not disturbed for runs that are over", () => {
    asleep("failed");
    store.subscribe(() => undefined);
    expect(model.sent).toEqual([]);
  });
});
