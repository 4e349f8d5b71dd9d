import { expect, test } from "vitest";
import { LineGroups } from "../dom/line-groups.ts";
import { Painter } from "./painter.ts";

test("colours that come late are put on all lines before them, in whatever boxes they stand", () => {
  const host = document.createElement("code");
  const groups = new LineGroups(host, () => null);
  const source = Array.from({ length: 500 }, (_, line) => `return ${line}\n`).join("");
  for (const line of source.trimEnd().split("\n")) {
    groups.append(line);
    groups.endLine();
  }
  new Painter("python", host);
  expect(host.querySelectorAll(".sw-c-k")).toHaveLength(500);
  expect(host.textContent).toBe(source);
});
