/** The asset "colour": colours of code, loaded at the first block that says its language. */

import { Painter } from "../markdown/colour/painter.ts";

export function makePainter(language: string, host: HTMLElement): Painter {
  return new Painter(language, host);
}
