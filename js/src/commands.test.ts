import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FakeModel } from "../gallery/fake-model.ts";
import { Commands } from "./commands.ts";
import { Kernel } from "./kernel.ts";

type Control = {
  content: { model_id: unknown; command: { id: string } };
  header: { msg_type: string };
};

let model: FakeModel;
let commands: Commands;
let changed: ReturnType<typeof vi.fn>;
let control: Control[];
let future: { onReply?: (reply: unknown) => void };

function connect(kernel: object | null): void {
  model = new FakeModel("w1", { n: 1, patches: [] });
  model.widget_manager = { kernel };
  changed = vi.fn();
  commands = new Commands(
    (command) => model.send(command),
    new Kernel(model),
    () => changed(),
  );
}

beforeEach(() => {
  vi.useFakeTimers();
  control = [];
  future = {};
  connect({
    sendControlMessage: (message: Control) => {
      control.push(message);
      return future;
    },
  });
});

afterEach(() => {
  commands.close();
  vi.useRealTimers();
});

it("goes by custom message alone when that is answered within 300 ms", () => {
  const id = commands.send({ type: "cancel", run: "r1" });
  expect(commands.isPending("r1", "cancel")).toBe(true);
  vi.advanceTimersByTime(299);
  commands.acknowledge([id]);
  vi.advanceTimersByTime(5000);
  expect(model.sent).toEqual([{ type: "cancel", run: "r1", id }]);
  expect(control).toEqual([]);
  expect(commands.isPending("r1", "cancel")).toBe(false);
});

it("goes with the same id over the control channel after 300 ms", () => {
  const id = commands.send({ type: "cancel", run: "r1" });
  vi.advanceTimersByTime(300);
  expect(control).toHaveLength(1);
  expect(control[0]?.header.msg_type).toBe("stream_widget_request");
  expect(control[0]?.content).toEqual({
    model_id: "w1",
    command: { type: "cancel", run: "r1", id },
  });
  future.onReply?.({ content: { status: "error" } });
  expect(commands.isPending("r1", "cancel")).toBe(true);
  future.onReply?.({ content: { status: "ok" } });
  expect(commands.isPending("r1", "cancel")).toBe(false);
  vi.advanceTimersByTime(5000);
  expect(commands.isSilent("r1")).toBe(false);
});

it("tells that the kernel is silent after 1.5 s, until it answers", () => {
  const id = commands.send({ type: "pause", run: "r1", shown: 3 });
  vi.advanceTimersByTime(1499);
  expect(commands.isSilent("r1")).toBe(false);
  vi.advanceTimersByTime(1);
  expect(commands.isSilent("r1")).toBe(true);
  expect(commands.isSilent("r2")).toBe(false);
  expect(changed).toHaveBeenCalled();
  commands.acknowledge([id]);
  expect(commands.isSilent("r1")).toBe(false);
});

it.each([
  ["no manager", undefined],
  ["no kernel", null],
  ["a kernel without a control channel", {}],
  [
    "a control channel that throws",
    {
      sendControlMessage: () => {
        throw new Error("disposed");
      },
    },
  ],
])("does without the control channel where there is %s", (_name, kernel) => {
  connect(kernel as object | null);
  if (kernel === undefined) {
    model.widget_manager = undefined;
  }
  commands.send({ type: "cancel", run: "r1" });
  vi.advanceTimersByTime(1500);
  expect(commands.isSilent("r1")).toBe(true);
});

it("makes ids also where the page is not a secure one", () => {
  vi.stubGlobal("crypto", { getRandomValues: (bytes: Uint8Array) => bytes.fill(171) });
  expect(commands.send({ type: "cancel", run: "r1" })).toBe("ab".repeat(16));
  vi.unstubAllGlobals();
});

it("tells when the kernel stops or restarts, until it is told to stop telling", () => {
  const slots = new Set<(sender: unknown, status: unknown) => void>();
  connect({
    statusChanged: {
      connect: (slot: never) => slots.add(slot),
      disconnect: (slot: never) => slots.delete(slot),
    },
  });
  const gone = vi.fn();
  const ended = new AbortController();
  new Kernel(model).watch(gone, { signal: ended.signal });
  for (const status of ["busy", "idle", "restarting"]) {
    for (const slot of slots) {
      slot(null, status);
    }
  }
  expect(gone).toHaveBeenCalledTimes(1);
  ended.abort();
  expect(slots.size).toBe(0);
});

it("goes with others in one message, and what of them is unanswered so again over control", () => {
  const ids: string[] = [];
  commands.together(() => {
    ids.push(...["r1", "r2", "r3"].map((run) => commands.send({ type: "cancel", run })));
    expect(model.sent).toEqual([]);
  });
  expect(model.sent).toEqual([
    {
      type: "commands",
      commands: ["r1", "r2", "r3"].map((run, at) => ({ type: "cancel", run, id: ids[at] })),
    },
  ]);
  commands.acknowledge(ids.slice(0, 1));
  vi.advanceTimersByTime(300);
  expect(control.map(({ content }) => content.command)).toEqual([
    {
      type: "commands",
      commands: ["r2", "r3"].map((run, at) => ({ type: "cancel", run, id: ids[at + 1] })),
    },
  ]);
  vi.advanceTimersByTime(1200);
  expect(["r1", "r2", "r3"].map((run) => commands.isSilent(run))).toEqual([false, true, true]);
  future.onReply?.({ content: { status: "ok" } });
  expect(commands.isPending("r2", "cancel") || commands.isPending("r3", "cancel")).toBe(false);
  expect(vi.getTimerCount()).toBe(0);
});

it("sends nothing where nothing was put together", () => {
  commands.together(() => undefined);
  expect(model.sent).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
