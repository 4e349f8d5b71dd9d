/** `streaming-markdown` by Damian Tarnawski: a parser that only appends. */

import { default_renderer, parser, parser_end, parser_write } from "streaming-markdown";
import type { Rendering } from "./rendering.ts";

export function open(into: HTMLElement): Rendering {
  const parsing = parser(default_renderer(into));
  return { write: (text) => parser_write(parsing, text), end: () => parser_end(parsing) };
}
