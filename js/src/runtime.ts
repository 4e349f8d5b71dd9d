/** The whole front end as one object: opens stores for models, and draws them. */

import { BUILD } from "./build-name.ts";
import { announce, type Cleanup, pageHub, type RenderArgs, type Runtime } from "./hub.ts";
import type { AnyModel } from "./kernel.ts";
import { borrowStore, openStore } from "./registry.ts";
import type { Store } from "./store.ts";
import { styleRootOf } from "./style-sheet.ts";
import { WidgetView } from "./view/widget-view.ts";

function initialize(args: { model: AnyModel; early?: readonly unknown[] }): Cleanup {
  const { model } = args;
  const { store, close } = openStore(model, args.early ?? []);
  const hide = showOnHub(model.get("widget_id"), store);
  return () => {
    hide();
    close();
  };
}

/** `signal` is younger than the cleanup, and missing in some front ends; either ends the view. */
function render(args: RenderArgs): Cleanup {
  const { store, release } = borrowStore(args.model);
  const remove = mountStore(store, args.el);
  let ended = false;
  const end = () => {
    if (!ended) {
      ended = true;
      remove();
      release();
    }
  };
  args.signal?.addEventListener("abort", end, { once: true });
  return end;
}

/** Draws a store in an element until the returned function is called. */
export function mountStore(store: Store, el: HTMLElement): Cleanup {
  const ended = new AbortController();
  const view = new WidgetView(store, { signal: ended.signal });
  view.mount(el);
  styleRootOf(view.element, { signal: ended.signal });
  return () => {
    ended.abort();
    view.element.remove();
  };
}

/** Lets anyone on the page draw the widget, by its id. */
function showOnHub(id: unknown, store: Store): Cleanup {
  const hub = pageHub();
  if (typeof id !== "string" || id === "") {
    return () => undefined;
  }
  const live = { mount: (el: HTMLElement) => mountStore(store, el) };
  hub.widgets.set(id, live);
  announce(hub);
  return () => {
    if (hub.widgets.get(id) === live) {
      hub.widgets.delete(id);
      announce(hub);
    }
  };
}

export const runtime: Runtime = { initialize, render };

/** Offers this copy to widgets of the same build; the first one on the page stays. */
export function offerRuntime(): void {
  const hub = pageHub();
  if (!hub.runtimes.has(BUILD)) {
    hub.runtimes.set(BUILD, runtime);
    announce(hub);
  }
}
