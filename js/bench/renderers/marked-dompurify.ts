/** The usual way: the whole text to HTML, made safe, and put in place of what was there. */

import DOMPurify from "dompurify";
import { marked } from "marked";
import type { Rendering } from "./rendering.ts";

export function open(into: HTMLElement): Rendering {
  let whole = "";
  const show = () => {
    const html = marked.parse(whole, { async: false });
    into.replaceChildren(DOMPurify.sanitize(html, { RETURN_DOM_FRAGMENT: true }));
  };
  return {
    write(text) {
      whole += text;
      show();
    },
    end: () => undefined,
  };
}
