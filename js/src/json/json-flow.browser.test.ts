import { expect, test } from "vitest";
import { cutAtRandom, cutEvery, describeNode } from "../markdown/testing/render.ts";
import { JsonFlow } from "./json-flow.ts";

function render(pieces: readonly string[]): HTMLElement {
  const host = document.createElement("div");
  const flow = new JsonFlow(host);
  for (const piece of pieces) {
    flow.append(piece);
  }
  flow.finish();
  return host;
}

const DOCUMENT = JSON.stringify(
  {
    "a key": [1, -2.5e3, true, null, 'text with "quotes", a \\ and ünïcode 🙂'],
    empty: {},
    none: [],
    nested: { deep: [{ x: [[]] }, { y: "<img src=x onerror=alert(1)>" }] },
    long: "x".repeat(9000),
  },
  null,
  1,
);

test("names, values and counts are shown, and objects and arrays fold", () => {
  const host = render([DOCUMENT]);
  expect(host.querySelectorAll("details[open]").length).toBe(10);
  expect(host.querySelector("details .sw-json-count")?.textContent).toBe("5");
  expect([...host.querySelectorAll(".sw-c-n")].map((node) => node.textContent)).toEqual([
    "1",
    "-2500",
    "true",
    "null",
  ]);
  expect(host.querySelector("img")).toBeNull();
  expect(host.querySelector(".sw-json-rest")).toBeNull();
});

test("it does not depend on where the text is cut", () => {
  const whole = describeNode(render([DOCUMENT]));
  expect(describeNode(render(cutEvery(DOCUMENT, 1)))).toBe(whole);
  for (let seed = 0; seed < 50; seed += 1) {
    expect(describeNode(render(cutAtRandom(DOCUMENT, seed)))).toBe(whole);
  }
});

test.each([
  ['{"a": 1, b: 2}', "b: 2}"],
  ["Here is it: {}", "Here is it: {}"],
  ['{"a": [1, 2', null],
  ['{"a": "unfinished', null],
  ['{"a": tru', '"a": tru'],
  ["[1,]", "]"],
  ['{"a"}', '"a": }'],
  ["[".repeat(200), "[".repeat(100)],
])("of %j what is no JSON stays text: %j", (text, rest) => {
  for (const pieces of [[text], cutEvery(text, 1)]) {
    expect(render(pieces).querySelector(".sw-json-rest")?.textContent ?? null).toBe(rest);
  }
});

test("nothing is added twice or rewritten while it grows", () => {
  const host = document.createElement("div");
  const flow = new JsonFlow(host);
  flow.append('{"items": [1, 2');
  const row = host.querySelector(".sw-json-row");
  flow.append(`${", 3".repeat(500)}]}`);
  flow.finish();
  expect(host.querySelector(".sw-json-row")).toBe(row);
  expect(host.querySelectorAll(".sw-json-row").length).toBe(502);
});
