/** Typesets TeX as MathML. */

import temml from "temml";
import { copyAllowed } from "./allowed-mathml.ts";

/** TeX can define commands that call themselves. */
const MAX_EXPANSIONS = 400;
const MAX_TEX_UNITS = 16_384;

/** Puts typeset maths in place of what `into` holds; leaves it alone where the source has errors. */
export function render(tex: string, display: boolean, into: HTMLElement): void {
  const typeset = tex.length > MAX_TEX_UNITS ? null : typesetSafely(tex, display);
  if (typeset !== null) {
    into.replaceChildren(typeset);
    into.classList.add("sw-typeset");
    into.title = tex;
  }
}

function typesetSafely(tex: string, displayMode: boolean): Element | null {
  const made = document.createElement("span");
  try {
    temml.render(tex, made, {
      displayMode,
      throwOnError: true,
      trust: false,
      strict: false,
      maxExpand: MAX_EXPANSIONS,
      maxSize: [20, 200],
      macros: {},
    });
  } catch {
    // The source says what was meant better than a message in its place.
    return null;
  }
  const [only] = made.children;
  return only === undefined || made.querySelector("merror, .temml-error") !== null
    ? null
    : copyAllowed(only);
}
