/**
 * The module of one widget: finds the page's copy of the whole front end and hands over to it.
 *
 * The copy comes with a hidden widget, once for each kernel, or with JupyterLab's extension. It may
 * come later than this (both are loading), so what the kernel sends until then is kept.
 */

import { BUILD } from "../build-name.ts";
import { type Cleanup, pageHub, type RenderArgs, type Runtime } from "../hub.ts";
import { importText } from "../import-text.ts";
import type { AnyModel } from "../kernel.ts";
import { askKernel } from "../provision.ts";

/** The hidden widget may not be on this page (some front ends make each cell a page of its own). */
const ASK_AFTER_MS = 1500;
const ASK_EVERY_MS = 15_000;
const SAY_AFTER_MS = 6000;
/** More than any page is behind; what is missing in between is asked for again. */
const EARLY = 4096;

function initialize({ model }: { model: AnyModel }): Cleanup {
  const early = [model.get("patches")];
  const keep = () => early.length < EARLY && early.push(model.get("patches"));
  model.on("change:patches", keep);
  const forget = () => {
    clearInterval(timer);
    model.off("change:patches", keep);
  };
  const timer = setInterval(() => fetchRuntime(model), ASK_AFTER_MS);
  const stop = whenLoaded((runtime) => {
    forget();
    return runtime.initialize({ model, early });
  });
  return () => {
    forget();
    stop();
  };
}

function render(args: RenderArgs): Cleanup {
  const { model, el, host } = args;
  const waiting = setTimeout(() => {
    el.textContent = "Waiting for the kernel to send what draws this.";
  }, SAY_AFTER_MS);
  const stop = whenLoaded((runtime) => {
    clearTimeout(waiting);
    el.replaceChildren();
    return runtime.render(args);
  });
  if (!pageHub().runtimes.has(BUILD)) {
    // Makes a front end that loads models one by one load that of the hidden widget.
    host?.getWidget(String(model.get("_runtime"))).catch(() => undefined);
  }
  const end = () => {
    clearTimeout(waiting);
    stop();
  };
  args.signal?.addEventListener("abort", end);
  return end;
}

/** Calls `use` once, now if it can be; the returned function ends what that began. */
function whenLoaded(use: (runtime: Runtime) => Cleanup): Cleanup {
  const { runtimes, listeners } = pageHub();
  let end: Cleanup | undefined;
  const look = () => {
    const runtime = runtimes.get(BUILD);
    if (runtime !== undefined) {
      listeners.delete(look);
      end = use(runtime);
    }
  };
  listeners.add(look);
  look();
  return () => {
    listeners.delete(look);
    end?.();
  };
}

function fetchRuntime(model: AnyModel): void {
  const { asked } = pageHub();
  const nowMs = performance.now();
  const askedMs = asked.get(BUILD);
  if (askedMs !== undefined && nowMs - askedMs < ASK_EVERY_MS) {
    return;
  }
  asked.set(BUILD, nowMs);
  // A busy kernel answers late, and a page that is closed needs no answer.
  askKernel(model, "module", ASK_EVERY_MS)
    .then(importText)
    .catch(() => undefined);
}

export default { initialize, render };
