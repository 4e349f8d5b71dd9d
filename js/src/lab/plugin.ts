/** Tells the renderers of runs about the notebooks of the page and their kernels. */

import type { KernelStates, Panel } from "./kernel-states.ts";

type Tracker = {
  forEach(visit: (panel: Panel) => void): void;
  readonly widgetAdded: { connect(slot: (sender: unknown, panel: Panel) => void): unknown };
};

/** An application without notebooks has no such token, and then there is nothing to tell. */
export function makePlugin(notebook: Record<string, unknown>, kernels: KernelStates): unknown {
  const token = notebook["INotebookTracker"];
  return {
    id: "stream-widget:kernels",
    description: "Knows which notebook's kernel a run belongs to.",
    autoStart: true,
    optional: token === undefined ? [] : [token],
    activate: (_app: unknown, tracker: Tracker | null | undefined) => {
      const add = (panel: Panel) => {
        kernels.add(panel);
      };
      tracker?.forEach(add);
      tracker?.widgetAdded.connect((_sender, panel) => add(panel));
    },
  };
}
