import { expect, test } from "vitest";
import { makeDocument } from "./testing/document.ts";
import { cutAtRandom, cutEvery, describeNode, render, seeded } from "./testing/render.ts";

/** What texts are made of where a cut may matter. */
const BITS = [
  ..."ab \n\t*_`~[]()!<>#$\\=|\"'é😀&",
  ...["\n\n", "**", "``", "```\n", "~~~\n", "> ", "- ", "1. ", "    ", "## ", "| ", "|--|--|\n"],
  ...["$$", "&amp;", "http://x.y", "www.a.b", "@c.d", "===\n", "---\n", "<b>", "<div>", "<!--"],
  ...[
    "[a]: /u\n",
    "[^1]",
    "[^1]: ",
    "~~",
    "\\[",
    "\\]",
    "\\(",
    "\\)",
    "word",
    "a*b",
    "- [ ] ",
    "\r",
  ],
];

function makeText(seed: number): string {
  const random = seeded(seed);
  const count = 2 + Math.floor(random() * 24);
  const bits = Array.from({ length: count }, () => BITS[Math.floor(random() * BITS.length)] ?? "");
  return bits.join("");
}

test("1,500 texts of random marks do not depend on where they are cut", () => {
  for (let seed = 0; seed < 1500; seed += 1) {
    const text = makeText(seed);
    const whole = describeNode(render([text]));
    for (const pieces of [cutEvery(text, 1), cutAtRandom(text, seed, 5)]) {
      expect(describeNode(render(pieces)), JSON.stringify(text)).toBe(whole);
    }
  }
});

test("a document of 20,000 tokens does not depend on where it is cut, at 200 seeds", () => {
  const text = makeDocument(1, 80_000);
  const whole = normalised(render([text]));
  for (let seed = 0; seed < 200; seed += 1) {
    const streamed = normalised(render(cutAtRandom(text, seed, 20 + 20 * seed)));
    expect(streamed.isEqualNode(whole), `seed ${seed}`).toBe(true);
  }
});

test.each([1, 4])(
  "a document of 20,000 tokens comes out the same in pieces of %i units",
  (units) => {
    const text = makeDocument(1, 80_000);
    const streamed = normalised(render(cutEvery(text, units)));
    expect(streamed.isEqualNode(normalised(render([text])))).toBe(true);
  },
);

/** Where text nodes end does not count. */
function normalised(element: HTMLElement): HTMLElement {
  element.normalize();
  return element;
}
