import { expect, it } from "vitest";
import { formatCost, formatCount, formatDuration, plural } from "./format.ts";

it.each([
  [0, "0.0 s"],
  [12.44, "12.4 s"],
  [59.96, "1:00"],
  [125, "2:05"],
  [3725, "1:02:05"],
])("writes %d seconds as %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

it.each([
  [0, "$0.00"],
  [0.0026, "$0.0026"],
  [0.0005, "$0.0005"],
  [0.00031, "$0.00031"],
  [0.12345, "$0.1235"],
  [1.2, "$1.20"],
])("writes %d dollars as %s", (usd, text) => {
  expect(formatCost(usd)).toBe(text);
});

it("groups thousands and counts in the singular", () => {
  expect(formatCount(1284)).toBe("1,284");
  expect(plural(1, "part")).toBe("1 part");
  expect(plural(2000, "token")).toBe("2,000 tokens");
});
