import { expect, test } from "vitest";
import { FramePhase } from "./frame-phase.ts";

const FRAME_MS = 1000 / 60;

/** Frames at a steady rate; before each of them a message has so much time left. */
function play(waits: readonly number[], { dropEvery = 0, frameMs = FRAME_MS } = {}): FramePhase {
  const phase = new FramePhase();
  waits.forEach((wait, i) => {
    const at = 1000 + i * frameMs;
    phase.arrived(at - wait);
    if (dropEvery === 0 || i % dropEvery !== 0) {
      phase.painted(at);
    }
  });
  return phase;
}

/** The same numbers each time, from 0 to 1. */
function noise(count: number): number[] {
  let seed = 7;
  return Array.from({ length: count }, () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  });
}

test("messages that come in the rhythm of the screen tell how much time was left", () => {
  const { phase } = play(noise(100).map((at) => 5 + at));
  expect(phase?.frame_ms).toBeCloseTo(FRAME_MS, 1);
  expect(phase?.spare_ms).toBeGreaterThan(4);
  expect(phase?.spare_ms).toBeLessThan(5.6);
});

test("around the beginning of a frame is near 0 or a whole one, not half a frame", () => {
  const { phase } = play(noise(100).map((at) => (at < 0.5 ? at : FRAME_MS - 1 + at)));
  const spare = phase?.spare_ms ?? 99;
  expect(Math.min(Math.abs(spare), Math.abs(spare - FRAME_MS))).toBeLessThan(2);
});

test("a few that were held up do not move it", () => {
  const waits = noise(100).map((at, i) => (i % 10 === 0 ? 15 * at : 6 + at));
  const { phase } = play(waits);
  expect(phase?.spare_ms).toBeGreaterThan(4);
  expect(phase?.spare_ms).toBeLessThan(7);
});

test("dropped frames do not change what a frame is", () => {
  expect(play(Array(100).fill(4), { dropEvery: 7 }).phase?.frame_ms).toBeCloseTo(FRAME_MS, 1);
});

test("a screen of 120 Hz is one", () => {
  expect(play(Array(100).fill(4), { frameMs: 1000 / 120 }).phase?.frame_ms).toBeCloseTo(8.33, 1);
});

test("messages that come at any time say nothing", () => {
  expect(play(noise(120).map((at) => at * FRAME_MS)).phase).toBeUndefined();
});

test("messages that nobody painted say nothing", () => {
  const phase = new FramePhase();
  for (let i = 0; i < 60; i += 1) {
    phase.painted(i * FRAME_MS);
  }
  for (let i = 60; i < 160; i += 1) {
    phase.arrived(i * FRAME_MS - 4);
  }
  phase.painted(160 * FRAME_MS);
  expect(phase.phase).toBeUndefined();
});

test("too few messages say nothing, nor do those from before it was told to forget", () => {
  expect(play(Array(10).fill(4)).phase).toBeUndefined();
  const phase = play(Array(100).fill(4));
  phase.forget();
  expect(phase.phase).toBeUndefined();
});
