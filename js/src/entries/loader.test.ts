import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FakeModel } from "../../gallery/fake-model.ts";
import { announce, type Hub, pageHub, type Runtime } from "../hub.ts";
import type { Message } from "../protocol.ts";
import loader from "./loader.ts";

const BUILD = "unbuilt";

function message(n: number): Message {
  return { n, patches: [] };
}

/** A runtime that notes what it is given. */
function fakeRuntime() {
  const opened: unknown[] = [];
  let closed = 0;
  const runtime: Runtime = {
    initialize: ({ early }) => {
      opened.push(early);
      return () => {
        closed += 1;
      };
    },
    render: () => () => undefined,
  };
  return { runtime, opened, closed: () => closed };
}

let hub: Hub;

beforeEach(() => {
  vi.useFakeTimers();
  hub = pageHub();
  hub.runtimes.clear();
  hub.listeners.clear();
  hub.asked.clear();
});

afterEach(() => {
  vi.useRealTimers();
});

it("hands over at once where the page has the front end", () => {
  const { runtime, opened, closed } = fakeRuntime();
  hub.runtimes.set(BUILD, runtime);
  const model = new FakeModel("w1", message(1));
  const close = loader.initialize({ model });
  expect(opened).toEqual([[message(1)]]);
  close();
  expect(closed()).toBe(1);
  expect(hub.listeners.size).toBe(0);
});

it("keeps what the kernel sends until the front end is there", () => {
  const { runtime, opened } = fakeRuntime();
  const model = new FakeModel("w2", message(1));
  loader.initialize({ model });
  model.push(message(2));
  model.push(message(3));
  hub.runtimes.set("another build", runtime);
  announce(hub);
  expect(opened).toEqual([]);
  hub.runtimes.set(BUILD, runtime);
  announce(hub);
  expect(opened).toEqual([[message(1), message(2), message(3)]]);
  model.push(message(4));
  announce(hub);
  expect(opened).toHaveLength(1);
});

it("asks the kernel where nothing brings the front end, one widget for all", () => {
  const models = [new FakeModel("w3", message(1)), new FakeModel("w4", message(1))];
  const closes = models.map((model) => loader.initialize({ model }));
  vi.advanceTimersByTime(10_000);
  const asked = models.flatMap(({ sent }) => sent);
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({ type: "module" });
  vi.advanceTimersByTime(10_000);
  expect(models.flatMap(({ sent }) => sent)).toHaveLength(2);
  for (const close of closes) {
    close();
  }
  vi.advanceTimersByTime(60_000);
  expect(models.flatMap(({ sent }) => sent)).toHaveLength(2);
});

it("opens nothing for a widget that is gone before the front end comes", () => {
  const { runtime, opened } = fakeRuntime();
  loader.initialize({ model: new FakeModel("w5", message(1)) })();
  hub.runtimes.set(BUILD, runtime);
  announce(hub);
  expect(opened).toEqual([]);
});
