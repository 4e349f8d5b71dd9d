import { describe, expect, it } from "vitest";
import { sceneOf } from "../gallery/made.ts";
import { part, SCENES } from "../gallery/scenes.ts";
import { tally } from "./tally.ts";

const TEXT = [part("output_text", "x".repeat(400))];
const scene = (name: string) => sceneOf(SCENES[name] ?? {});

describe("many runs together", () => {
  it("are counted by how they stand", () => {
    const scenes = ["done", "answering, with an expectation", "asking again", "paused", "failed"];
    expect(tally(scenes.map(scene))).toMatchObject({
      count: "5 runs",
      words: "1 done · 1 streaming · 1 waiting · 1 paused · 1 failed",
      running: 3,
      paused: 1,
    });
  });

  it("count as failed once the kernel is gone", () => {
    const lost = sceneOf({ state: "streaming" }, { lost: true });
    expect(tally([lost])).toMatchObject({ words: "1 failed", running: 0, progress: 1 });
  });

  it("took from the first start to the last end", () => {
    const first = sceneOf({ state: "completed", started_at: 1000, elapsed_s: 4 });
    const last = sceneOf({ state: "completed", started_at: 1010, elapsed_s: 6 });
    expect(tally([last, first]).elapsed).toBe("16.0 s");
  });

  it("cost what each costs, as an estimate if one of them is", () => {
    const known = scene("done");
    const rates = { prompt_usd: 0.001, output_token_usd: 0.00001 };
    expect(tally([known, known]).cost).toBe("$0.0052");
    expect(tally([known, sceneOf({ state: "streaming", parts: TEXT, rates })]).cost).toBe(
      "~$0.0046",
    );
    expect(tally([known, scene("refused")]).cost).toBe("~$0.0026");
    expect(tally([scene("refused")]).cost).toBe("");
  });

  it("are as far as they are on average", () => {
    const expected = { output_tokens: 200, source: "from 3 past answers" };
    const half = sceneOf({ state: "streaming", parts: TEXT, expected });
    expect(tally([half, scene("done"), scene("queued behind others")]).progress).toBe(0.5);
    expect(tally([scene("failed"), scene("cancelled")]).progress).toBe(1);
  });
});
