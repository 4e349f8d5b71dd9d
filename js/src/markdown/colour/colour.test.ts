import { expect, test } from "vitest";
import { colourLine, type Span, type State } from "./colour.ts";
import { GRAMMARS } from "./grammars.ts";
import { NAMES } from "./names.ts";

function colour(code: string, language: string): Span[] {
  let state: State = null;
  return code.split(/(?<=\n)/).flatMap((line) => {
    const coloured = colourLine(line, language, state);
    state = coloured?.state ?? null;
    return coloured?.spans ?? [];
  });
}

const wordsOf = (spans: readonly Span[]) =>
  spans.map((span) => (typeof span === "string" ? span : span[1])).join("");

test("keywords, titles, strings, numbers and comments of Python have their kinds", () => {
  const spans = colour('def f(x):  # why\n    """a\n    b"""\n    return "s" + 10\n', "py");
  expect(spans).toContainEqual(["k", "def"]);
  expect(spans).toContainEqual(["t", "f"]);
  expect(spans).toContainEqual(["c", "# why"]);
  expect(spans).toContainEqual(["s", '"""a\n']);
  expect(spans).toContainEqual(["s", '    b"""']);
  expect(spans).toContainEqual(["s", '"s"']);
  expect(spans).toContainEqual(["n", "10"]);
});

const SAMPLE = `a = "b\\"c" + 'd' // x /* y */ # z -- w <!-- t -->\n<tag a="b"> @dec $v {x: 1.5e3}\n\t\\end \`q\`\n`;

test.each(Object.keys(GRAMMARS))("no character of %s is lost or doubled", (language) => {
  expect(wordsOf(colour(SAMPLE, language))).toBe(SAMPLE);
});

test("every other name stands for a language that is known", () => {
  expect(Object.values(NAMES).filter((name) => !Object.hasOwn(GRAMMARS, name))).toEqual([]);
});

test.each(["", "brainfuck", "__proto__", "constructor"])("%j is no language", (language) => {
  expect(colourLine("x = 1\n", language, null)).toBeNull();
});
