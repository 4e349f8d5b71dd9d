/** Lines as they were written, a few in each box: the least that any page could do with them. */

import type { Rendering } from "./rendering.ts";

const LINES_A_BOX = 8;

export function open(into: HTMLElement): Rendering {
  const pre = document.createElement("pre");
  into.append(pre);
  let node = document.createTextNode("");
  let lines = LINES_A_BOX;
  const write = (text: string) => {
    for (const piece of text.split(/(?<=\n)/)) {
      if (lines >= LINES_A_BOX) {
        lines = 0;
        node = document.createTextNode("");
        const box = document.createElement("div");
        box.append(node);
        pre.append(box);
      }
      node.appendData(piece);
      lines += piece.endsWith("\n") ? 1 : 0;
    }
  };
  return { write, end: () => undefined };
}
