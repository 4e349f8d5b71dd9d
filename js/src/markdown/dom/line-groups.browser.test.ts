import { expect, test } from "vitest";
import { LineGroups } from "./line-groups.ts";

test("a line that began before the colours came is shown once, in colours", () => {
  const host = document.createElement("code");
  let coloured = false;
  const groups = new LineGroups(host, (line) => {
    const span = document.createElement("span");
    span.textContent = line;
    return coloured ? [span] : null;
  });
  groups.append("first line");
  groups.endLine();
  groups.append("second");
  groups.append(" line");
  coloured = true;
  groups.append(", all of it");
  groups.endLine();
  groups.append("third");
  groups.endLine();
  expect(host.textContent).toBe("first line\nsecond line, all of it\nthird\n");
  expect(host.querySelectorAll(".sw-lines > span")).toHaveLength(2);
});

test("of thousands of lines the browser has few boxes to look at", () => {
  const host = document.createElement("code");
  const groups = new LineGroups(host, () => null);
  for (let line = 0; line < 10_000; line += 1) {
    groups.append(`line ${line}`);
    groups.endLine();
  }
  expect(host.childElementCount).toBeLessThanOrEqual(40);
  const boxes = [...host.querySelectorAll("span")];
  expect(Math.max(...boxes.map((box) => box.childElementCount))).toBeLessThan(40);
  const open = [...host.children].filter((box) => !box.classList.contains("sw-finished"));
  expect(open).toEqual([host.lastElementChild]);
  expect(host.textContent.split("\n")).toHaveLength(10_001);
});
