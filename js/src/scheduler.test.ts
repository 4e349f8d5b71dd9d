import { expect, it } from "vitest";
import { FrameLoop, type FrameTask } from "./scheduler.ts";

function makePage() {
  const frames: (() => void)[] = [];
  const timers: { callback: () => void; delayMs: number }[] = [];
  const page = { nowMs: 0, hidden: false };
  const loop = new FrameLoop({
    requestFrame: (callback) => frames.push(callback),
    setTimer: (callback, delayMs) => timers.push({ callback, delayMs }),
    nowMs: () => page.nowMs,
    isHidden: () => page.hidden,
  });
  const runFrame = () => frames.shift()?.();
  const runTimer = () => timers.shift()?.callback();
  return { loop, page, frames, timers, runFrame, runTimer };
}

function makeTask(log: string[], name: string, paint: () => boolean = () => false, visible = true) {
  const task: FrameTask = {
    paint: () => {
      log.push(name);
      return paint();
    },
    settle: () => log.push(`${name} settled`),
    isVisible: () => visible,
    grown: 0,
  };
  return task;
}

it("asks for one frame however many tasks there are, and for none when all is painted", () => {
  const { loop, frames, runFrame } = makePage();
  const log: string[] = [];
  const [one, two] = [makeTask(log, "one"), makeTask(log, "two")];
  loop.request(one);
  loop.request(one);
  loop.request(two);
  expect(frames).toHaveLength(1);
  runFrame();
  expect(log).toEqual(["one", "two", "one settled", "two settled"]);
  expect(frames).toHaveLength(0);
});

it("paints a task again in the next frame while it has more", () => {
  const { loop, frames, runFrame } = makePage();
  const log: string[] = [];
  let left = 2;
  loop.request(makeTask(log, "long", () => --left > 0));
  runFrame();
  expect(frames).toHaveLength(1);
  runFrame();
  expect(frames).toHaveLength(0);
  expect(log.filter((entry) => entry === "long")).toHaveLength(2);
});

it("stops at its budget, and whoever was left out comes first in the next frame", () => {
  const { loop, page, runFrame } = makePage();
  const log: string[] = [];
  const slow = () => {
    page.nowMs += 5;
    return true;
  };
  for (const name of ["a", "b", "c"]) {
    loop.request(makeTask(log, name, slow));
  }
  runFrame();
  runFrame();
  expect(log.filter((entry) => !entry.includes("settled"))).toEqual(["a", "b", "c", "a"]);
});

it("leaves what is off screen to a slow timer", () => {
  const { loop, frames, timers, runFrame, runTimer } = makePage();
  const log: string[] = [];
  loop.request(makeTask(log, "unseen", () => false, false));
  runFrame();
  expect(log).toEqual([]);
  expect(timers.map(({ delayMs }) => delayMs)).toEqual([1000]);
  runTimer();
  expect(log).toEqual(["unseen", "unseen settled"]);
  expect(frames).toHaveLength(0);
  expect(timers).toHaveLength(0);
});

it("asks a hidden tab for no frame, and still paints", () => {
  const { loop, page, frames, runTimer } = makePage();
  const log: string[] = [];
  page.hidden = true;
  loop.request(makeTask(log, "hidden"));
  expect(frames).toHaveLength(0);
  runTimer();
  expect(log[0]).toBe("hidden");
});

it("gathers slow requests into one frame four times a second", () => {
  const { loop, frames, timers, runFrame, runTimer } = makePage();
  const log: string[] = [];
  loop.requestSlow(makeTask(log, "one"));
  loop.requestSlow(makeTask(log, "two"));
  expect(timers.map(({ delayMs }) => delayMs)).toEqual([250]);
  expect(frames).toHaveLength(0);
  runTimer();
  expect(frames).toHaveLength(1);
  runFrame();
  expect(log.slice(0, 2)).toEqual(["one", "two"]);
});

it("forgets a task that was dropped", () => {
  const { loop, runFrame } = makePage();
  const log: string[] = [];
  const task = makeTask(log, "gone");
  loop.request(task);
  loop.requestSlow(task);
  loop.drop(task);
  runFrame();
  expect(log).toEqual([]);
});

it("takes more time at once in a hidden tab, where no frame waits for it", () => {
  const { loop, page, runTimer } = makePage();
  page.hidden = true;
  const log: string[] = [];
  const slow = () => {
    page.nowMs += 10;
    return false;
  };
  for (const name of ["one", "two", "three"]) {
    loop.request(makeTask(log, name, slow));
  }
  runTimer();
  expect(log.filter((entry) => !entry.endsWith("settled"))).toEqual(["one", "two", "three"]);
});

it("lets so many texts grow in a frame, and the others in the next", () => {
  const { loop, runFrame } = makePage();
  const log: string[] = [];
  for (const name of ["one", "two", "three"]) {
    loop.request({ ...makeTask(log, name), grown: 5 });
  }
  const painted = () => log.splice(0).filter((entry) => !entry.endsWith("settled"));
  runFrame();
  expect(painted()).toEqual(["one", "two"]);
  runFrame();
  expect(painted()).toEqual(["three"]);
});
