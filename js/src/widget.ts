/** The anywidget module: one store for a model, and a view of it wherever it is displayed. */

import type { AnyModel } from "./kernel.ts";
import { borrowStore, openStore } from "./registry.ts";
import { WidgetView } from "./view/widget-view.ts";

type Cleanup = () => void;

function initialize({ model }: { model: AnyModel }): Cleanup {
  return openStore(model);
}

/** `signal` is younger than the cleanup, and missing in some front ends; either ends the view. */
function render(args: { model: AnyModel; el: HTMLElement; signal?: AbortSignal }): Cleanup {
  const { store, release } = borrowStore(args.model);
  const ended = new AbortController();
  const view = new WidgetView(store, { signal: ended.signal });
  view.mount(args.el);
  const end = () => {
    if (!ended.signal.aborted) {
      ended.abort();
      view.element.remove();
      release();
    }
  };
  args.signal?.addEventListener("abort", end, { once: true });
  return end;
}

export default { initialize, render };
