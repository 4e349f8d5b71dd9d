/** A store of runs that are over, made from what is known of them: no kernel, no commands. */

import type { RunDocument } from "./document.ts";
import type { AnyModel } from "./kernel.ts";
import { Store } from "./store.ts";

/** Answers nothing: there is nobody behind it. */
const NOBODY: AnyModel = {
  get: () => undefined,
  on: () => undefined,
  off: () => undefined,
  send: () => undefined,
};

/** Runs that had not ended show as cut off, with the text that had arrived. */
export function makeStillStore({ layout, runs: views }: RunDocument): Store {
  const store = new Store(NOBODY);
  store.origin = "document";
  store.arrange(layout);
  store.receive({
    n: 1,
    patches: views.map((view, index) => {
      // Two runs of one name would become one.
      const run =
        views.findIndex(({ run: name }) => name === view.run) === index
          ? view.run
          : `${view.run} ${index}`;
      return { type: "run-snapshot", run, seq: 0, view: { ...view, run } };
    }),
  });
  for (const run of store.runs.values()) {
    run.lost = true;
    // Nothing arrives: a reader begins at the beginning.
    for (const box of ["reasoning", "answer"]) {
      run.ui.boxes.set(box, { top: 0, following: false });
    }
  }
  return store;
}
