/** Character references: all numbers, and the names that people write. */

/**
 * Names and code points. All of HTML's would be as much as everything else here together; models
 * write the characters themselves.
 */
const NAMES =
  "amp38lt60gt62quot34apos39nbsp160copy169laquo171shy173reg174deg176plusmn177middot183raquo187" +
  "times215divide247auml228ouml246uuml252szlig223eacute233ndash8211mdash8212lsquo8216rsquo8217" +
  "ldquo8220rdquo8221bull8226hellip8230euro8364trade8482larr8592rarr8594ne8800le8804ge8805";

let names: Map<string, number> | undefined;

function nameTable(): Map<string, number> {
  const pairs = [...NAMES.matchAll(/([a-z]+)(\d+)/g)];
  return new Map(pairs.map(([, name = "", code]) => [name, Number(code)]));
}

const ENTITY = /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([A-Za-z][A-Za-z\d]{1,31}));/y;
const ENTITIES = new RegExp(ENTITY.source, "g");

/** The reference that starts at `at`: what it stands for and where it ends. */
export function readEntity(text: string, at: number): { text: string; end: number } | null {
  ENTITY.lastIndex = at;
  const found = ENTITY.exec(text);
  const character = found && characterOf(found);
  return found === null || character === null
    ? null
    : { text: character, end: at + found[0].length };
}

function characterOf(found: RegExpMatchArray): string | null {
  const [, decimal, hexadecimal, name] = found;
  if (name !== undefined) {
    names ??= nameTable();
    const code = names.get(name);
    return code === undefined ? null : String.fromCodePoint(code);
  }
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? "", 16) : Number(decimal);
  const isCharacter = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : "�";
}

/** What a destination, a title or a fence's info says, without its escapes and references. */
export function unescapeText(text: string): string {
  if (!/[\\&]/.test(text)) {
    return text;
  }
  return text
    .split(/(\\[!-/:-@[-`{-~])/)
    .map((piece, index) => (index % 2 === 1 ? piece.slice(1) : decodeEntities(piece)))
    .join("");
}

function decodeEntities(text: string): string {
  return text.replace(ENTITIES, (whole) => readEntity(whole, 0)?.text ?? whole);
}
