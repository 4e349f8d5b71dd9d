/**
 * Parts of the front end that few pages need, loaded when one does: maths, colours of code.
 *
 * Where their bytes come from differs (the kernel, JupyterLab's own server, the page itself), so the
 * entry point says it; none of it needs a network.
 */

import { importText } from "./import-text.ts";

/** Gives the text of an asset's ES module. */
export type AssetSource = (name: string) => Promise<string>;

let source: AssetSource | undefined;
const loading = new Map<string, Promise<unknown>>();

export function setAssetSource(load: AssetSource): void {
  source = load;
}

/** The asset's text, for what is passed on and not run here. */
export async function assetText(name: string): Promise<string> {
  if (source === undefined) {
    throw new Error(`Nothing here provides the asset ${name}.`);
  }
  return await source(name);
}

/**
 * The asset's exports, loaded once for the page. Rejects where it cannot be had: whoever asks does
 * without it then, and the next one to ask tries again.
 */
export function loadAsset(name: string): Promise<unknown> {
  const known = loading.get(name);
  if (known !== undefined) {
    return known;
  }
  const started = importAsset(name);
  loading.set(name, started);
  started.catch(() => loading.delete(name));
  return started;
}

async function importAsset(name: string): Promise<unknown> {
  return await importText(await assetText(name));
}
