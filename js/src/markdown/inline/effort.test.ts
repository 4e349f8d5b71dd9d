import { expect, test } from "vitest";
import { SPAN_UNITS } from "../limits.ts";
import { HOSTILE_SHAPES, LONG_BLOCKS } from "../testing/document.ts";
import { parseInline } from "./parse-inline.ts";

const STEP = 512;

/** The most that is read again when `STEP` more units have come, over a whole text. */
function mostReadAgain(text: string): number {
  let raw = "";
  let before = "";
  let most = 0;
  for (let at = 0; at < text.length; at += STEP) {
    raw += text.slice(at, at + STEP);
    const { settled } = parseInline(raw, { before, isFinal: false, lookup: () => undefined });
    before = settled > 0 ? (raw[settled - 1] ?? "") : before;
    raw = raw.slice(settled);
    most = Math.max(most, raw.length);
  }
  return most;
}

test.each(Object.entries(HOSTILE_SHAPES))(
  "of %j never more than a span is read again",
  (_name, make) => {
    expect(mostReadAgain(make(12_000))).toBeLessThanOrEqual(SPAN_UNITS + STEP);
  },
);

test("of a long paragraph only what is open is read again", () => {
  const paragraph = LONG_BLOCKS["paragraph"]?.(40_000) ?? "";
  expect(paragraph.length).toBeGreaterThanOrEqual(40_000);
  expect(mostReadAgain(paragraph)).toBeLessThanOrEqual(STEP + 700);
});
