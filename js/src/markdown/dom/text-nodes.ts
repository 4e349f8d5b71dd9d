/** Text as text nodes of bounded size; characters that would hide or turn text are shown. */

import { isHighSurrogate } from "../../text.ts";
import { make } from "../../view/dom.ts";
import { NODE_UNITS } from "../limits.ts";

/**
 * Control characters, and the marks that make text run the other way or take other text with
 * them. The plain left-to-right and right-to-left marks stay: Hebrew and Arabic need them.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to show.
const HIDDEN = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]/;
const HIDDEN_RUNS = new RegExp(`(${HIDDEN.source}+)`);

export function buildText(text: string): Node[] {
  if (!HIDDEN.test(text)) {
    return splitText(text);
  }
  const pieces = text.split(HIDDEN_RUNS);
  return pieces.flatMap((piece, index) => (index % 2 === 1 ? showHidden(piece) : splitText(piece)));
}

/** True where the text may be added to a text node as it is. */
export function isPlain(text: string): boolean {
  return !HIDDEN.test(text);
}

function splitText(text: string): Text[] {
  const nodes: Text[] = [];
  let from = 0;
  while (from < text.length) {
    let end = Math.min(text.length, from + NODE_UNITS);
    end -= end < text.length && isHighSurrogate(text.charCodeAt(end - 1)) ? 1 : 0;
    nodes.push(document.createTextNode(text.slice(from, end)));
    from = end;
  }
  return nodes;
}

/** One mark for a run of them: a thousand of one kind say no more than one. */
function showHidden(run: string): Node {
  const code = (run.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  const mark = make("span", "sw-hidden-character", "\ufffd");
  mark.title = run.length === 1 ? `Character U+${code}` : `${run.length} characters from U+${code}`;
  return mark;
}
