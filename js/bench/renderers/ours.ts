/** The renderer of this product. */

import { MarkdownFlow } from "../../src/markdown/markdown-flow.ts";
import type { Rendering } from "./rendering.ts";

export function open(into: HTMLElement): Rendering {
  into.classList.add("sw-markdown");
  const flow = new MarkdownFlow(into);
  return { write: (text) => flow.append(text), end: () => flow.finish() };
}
