import { expect, it } from "vitest";
import {
  appendText,
  countCharacters,
  EMPTY_TEXT,
  skipCharacters,
  sliceText,
  wholeText,
} from "./text.ts";

const WHOLE = "Grüße 👩‍👩‍👧, 𝔘𝔫𝔦\r\n".repeat(700);

it.each([1, 2, 3, 7, 1000, 5000])("holds the same text however it is split (%i)", (size) => {
  let text = EMPTY_TEXT;
  for (let at = 0; at < WHOLE.length; at += size) {
    text = appendText(text, WHOLE.slice(at, at + size));
  }
  expect(text.length).toBe(WHOLE.length);
  expect(wholeText(text)).toBe(WHOLE);
  for (const [from, to] of [
    [0, 5],
    [4090, 4101],
    [WHOLE.length - 3, WHOLE.length],
    [9, 9],
  ]) {
    expect(sliceText(text, from as number, to as number)).toBe(WHOLE.slice(from, to));
  }
});

it("leaves the text it was appended to as it was", () => {
  const before = appendText(EMPTY_TEXT, "one");
  appendText(before, " two");
  expect(wholeText(before)).toBe("one");
});

it("counts characters as Python does", () => {
  expect(countCharacters("a🙂é\u0301𝔘")).toBe(5);
  expect(countCharacters("\ud83d")).toBe(1);
});

it("finds the place after so many characters, and stops at the end", () => {
  expect(skipCharacters("a🙂b", 0, 2)).toBe(3);
  expect(skipCharacters("a🙂b", 1, 1)).toBe(3);
  expect(skipCharacters("a🙂b", 0, 99)).toBe(4);
});
