/**
 * The whole front end as an anywidget module.
 *
 * It is the module of the kernel's hidden widget, for whose sake alone it is loaded, and the module
 * of a widget itself where widgets cannot share one.
 */

import { setAssetSource } from "./assets.ts";
import type { Cleanup, RenderArgs, Runtime } from "./hub.ts";
import type { AnyModel } from "./kernel.ts";
import { assetFromKernel } from "./kernel-assets.ts";
import { offerRuntime, runtime } from "./runtime.ts";
import { loadMarkdown } from "./view/markdown-look.ts";

/** Parts that came with the hidden widget: a busy kernel could not be asked for them. */
const brought = new Map<string, string>();

setAssetSource(async (name) => brought.get(name) ?? (await assetFromKernel(name)));
offerRuntime();

function initialize({ model }: { model: AnyModel }): Cleanup | Runtime {
  if (model.get("widget_id") !== undefined) {
    return runtime.initialize({ model });
  }
  const markdown = model.get("_markdown");
  if (typeof markdown === "string" && markdown !== "") {
    brought.set("markdown", markdown);
  }
  loadMarkdown();
  return runtime;
}

function render(args: RenderArgs): Cleanup {
  return runtime.render(args);
}

export default { initialize, render };
