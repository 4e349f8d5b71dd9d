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

setAssetSource(assetFromKernel);
offerRuntime();

function initialize({ model }: { model: AnyModel }): Cleanup | Runtime {
  const hidden = model.get("widget_id") === undefined;
  return hidden ? runtime : runtime.initialize({ model });
}

function render(args: RenderArgs): Cleanup {
  return runtime.render(args);
}

export default { initialize, render };
