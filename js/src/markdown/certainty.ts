/** Whether a line that is still arriving can turn out to be something else. */

import type { Step } from "./blocks.ts";
import { LINE_UNITS } from "./limits.ts";

/**
 * Text that may become, with more of its line: a heading, a rule, an underline or an item; a
 * numbered item; a fence; a tag; maths; a note; the second line of a table.
 */
const MAY_TURN =
  /^(?:#{1,6}$|[-*_=+][-*_=+ \t]*$|\d{1,9}[.)]?[ \t]*$|`{1,2}$|`{3,}[^`]*$|~{1,2}$|<(?:$|[a-z/!?])|\$\$?[ \t]*$|\\\[?[ \t]*$|\[(?:\^[^\]\s]*\]?)?$|[|:\- \t]+$)/i;
/** A tag with words after it is no block of HTML. */
const TAG_IN_TEXT = /^<\/?[a-z][^<>"']*>[ \t]*\S/i;
const MAY_CLOSE_FENCE = /^[ \t]*(?:`+|~+)?[ \t]*$/;

/** Bullets and blanks alone, whatever they mean so far, are a rule if the line ends so. */
const MAY_BE_RULE = /^[-*_][-*_ \t]*$/;

/** `rest` is the line after the containers that go on. */
export function isCertain(step: Step, rest: string): boolean {
  if (rest.length <= LINE_UNITS && MAY_BE_RULE.test(rest)) {
    return false;
  }
  switch (step.type) {
    case "text":
      return (
        step.text.length > LINE_UNITS || !MAY_TURN.test(step.text) || TAG_IN_TEXT.test(step.text)
      );
    case "heading":
      return step.text !== "";
    case "code":
      return !(step.text.trim() === "" || (step.continues && MAY_CLOSE_FENCE.test(step.text)));
    default:
      return false;
  }
}
