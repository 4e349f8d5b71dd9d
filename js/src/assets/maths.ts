/** The asset "maths": typesetting, loaded at the first formula. */

import { render as renderMaths } from "../markdown/maths/render.ts";

export function render(tex: string, display: boolean, into: HTMLElement): void {
  renderMaths(tex, display, into);
}
