/** What there is to say about every run alike: said once, above all of them. */

import type { Notice } from "../protocol.ts";
import type { Seen } from "./deck.ts";
import { make, setHidden } from "./dom.ts";
import { keyOf, makeNote } from "./notes.ts";

export class SharedNotes {
  readonly element = make("div", "sw-note-list sw-shared-notes");
  #known: readonly (readonly Notice[])[] = [];

  constructor() {
    this.element.hidden = true;
  }

  /** Called in each frame, before the cards are drawn: they leave out what is said here. */
  update(seen: readonly Seen[]): void {
    const notices = seen.map(({ look }) => look.scene.model.notices);
    const same = notices.length === this.#known.length;
    if (same && notices.every((each, index) => each === this.#known[index])) {
      return;
    }
    this.#known = notices;
    const shared = findShared(notices);
    const keys = new Set(shared.map(keyOf));
    for (const { card } of seen) {
      card.leaveOut(keys);
    }
    this.element.replaceChildren(...shared.map(makeNote));
    setHidden(this.element, shared.length === 0);
  }
}

/** The notices that all runs have, in the order of the first run's. */
function findShared(notices: readonly (readonly Notice[])[]): readonly Notice[] {
  const [first = [], ...others] = notices;
  const known = others.map((each) => new Set(each.map(keyOf)));
  return others.length === 0
    ? []
    : first.filter((notice) => known.every((keys) => keys.has(keyOf(notice))));
}
