import { expect, test } from "vitest";
import { SlowBeat } from "./slow-beat.ts";

test("is due at first, and four times a second from then on", () => {
  const beat = new SlowBeat();
  expect(beat.isDue(0, false)).toBe(true);
  beat.drew(0);
  expect(beat.isDue(200, false)).toBe(false);
  expect(beat.isPutOff).toBe(false);
  expect(beat.isDue(250, false)).toBe(true);
});

test("leaves a full frame to others, asks for another, and has the next", () => {
  const beat = new SlowBeat();
  beat.drew(0);
  expect(beat.isDue(250, true)).toBe(false);
  expect(beat.isPutOff).toBe(true);
  expect(beat.isDue(267, false)).toBe(true);
  expect(beat.isPutOff).toBe(false);
});

test("waits no longer than some frames when all of them are full", () => {
  const beat = new SlowBeat();
  beat.drew(0);
  const frames = Array.from({ length: 30 }, (_, index) => index * 16.7);
  const first = frames.find((nowMs) => beat.isDue(nowMs, true));
  expect(first).toBeGreaterThan(300);
  expect(first).toBeLessThan(380);
});

test("what was drawn for another reason is not put off any more", () => {
  const beat = new SlowBeat();
  beat.drew(0);
  beat.isDue(250, true);
  beat.drew(250);
  expect(beat.isPutOff).toBe(false);
  expect(beat.isDue(400, false)).toBe(false);
});
