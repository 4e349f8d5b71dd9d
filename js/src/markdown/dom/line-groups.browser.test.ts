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
  expect(host.querySelectorAll("span > span")).toHaveLength(2);
});
