/** Documents such as models write, of any length, the same for the same seed. */

import { seeded } from "./render.ts";

const WORDS =
  "the heap keeps only what it needs while a stream goes on and each item is compared with smallest of them naïve größer 北京 🙂 O(n) cost".split(
    " ",
  );

type Random = () => number;

function sentence(random: Random, words = 14): string {
  const length = 4 + Math.floor(random() * words);
  const picked = Array.from({ length }, () => decorate(pick(random, WORDS), random));
  return `${picked.join(" ")}.`;
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}

function decorate(word: string, random: Random): string {
  const looks = [
    `**${word}**`,
    `*${word}*`,
    `\`${word}\``,
    `[${word}](https://example.org/${word})`,
  ];
  const odd = [
    `~~${word}~~`,
    `$x_${word.length}^2$`,
    "$5",
    "a * b",
    "snake_case",
    "https://x.io/a_b",
  ];
  const chance = random();
  return chance < 0.1 ? pick(random, looks) : chance < 0.13 ? pick(random, odd) : word;
}

function lines(random: Random, count: number, make: (index: number) => string): string {
  return Array.from({ length: Math.ceil(count * (0.5 + random())) }, (_, index) =>
    make(index),
  ).join("\n");
}

const BLOCKS: readonly ((random: Random) => string)[] = [
  (random) => lines(random, 3, () => sentence(random)),
  (random) => sentence(random, 60),
  (random) => `${"#".repeat(1 + Math.floor(random() * 4))} ${sentence(random, 4)}`,
  (random) => lines(random, 5, () => `- ${sentence(random)}`),
  (random) =>
    lines(
      random,
      4,
      (at) => `${at + 1}. ${sentence(random)}\n   - ${sentence(random)}\n\n     more`,
    ),
  (random) => `- [ ] ${sentence(random)}\n- [x] ${sentence(random)}`,
  (random) =>
    `\`\`\`python\n${lines(random, 12, (at) => `${"    ".repeat(at % 3)}x_${at} = f(${at})  # ${sentence(random, 4)}`)}\n\`\`\``,
  (random) =>
    `| a | b | c |\n|---|:-:|--:|\n${lines(random, 5, (at) => `| ${at} | ${sentence(random, 4)} | \`c\` |`)}`,
  (random) => `> ${sentence(random)}\n> \n> > ${sentence(random)}\n> - ${sentence(random)}`,
  () => "$$\n\\sum_{i=1}^{n} i = \\frac{n(n+1)}{2}\n$$",
  (random) =>
    `As shown[^${Math.ceil(random() * 9)}] in [the docs][d${Math.ceil(random() * 9)}]:\n\n---`,
  (random) =>
    `[d${Math.ceil(random() * 9)}]: https://example.org/${Math.ceil(random() * 9)} "title"`,
  (random) => `[^${Math.ceil(random() * 9)}]: ${sentence(random)}`,
  () => "שלום עולם, טקסט מימין לשמאל.",
];

/** Markdown of all kinds, at least `units` long. */
export function makeDocument(seed: number, units: number): string {
  const random = seeded(seed);
  const blocks: string[] = [];
  let length = 0;
  while (length < units) {
    const block = pick(random, BLOCKS)(random);
    blocks.push(block);
    length += block.length + 2;
  }
  return blocks.join("\n\n");
}

/** Shapes that make one block long: each text is at least `units` long. */
export const LONG_BLOCKS: Readonly<Record<string, (units: number) => string>> = {
  paragraph: (units) => repeat(units, (random) => `${sentence(random)} `),
  "line without blanks": (units) => "x".repeat(units),
  code: (units) =>
    `\`\`\`python\n${repeat(units, (_r, at) => `value_${at} = compute(${at})  # a line of code\n`)}`,
  list: (units) => repeat(units, (random) => `- ${sentence(random)}\n`),
  table: (units) =>
    `| a | b |\n|---|---|\n${repeat(units, (random, at) => `| ${at} | ${sentence(random, 6)} |\n`)}`,
  quote: (units) => repeat(units, (random) => `> ${sentence(random)}\n`),
  "nested lists": (units) =>
    repeat(units, (random, at) => `${"  ".repeat(at % 100)}- ${sentence(random, 3)}\n`),
  "deep quotes": (units) => repeat(units, () => `${"> ".repeat(100)}a\n`),
  prose: (units) => makeDocument(3, units),
};

function repeat(units: number, make: (random: Random, at: number) => string): string {
  const random = seeded(2);
  const pieces: string[] = [];
  for (let length = 0; length < units; length += pieces.at(-1)?.length ?? 1) {
    pieces.push(make(random, pieces.length));
  }
  return pieces.join("");
}

/** Marks that open and never close, or close in the worst order. */
export const HOSTILE_SHAPES: Readonly<Record<string, (units: number) => string>> = {
  "*a ": (units) => "*a ".repeat(units / 3),
  "**a *b ": (units) => "**a *b ".repeat(units / 7),
  "a** b* ": (units) => `${"*".repeat(60)}${"a** b* ".repeat(units / 7)}`,
  _a_: (units) => "_a".repeat(units / 2),
  "[": (units) => "[".repeat(units),
  "[a](": (units) => "[a](".repeat(units / 4),
  '[a](b "': (units) => '[a](b "'.repeat(units / 7),
  "![[": (units) => "![[".repeat(units / 3),
  "[[a]]": (units) => `${"[".repeat(units / 2)}a${"]".repeat(units / 2)}`,
  "<a ": (units) => "<a b='".repeat(units / 6),
  "<!--": (units) => "<!--".repeat(units / 4),
  "` `` ```": (units) =>
    Array.from({ length: units / 40 }, (_, at) => `${"`".repeat(1 + (at % 70))}a `).join(""),
  "$a ": (units) => "$a ".repeat(units / 3),
  "\\(a ": (units) => "\\(a ".repeat(units / 4),
  "www.": (units) => "www.a.b(".repeat(units / 8),
  "a@": (units) => "a.b-c@".repeat(units / 6),
  "&amp;": (units) => "&amp".repeat(units / 4),
  "|": (units) => `|${"a|".repeat(units / 2)}`,
  blanks: (units) => " ".repeat(units),
  stars: (units) => "*".repeat(units),
  "~": (units) => "~ ".repeat(units / 2),
  "[a]: ": (units) => "[a]: b\n".repeat(units / 7),
  "[^a]: ": (units) => "[^a]: ".repeat(units / 6),
};
