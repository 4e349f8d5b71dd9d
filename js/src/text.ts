/**
 * Text that only grows, as an immutable list of chunks.
 *
 * Appending costs the same at the end of a long answer as at its start: a string that is
 * concatenated for each delta is copied each time somebody reads it.
 */

/** Chunks close at this many UTF-16 units; a larger piece becomes one chunk as it is. */
const CHUNK_UNITS = 4096;

type Chunk = {
  readonly text: string;
  readonly start: number;
  readonly before: Chunk | null;
};

/** `length` is in UTF-16 units, as everything here that does not say otherwise. */
export type Text = {
  readonly length: number;
  readonly last: Chunk | null;
};

export const EMPTY_TEXT: Text = { length: 0, last: null };

export function appendText(text: Text, piece: string): Text {
  if (piece === "") {
    return text;
  }
  const { last } = text;
  const length = text.length + piece.length;
  if (last !== null && last.text.length + piece.length <= CHUNK_UNITS) {
    return { length, last: { ...last, text: last.text + piece } };
  }
  return { length, last: { text: piece, start: text.length, before: last } };
}

/** The text from `from` up to `to`; walks back from the end, where readers are. */
export function sliceText(text: Text, from: number, to: number): string {
  const pieces: string[] = [];
  let chunk = text.last;
  while (chunk !== null && chunk.start + chunk.text.length > from) {
    if (chunk.start < to) {
      pieces.push(chunk.text.slice(Math.max(0, from - chunk.start), to - chunk.start));
    }
    chunk = chunk.before;
  }
  return pieces.reverse().join("");
}

export function wholeText(text: Text): string {
  return sliceText(text, 0, text.length);
}

/** True where a cut after this unit would halve a character such as an emoji. */
export function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** UTF-16 units of the code point that starts at `at`: 1 or 2. */
function widthAt(text: string, at: number): 1 | 2 {
  const pair = isHighSurrogate(text.charCodeAt(at)) && isLowSurrogate(text.charCodeAt(at + 1));
  return pair ? 2 : 1;
}

/** How many characters, as Python counts them, a string has. */
export function countCharacters(text: string): number {
  let characters = 0;
  for (let at = 0; at < text.length; at += widthAt(text, at)) {
    characters += 1;
  }
  return characters;
}

/** Where in `text` one stands `characters` after `from`; stops at the end of the text. */
export function skipCharacters(text: string, from: number, characters: number): number {
  let at = from;
  for (let left = characters; left > 0 && at < text.length; left -= 1) {
    at += widthAt(text, at);
  }
  return at;
}
