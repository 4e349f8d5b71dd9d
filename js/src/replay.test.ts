import { expect, it } from "vitest";
import { modelOf } from "../gallery/made.ts";
import { part } from "../gallery/scenes.ts";
import { replayedMs, shownAt, startReplay } from "./replay.ts";

const MODEL = modelOf({
  state: "completed",
  parts: [part("output_text", "one two three")],
  timeline: "100:0+4 200+4 1000+5",
});

it("shows at each moment what had arrived by then", () => {
  const replay = startReplay(MODEL, 1, 5000);
  const shown = [5000, 5099, 5100, 5299, 5300, 6299, 6300, 99_999].map((ms) => shownAt(replay, ms));
  expect(shown).toEqual([0, 0, 4, 4, 8, 8, 13, 13]);
});

it("goes as many times as fast as it is told", () => {
  const replay = startReplay(MODEL, 4, 0);
  expect(replayedMs(replay, 75)).toBe(300);
  expect([24, 25, 75, 325].map((ms) => shownAt(replay, ms))).toEqual([0, 4, 8, 13]);
});
