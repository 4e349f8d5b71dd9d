import { describe, expect, it } from "vitest";
import { type Command, type Message, type Patch, type RunView, read } from "./protocol.ts";
import { applyPatch, type RunModel, toRunView } from "./run-model.ts";
import { Sequence } from "./sequence.ts";

type Fixture = { readonly name: string; readonly messages: Message[]; readonly view: RunView };

const files = import.meta.glob<Fixture | Command[]>("../../tests/fixtures/protocol/*.json", {
  eager: true,
  import: "default",
});
const fixtures = Object.values(files).filter((file) => !Array.isArray(file)) as Fixture[];
const commands = Object.values(files).find((file) => Array.isArray(file)) as Command[];

function patchesOf(fixture: Fixture) {
  return fixture.messages.flatMap((message) => message.patches.map(read));
}

function play(patches: readonly Patch[]): RunView | null {
  const sequence = new Sequence();
  let model: RunModel | undefined;
  for (const patch of patches) {
    for (const ready of sequence.take(patch)) {
      model = applyPatch(model, ready);
    }
  }
  return model === undefined || sequence.hasGap ? null : toRunView(model, null);
}

/** The same shuffle each time for one seed. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const copy = [...items];
  let state = seed;
  for (let at = copy.length - 1; at > 0; at -= 1) {
    state = (state * 1103515245 + 12345) % 2147483648;
    const other = state % (at + 1);
    const [one, two] = [copy[at] as T, copy[other] as T];
    copy[at] = two;
    copy[other] = one;
  }
  return copy;
}

describe.each(fixtures)("the shared fixture “$name”", (fixture) => {
  it("gives the view both sides agree on", () => {
    expect(play(patchesOf(fixture))).toEqual(fixture.view);
  });

  it("gives the same view when every patch comes twice", () => {
    const twice = patchesOf(fixture).flatMap((patch) => [patch, patch]);
    expect(play(twice)).toEqual(fixture.view);
  });

  it("gives the same view when the whole stream is replayed after its end", () => {
    const patches = patchesOf(fixture);
    expect(play([...patches, ...patches])).toEqual(fixture.view);
  });

  it("gives the same view in any order of arrival", () => {
    for (let seed = 1; seed <= 25; seed += 1) {
      const [first, ...rest] = patchesOf(fixture);
      expect(play([first as never, ...shuffled(rest, seed)])).toEqual(fixture.view);
      expect(play(shuffled(patchesOf(fixture), seed))).toEqual(fixture.view);
    }
  });

  it("gives the same view when any one patch is lost and a snapshot follows", () => {
    const patches = patchesOf(fixture);
    for (let lost = 1; lost < patches.length; lost += 1) {
      const seq = (patches.at(-1)?.seq ?? 0) + 0;
      const snapshot = { type: "run-snapshot", run: "r1", seq, view: fixture.view } as const;
      const received = [...patches.slice(0, lost), ...patches.slice(lost + 1), snapshot];
      expect(play(received)).toEqual(fixture.view);
    }
  });

  it("survives a snapshot of itself", () => {
    const snapshot = { type: "run-snapshot", run: "r1", seq: 5, view: fixture.view } as const;
    expect(play([snapshot])).toEqual(fixture.view);
  });
});

it("has a fixture for every type of patch", () => {
  const types = new Set(fixtures.flatMap(patchesOf).map((patch) => patch.type));
  expect([...types].sort()).toEqual([
    "attempt-start",
    "error-set",
    "model-set",
    "notice-add",
    "part-finish",
    "part-start",
    "reasoning-set",
    "run-snapshot",
    "speed-set",
    "state-set",
    "text-append",
    "timing-set",
    "usage-set",
    "wait-set",
  ]);
});

it("has a fixture for every type of command", () => {
  const types = new Set(commands.map((command) => command.type));
  expect([...types].sort()).toEqual([
    "ack",
    "cancel",
    "commands",
    "pause",
    "restart",
    "resume",
    "resync",
    "speed",
  ]);
});
