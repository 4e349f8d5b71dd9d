/**
 * The extension as JupyterLab and Notebook 7 load it: a module federation container, written by hand.
 *
 * One script, made by esbuild alone. Lab calls `init` with what can be shared, then `get` for each
 * module that `package.json` names; a module must say `__esModule`, or Lab does not start.
 */

import * as markdown from "../assets/markdown.ts";
import { setAssetSource } from "../assets.ts";
import { assetFromKernel } from "../kernel-assets.ts";
import { offerRuntime } from "../runtime.ts";
import { provideMarkdown } from "../view/markdown-look.ts";
import { KernelStates } from "./kernel-states.ts";
import { makeMimeExtension } from "./mime-extension.ts";
import { makePlugin } from "./plugin.ts";
import { type ShareScope, shared } from "./share-scope.ts";

type Container = {
  init(scope: ShareScope): void;
  get(module: string): Promise<() => unknown>;
};

const NAME = "stream-widget";
const script = document.currentScript;
const address = script instanceof HTMLScriptElement ? script.src : "";

let scope: ShareScope = {};
const kernels = new KernelStates();

/** From the server that sent this script; the kernel has them too. */
setAssetSource(async (name) => {
  try {
    const reply = await fetch(new URL(`assets/${name}.js`, address));
    if (reply.ok) {
      return await reply.text();
    }
  } catch {
    // The server is gone.
  }
  return await assetFromKernel(name);
});
provideMarkdown(markdown);
offerRuntime();

async function load(module: string): Promise<unknown> {
  if (module === "./mimeExtension") {
    return makeMimeExtension(await shared(scope, "@lumino/widgets"), kernels);
  }
  if (module === "./extension") {
    return makePlugin(await shared(scope, "@jupyterlab/notebook").catch(() => ({})), kernels);
  }
  throw new Error(`${NAME} has no module ${module}.`);
}

const container: Container = {
  init(given) {
    scope = given;
  },
  async get(module) {
    const exports = { __esModule: true, default: await load(module) };
    return () => exports;
  },
};

const page = globalThis as { _JUPYTERLAB?: Record<string, Container> };
page._JUPYTERLAB ??= {};
page._JUPYTERLAB[NAME] = container;
