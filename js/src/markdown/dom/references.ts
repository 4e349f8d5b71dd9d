/** Definitions of labels, and links that wait for theirs. */

import type { Definition } from "../inline/nodes.ts";
import { pointAt } from "./links.ts";

/** Words in brackets are common; only so many wait for a definition. */
const MAX_WAITING = 20_000;

export class References {
  readonly #known = new Map<string, Definition>();
  readonly #waiting = new Map<string, HTMLAnchorElement[]>();
  #count = 0;

  readonly lookup = (label: string): Definition | undefined => this.#known.get(label);

  /** The first definition of a label counts. Links that wait for it get their address, in place. */
  define(label: string, definition: Definition): void {
    if (this.#known.has(label)) {
      return;
    }
    this.#known.set(label, definition);
    for (const link of this.#waiting.get(label) ?? []) {
      pointAt(link, definition.href, definition.title);
    }
    this.#waiting.delete(label);
  }

  wait(label: string, link: HTMLAnchorElement): void {
    if (this.#count >= MAX_WAITING) {
      return;
    }
    this.#count += 1;
    const links = this.#waiting.get(label) ?? [];
    links.push(link);
    this.#waiting.set(label, links);
  }
}
