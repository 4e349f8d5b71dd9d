/** All text in one text node: the least code, and the most layout. */

import type { Rendering } from "./rendering.ts";

export function open(into: HTMLElement): Rendering {
  const node = document.createTextNode("");
  into.append(node);
  return { write: (text) => node.appendData(text), end: () => undefined };
}
