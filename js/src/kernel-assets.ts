/** Assets from the kernel: any live model of the page has a way to it. */

import { askKernel } from "./provision.ts";
import { liveModels } from "./registry.ts";

/** A cell may keep the kernel busy for long; nobody waits for an asset but the part that lacks it. */
const WITHIN_MS = 120_000;

export async function assetFromKernel(name: string): Promise<string> {
  const model = liveModels().at(-1);
  if (model === undefined) {
    throw new Error("There is no kernel to ask.");
  }
  return await askKernel(model, { asset: name }, WITHIN_MS);
}
