import { expect, it } from "vitest";
import { formatTimeline, parseTimeline } from "./timeline.ts";

const ARRIVALS = [
  { atMs: 800, part: 0, characters: 15 },
  { atMs: 833, part: 0, characters: 12 },
  { atMs: 873, part: 1, characters: 5 },
];

it("writes the time since the entry before, and a part only where it changes", () => {
  expect(formatTimeline(ARRIVALS)).toBe("800:0+15 33+12 40:1+5");
  expect(formatTimeline([])).toBe("");
});

it("reads what it writes", () => {
  expect(parseTimeline(formatTimeline(ARRIVALS))).toEqual(ARRIVALS);
  expect(parseTimeline("")).toEqual([]);
});

it("stops at an entry that is none", () => {
  expect(parseTimeline("800:0+15 33+12 nonsense 40:1+5")).toEqual(ARRIVALS.slice(0, 2));
  expect(parseTimeline("-1:0+3")).toEqual([]);
  expect(parseTimeline("1e9:0+3")).toEqual([]);
});
