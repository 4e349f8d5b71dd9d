/** Lines that start a block of raw HTML, which is shown as text; https://spec.commonmark.org/0.31.2/#html-blocks */

import type { HtmlStart } from "./blocks.ts";
import { LINE_UNITS } from "./limits.ts";

const BLOCK_TAGS =
  "address|article|aside|blockquote|body|caption|dd|details|" +
  "div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|head|header|" +
  "hr|html|iframe|li|main|menu|nav|ol|p|" +
  "section|summary|table|tbody|td|tfoot|th|thead|title|tr|ul";

const ATTRIBUTE = `\\s+[a-z_:][\\w.:-]*(?:\\s*=\\s*(?:[^\\s"'=<>\`]+|'[^']*'|"[^"]*"))?`;

/** A whole tag, as it may also stand inside a line. */
export const TAG = `(?:<[a-z][a-z\\d-]*(?:${ATTRIBUTE})*\\s*/?>|</[a-z][a-z\\d-]*\\s*>)`;

const STARTS: readonly (readonly [RegExp, RegExp | null])[] = [
  [/^<(?:script|pre|style|textarea)(?:[\s>]|$)/i, /<\/(?:script|pre|style|textarea)>/i],
  [/^<!--/, /-->/],
  [/^<\?/, /\?>/],
  [/^<![a-z]/i, />/],
  [/^<!\[CDATA\[/, /\]\]>/],
  [new RegExp(`^</?(?:${BLOCK_TAGS})(?:[\\s]|/?>|$)`, "i"), null],
];

const TAG_ALONE = new RegExp(`^${TAG}\\s*$`, "i");

/** `inParagraph`: a line of any tag starts a block, but it does not interrupt a paragraph. */
export function readHtmlStart(rest: string, inParagraph: boolean): HtmlStart | null {
  if (!rest.startsWith("<")) {
    return null;
  }
  for (const [start, end] of STARTS) {
    if (start.test(rest)) {
      return { end };
    }
  }
  const isTag = !inParagraph && rest.length <= LINE_UNITS && TAG_ALONE.test(rest);
  return isTag ? { end: null } : null;
}
