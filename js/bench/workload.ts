/** Text to measure with: the same at each call, of any length, and of every kind that is hard. */

/** What a stream of one kind is made of; `mixed` is all of them, and maths, quotes and emoji. */
export type Kind = "prose" | "code" | "list" | "table" | "paragraph" | "mixed";

const WORDS =
  "stream token heap queue render frame layout answer model prompt kernel widget delta signal patch notebook cell budget ratio median sample cache prefix window branch commit buffer cursor reason summary estimate context attention layer gradient vector matrix index shard worker thread socket header packet".split(
    " ",
  );
const EMOJI = ["🙂", "🚀", "👩‍🔬", "✅", "📈", "🇪🇺"];
/** Units of a delta, from the shortest to the longest. */
const DELTA_UNITS = [3, 4, 5] as const;

/** Numbers that look random and are the same in each run: https://en.wikipedia.org/wiki/Linear_congruential_generator */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * limit);
  }

  pick<Item>(items: readonly [Item, ...Item[]] | readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) {
      throw new Error("Nothing to pick from.");
    }
    return item;
  }

  words(count: number): string {
    return Array.from({ length: count }, () => this.pick(WORDS)).join(" ");
  }
}

/** A text of one kind with at least so many UTF-16 units, ended at a line. */
export function makeText(kind: Kind, units: number): string {
  const dice = new Dice(7);
  const pieces = [HEADS[kind]];
  let length = 0;
  for (let number = 1; length < units; number += 1) {
    const piece = MAKERS[kind](dice, number);
    pieces.push(piece);
    length += piece.length;
  }
  return `${pieces.join("")}\n`;
}

/** A fence that is still open after so many lines; a table or list of so many rows or items. */
export function makeRows(kind: "code" | "list" | "table", rows: number): string {
  const dice = new Dice(7);
  const lines = Array.from({ length: rows }, (_, index) => MAKERS[kind](dice, index + 1));
  return HEADS[kind] + lines.join("");
}

/** The text in pieces as a provider sends them, never through the middle of a character. */
export function splitDeltas(text: string): string[] {
  const dice = new Dice(11);
  const deltas: string[] = [];
  const characters = [...text];
  for (let at = 0; at < characters.length; ) {
    const end = at + dice.pick(DELTA_UNITS);
    deltas.push(characters.slice(at, end).join(""));
    at = end;
  }
  return deltas;
}

const HEADS: Readonly<Record<Kind, string>> = {
  prose: "",
  code: "```python\n",
  list: "",
  table: "| name | count | share | note |\n| --- | ---: | ---: | --- |\n",
  paragraph: "",
  mixed: "",
};

const MAKERS: Readonly<Record<Kind, (dice: Dice, number: number) => string>> = {
  prose: (dice) => `${inline(dice, 40)}\n\n`,
  code: codeLine,
  list: listItem,
  table: (dice, number) =>
    `| ${dice.words(2)} | ${number} | ${dice.below(100)} % | *${dice.words(3)}* |\n`,
  paragraph: (dice) => `${inline(dice, 12)} `,
  mixed: chapter,
};

function inline(dice: Dice, words: number): string {
  const half = Math.floor(words / 2);
  return [
    dice.words(half),
    `**${dice.words(2)}**,`,
    `\`${dice.pick(WORDS)}(${dice.below(9)})\``,
    `and [${dice.words(2)}](https://example.org/${dice.pick(WORDS)})`,
    `${dice.words(words - half)}.`,
  ].join(" ");
}

function codeLine(dice: Dice, number: number): string {
  const [one, other] = [dice.pick(WORDS), dice.pick(WORDS)];
  const lines = [
    `def ${one}_${number}(${other}, limit=${dice.below(99)}):`,
    `    for ${one} in ${other}:  # ${dice.words(3)}`,
    `        ${one}["${other}"] = ${dice.below(999)} * ${one}.size`,
    `    return f"{${one}} of {${other}}"`,
  ];
  return `${lines[number % lines.length]}\n`;
}

function listItem(dice: Dice, number: number): string {
  const depth = [0, 0, 1, 1, 2][number % 5] ?? 0;
  return `${"  ".repeat(depth)}- ${inline(dice, 6)}\n`;
}

function chapter(dice: Dice, number: number): string {
  const lines = (count: number, make: (dice: Dice, number: number) => string) =>
    Array.from({ length: count }, (_, index) => make(dice, index + 1)).join("");
  return [
    `## ${number}. ${dice.words(3)} ${dice.pick(EMOJI)}\n\n`,
    `${inline(dice, 30)} ${inline(dice, 24)}\n\n`,
    `${lines(9, listItem)}\n`,
    `\`\`\`python\n${lines(16, codeLine)}\`\`\`\n\n`,
    `${inline(dice, 20)}\n\n`,
    `${HEADS.table}${lines(7, MAKERS.table)}\n`,
    `> ${inline(dice, 12)}\n>\n> - ${dice.words(5)}\n> - ~~${dice.words(2)}~~ ${dice.words(2)}\n\n`,
    `The cost is $${dice.pick(["a", "b", "c"])}^2 + ${dice.below(9)}n$, so with *${dice.words(2)}*:\n\n`,
    `$$\n\\sum_{i=1}^{n} i = \\frac{n(n+1)}{2}\n$$\n\n`,
    `1. ${inline(dice, 6)}\n2. ${inline(dice, 5)}\n3. ${dice.words(8)}\n\n`,
    `- [x] ${dice.words(4)}\n- [ ] ${dice.words(5)}\n\n`,
    `### ${dice.words(2)}\n\n${inline(dice, 26)} ${dice.pick(EMOJI)}\n\n---\n\n`,
  ].join("");
}
