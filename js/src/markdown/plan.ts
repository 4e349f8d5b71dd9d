/** What a line means for the blocks that are open; pure, so that a line can be read in advance. */

import type { Container, Fence, ListStart, OpenLeaf, Plan, Step } from "./blocks.ts";
import { isCertain } from "./certainty.ts";
import { MAX_CONTAINERS } from "./limits.ts";
import { LineCursor } from "./line-cursor.ts";
import { readContainerStart, readLeafStart } from "./line-starts.ts";

/** An item that has nothing in it does not go on after a blank line. */
export type OpenContainer = { readonly start: Container; readonly isEmpty: boolean };

export type Open = {
  readonly containers: readonly OpenContainer[];
  readonly leaf: OpenLeaf | null;
};

export type Where = {
  /** The line goes on in every open container. */
  readonly allKept: boolean;
  readonly leaf: OpenLeaf | null;
  /** The open paragraph, if this line may be its next one without being lazy. */
  readonly paragraph: Extract<OpenLeaf, { type: "paragraph" }> | null;
};

const CODE_INDENT = 4;

export function readLine(line: string, open: Open): Plan {
  const cursor = new LineCursor(line);
  const kept = countKept(cursor, open.containers);
  const allKept = kept === open.containers.length;
  const going = allKept ? continueLeaf(cursor, open.leaf) : null;
  if (going !== null) {
    return { kept, opens: [], step: going, isCertain: isCertain(going, "") };
  }
  const rest = line.slice(cursor.look().at);
  const opens = readContainers(cursor, open, kept);
  const isFirst = opens.length === 0;
  const leaf = isFirst ? open.leaf : null;
  const paragraph = allKept && leaf?.type === "paragraph" ? leaf : null;
  const step = readStep(cursor, { allKept: allKept && isFirst, leaf, paragraph });
  const certain = isCertain(step, rest);
  if (step.type === "text" && step.continues) {
    return { kept: open.containers.length, opens: [], step, isCertain: certain };
  }
  return { kept: dropList(kept, opens, step, open), opens, step, isCertain: certain };
}

function countKept(cursor: LineCursor, containers: readonly OpenContainer[]): number {
  let kept = 0;
  for (const container of containers) {
    if (!continues(cursor, container)) {
      break;
    }
    kept += 1;
  }
  return kept;
}

function continues(cursor: LineCursor, { start, isEmpty }: OpenContainer): boolean {
  const { at, indent, isBlank } = cursor.look();
  switch (start.type) {
    case "list":
      return true;
    case "quote":
      if (indent >= CODE_INDENT || cursor.text[at] !== ">") {
        return false;
      }
      cursor.skipMark(1);
      cursor.skipOneBlank();
      return true;
    default: {
      const needed = start.type === "item" ? start.indent : CODE_INDENT;
      if (indent >= needed) {
        cursor.skipColumns(needed);
        return true;
      }
      return isBlank && !isEmpty;
    }
  }
}

/** The step of a line that can only belong to the open leaf, or `null`. */
function continueLeaf(cursor: LineCursor, leaf: OpenLeaf | null): Step | null {
  switch (leaf?.type) {
    case "fence":
      return continueFence(cursor, leaf.fence);
    case "indented":
      return continueIndented(cursor);
    case "html":
      return leaf.end === null && cursor.look().isBlank
        ? null
        : { type: "html", text: cursor.rest(), start: null };
    case "maths":
      return continueMaths(cursor, leaf.close);
    default:
      return null;
  }
}

function continueFence(cursor: LineCursor, { char, length, indent }: Fence): Step {
  const ahead = cursor.look();
  const mark = cursor.text.slice(ahead.at).trimEnd();
  const closes =
    ahead.indent < CODE_INDENT && mark.length >= length && mark === char.repeat(mark.length);
  if (closes) {
    return { type: "fence-close" };
  }
  cursor.skipColumns(Math.min(indent, ahead.indent));
  return { type: "code", text: cursor.rest(), continues: true };
}

function continueIndented(cursor: LineCursor): Step | null {
  const { indent, isBlank } = cursor.look();
  if (indent < CODE_INDENT && !isBlank) {
    return null;
  }
  cursor.skipColumns(CODE_INDENT);
  return { type: "code", text: cursor.rest(), continues: true };
}

function continueMaths(cursor: LineCursor, close: string): Step | null {
  if (cursor.look().isBlank) {
    return null;
  }
  const text = cursor.rest();
  const trimmed = text.trimEnd();
  const closes = trimmed.endsWith(close);
  return { type: "maths", text: closes ? trimmed.slice(0, -close.length) : text, closes };
}

function readContainers(cursor: LineCursor, open: Open, kept: number): Container[] {
  const opens: Container[] = [];
  const inParagraph = kept === open.containers.length && open.leaf?.type === "paragraph";
  if (startsTable(cursor, open.leaf, inParagraph)) {
    return opens;
  }
  while (kept + opens.length < MAX_CONTAINERS && cursor.look().indent < CODE_INDENT) {
    const start = readContainerStart(cursor, inParagraph && opens.length === 0);
    if (start === null) {
      break;
    }
    opens.push(...start);
  }
  const [first] = opens;
  const list = open.containers[kept - 1]?.start;
  const goesOn = first?.type === "list" && list?.type === "list" && isSameList(first, list);
  return goesOn ? opens.slice(1) : opens;
}

/** A table's second line may look like an item. */
function startsTable(cursor: LineCursor, leaf: OpenLeaf | null, inParagraph: boolean): boolean {
  if (!inParagraph || leaf?.type !== "paragraph") {
    return false;
  }
  const where = { allKept: true, leaf, paragraph: leaf };
  return readLeafStart(cursor.text.slice(cursor.look().at), 0, where)?.type === "table";
}

function isSameList(one: ListStart, other: ListStart): boolean {
  return one.ordered === other.ordered && one.mark === other.mark;
}

function readStep(cursor: LineCursor, where: Where): Step {
  const { at, indent, isBlank } = cursor.look();
  if (isBlank) {
    return { type: "blank" };
  }
  const mayGoOn = where.leaf?.type === "paragraph";
  const isIndented = indent >= CODE_INDENT;
  if (isIndented && !mayGoOn) {
    cursor.skipColumns(CODE_INDENT);
    return { type: "code", text: cursor.rest(), continues: false };
  }
  const text = cursor.text.slice(at);
  const start = isIndented ? null : readLeafStart(text, indent, where);
  return start ?? readText(text, where);
}

/** A line that starts nothing is text, or a row of the table before it. */
function readText(text: string, { allKept, leaf }: Where): Step {
  return allKept && leaf?.type === "table"
    ? { type: "row", text }
    : { type: "text", text, continues: leaf?.type === "paragraph" };
}

/** A list ends where what comes is not its next item; a blank line leaves that open. */
function dropList(kept: number, opens: readonly Container[], step: Step, open: Open): number {
  const last = open.containers[kept - 1]?.start;
  const isEnd = last?.type === "list" && opens[0]?.type !== "item";
  const isBlank = step.type === "blank" && opens.length === 0;
  return isEnd && !isBlank ? kept - 1 : kept;
}
