import { describe, expect, it } from "vitest";
import { sceneOf } from "../gallery/made.ts";
import { part, SCENES } from "../gallery/scenes.ts";
import {
  describeHeld,
  describeReasoning,
  describeRequest,
  describeShortfall,
  describe as describeState,
  mayRestart,
  type Scene,
} from "./describe.ts";
import {
  costOf,
  countTokens,
  describeTimeLeft,
  listNumbers,
  MEANINGS,
  progressOf,
} from "./numbers.ts";
import type { RunView } from "./protocol.ts";

const TEXT = [part("output_text", "x".repeat(400))];

describe("the state of a run", () => {
  it.each([
    ["waiting for the first word", "pending", "waiting for the first word"],
    ["queued behind others", "pending", "queued"],
    ["asking again", "pending", "asking again in 5 s"],
    ["no data", "streaming", "no data for 12 s"],
    ["fallen back", "streaming", "answering"],
    ["reasoning, its summary arriving", "streaming", "reasoning"],
    ["reasoning, hidden so far", "streaming", "reasoning"],
    ["answering, with an expectation", "streaming", "answering"],
    ["paused", "paused", "paused"],
    ["done", "completed", "done"],
    ["incomplete, all spent on reasoning", "incomplete", "incomplete"],
    ["cancelled", "cancelled", "cancelled"],
    ["failed", "failed", "failed"],
    ["cut off", "failed", "cut off"],
  ])("in the scene “%s” is %s, and reads “%s”", (name, state, pill) => {
    expect(describeState(sceneOf(SCENES[name] ?? {}))).toMatchObject({ state, pill });
  });

  it("stays paused while the run ends behind the pause", () => {
    const scene = sceneOf({ state: "completed", parts: TEXT });
    const held = { ...scene, reader: { ...scene.reader, paused: true, shown: 9 } };
    expect(describeState(held)).toMatchObject({
      state: "paused",
      pill: "paused · finished behind",
    });
  });

  it("is still streaming while a speed holds text back from the end", () => {
    const scene = sceneOf({ state: "completed", parts: TEXT });
    const slow = { ...scene, reader: { ...scene.reader, speed: 5, shown: 9 } };
    expect(describeState(slow)).toMatchObject({ state: "streaming", pill: "catching up" });
  });

  it("tells of a stream gone silent, and of a model that reasons in silence", () => {
    const wait = { kind: "data", since_s: 3, until_s: 303 } as const;
    const silent = { state: "streaming", wait, elapsed_s: 15.7 } as const;
    expect(describeState(sceneOf({ ...silent, parts: TEXT })).pill).toBe("no data for 12 s");
    expect(describeState(sceneOf({ ...silent, reasoning: true }))).toMatchObject({
      pill: "reasoning · no data for 12 s",
      tone: "violet",
    });
  });

  it("offers to ask again after a bad end, below the newest run, while the kernel lives", () => {
    const failed = sceneOf({ state: "failed", restartable: true });
    expect(mayRestart(failed)).toBe(true);
    expect(mayRestart(sceneOf({ state: "cancelled", restartable: true }))).toBe(true);
    expect(mayRestart(sceneOf({ state: "completed", restartable: true }))).toBe(false);
    expect(mayRestart(sceneOf({ state: "streaming", restartable: true }))).toBe(false);
    expect(mayRestart(sceneOf({ state: "failed", restartable: false }))).toBe(false);
    expect(mayRestart({ ...failed, newest: false })).toBe(false);
    expect(mayRestart({ ...failed, lost: true })).toBe(false);
  });

  it("counts down to the next attempt", () => {
    const wait = { kind: "retry", since_s: 1, until_s: 4.2 } as const;
    const pillAt = (elapsed_s: number) =>
      describeState(sceneOf({ state: "pending", wait, elapsed_s })).pill;
    expect([1, 3.3, 9].map(pillAt)).toEqual([
      "asking again in 4 s",
      "asking again in 1 s",
      "asking again in 0 s",
    ]);
  });

  it("is interrupted when the kernel is gone, unless it was over", () => {
    const lost = { lost: true };
    expect(describeState(sceneOf({ state: "streaming" }, lost)).pill).toBe("interrupted");
    expect(describeState(sceneOf({ state: "completed" }, lost)).pill).toBe("done");
  });
});

describe("the reasoning panel", () => {
  const usage = { ...(SCENES["done"]?.usage as NonNullable<RunView["usage"]>) };

  it("shows text with its facts", () => {
    const line = "summary · 3 parts · 9.0 s · 912 tokens";
    expect(describeReasoning(sceneOf(SCENES["done"] ?? {}))).toEqual({ face: "text", line });
  });

  it("marks a guess at its tokens", () => {
    const scene = sceneOf({ ...SCENES["done"], usage_source: "estimated" });
    expect(describeReasoning(scene).line).toContain("· ~912 tokens");
  });

  it("says when the provider kept the words", () => {
    expect(describeReasoning(sceneOf({ state: "completed", usage })).line).toBe(
      "hidden: reasoned 912 tokens; the provider did not return the text",
    );
  });

  it("is not there where nothing was reasoned", () => {
    expect(describeReasoning(sceneOf({ state: "completed" })).face).toBe("none");
    const none = { ...usage, reasoning_tokens: 0 };
    expect(describeReasoning(sceneOf({ state: "completed", usage: none })).face).toBe("none");
  });
});

describe("the numbers", () => {
  const wordsOf = (scene: Scene) =>
    listNumbers(scene).map(({ value, words }) => `${value} ${words}`.trim());

  it("mark what is estimated", () => {
    const scene = sceneOf(
      { state: "streaming", parts: TEXT, elapsed_s: 2, ttft_s: 0.5, cost_usd: 0.0009 },
      { charactersPerS: 348 },
    );
    expect(wordsOf(scene)).toEqual([
      "2.0 s elapsed",
      "~100 tokens",
      "~87 tokens/s",
      "first after 0.5 s",
      "~$0.0009",
    ]);
  });

  it("tell the rate of late from the one since the first token", () => {
    const scene = sceneOf(
      { state: "streaming", parts: TEXT, elapsed_s: 10.5, ttft_s: 0.5 },
      { charactersPerS: 348 },
    );
    expect(wordsOf(scene)).toContain("~87 tokens/s");
    expect(wordsOf(scene)).toContain("~10 overall");
  });

  it("count the cost by the rates until it is reported", () => {
    const rates = { prompt_usd: 0.001, output_token_usd: 0.00002 };
    const live = { state: "streaming", parts: TEXT, rates } as const;
    expect(costOf(sceneOf(live).model)).toEqual({ usd: 0.003, exact: false });
    expect(wordsOf(sceneOf(live))).toContain("~$0.0030");
    expect(costOf(sceneOf({ ...live, cost_usd: 0.5 }).model)?.usd).toBe(0.5);
    expect(costOf(sceneOf({ state: "streaming", parts: TEXT }).model)).toBeNull();
  });

  it("each have a meaning", () => {
    const scene = sceneOf(SCENES["no data"] ?? {});
    expect(wordsOf(scene)).toContain("gives up after 1:00 of silence");
    for (const { key } of listNumbers(scene)) {
      expect(MEANINGS[key]).toMatch(/\.$/);
    }
  });

  it("are plain once reported, with the split", () => {
    expect(wordsOf(sceneOf(SCENES["done"] ?? {}))).toEqual([
      "14.8 s elapsed",
      "1,284 tokens",
      "912 reasoning · 372 answer",
      "87 tokens/s",
      "first after 0.8 s",
      "$0.0026",
    ]);
  });

  it("count what has arrived, also behind a pause", () => {
    const scene = sceneOf({ state: "paused", parts: TEXT, shown: 40 });
    expect(countTokens(scene.model)).toBe(100);
    expect(describeHeld(scene)).toBe("90 held");
    expect(wordsOf(scene)).toContain("still arriving behind the pause");
  });

  it("say how long is left only where something tells, and say what", () => {
    const live = { charactersPerS: 80 };
    const expected = { output_tokens: 220, source: "from 14 past answers" };
    const known = sceneOf({ state: "streaming", parts: TEXT, expected }, live);
    expect(describeTimeLeft(known)).toBe("about 6 s left, from 14 past answers");
    expect(progressOf(known.model)).toBeCloseTo(100 / 220);
    const unknown = sceneOf({ state: "streaming", parts: TEXT }, live);
    expect(describeTimeLeft(unknown)).toBe("");
    expect(progressOf(unknown.model)).toBeNull();
    const limit = { output_tokens: 4100, source: "of max_output_tokens" };
    const limited = sceneOf({ state: "streaming", parts: TEXT, expected: limit }, live);
    expect(describeTimeLeft(limited)).toBe("at most 3:20 left, of max_output_tokens");
  });
});

it("names what was asked for", () => {
  const model = sceneOf({ effort: "high", summary: "detailed", attempt: 2 }).model;
  expect(describeRequest(model)).toBe("effort high · summary detailed · attempt 2");
});

it("names who was asked first where another answers", () => {
  const { model } = sceneOf(SCENES["fallen back"] ?? {});
  expect(describeRequest(model)).toBe("instead of gpt-5-mini · attempt 3");
  const elsewhere = sceneOf({ provider: "xai", model: "grok-4", first_target: "openai:gpt-5" });
  expect(describeRequest(elsewhere.model)).toBe("instead of openai:gpt-5");
});

it("shows how far a replay has come, and the run as it is once it has ended", () => {
  const run = { state: "completed", elapsed_s: 14.8, parts: TEXT } as const;
  const replaying = sceneOf(run, { replayS: 4.1 });
  expect(describeState(replaying)).toMatchObject({
    state: "streaming",
    pill: "replaying · 4.1 s of 14.8 s",
  });
  expect(describeState(sceneOf(run)).pill).toBe("done");
});

it("offers no restart where no kernel stands behind the page", () => {
  const cancelled = SCENES["cancelled"] ?? {};
  expect(mayRestart(sceneOf(cancelled))).toBe(true);
  expect(mayRestart(sceneOf(cancelled, { restored: true }))).toBe(false);
});

it("explains an answer that stops short, unless the kernel already did", () => {
  const scene = SCENES["incomplete, all spent on reasoning"] ?? {};
  expect(describeShortfall(sceneOf(scene).model)).toBe(
    "Stopped at max_output_tokens=256, all spent on reasoning. Raise it, or lower effort.",
  );
  const told = { ...scene, notices: [{ level: "warn", text: "Stopped." }] } as const;
  expect(describeShortfall(sceneOf(told).model)).toBe("");
});
