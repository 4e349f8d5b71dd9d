/** Hands an export to the reader as a download. */

import type { Arrangement } from "../arrangement.ts";
import { type ExportFile, type ExportKind, makeExport } from "../export/export.ts";
import type { RunStore } from "../run-store.ts";
import { make } from "./dom.ts";

/** Browsers begin to read the file after the click has been handled. */
const KEEP_MS = 60_000;

type Surroundings = {
  readonly layout: Arrangement;
  readonly assetText: (name: string) => Promise<string>;
};

/** Resolves to the file's name. */
export async function saveExport(
  kind: ExportKind,
  runs: readonly RunStore[],
  near: HTMLElement,
  { layout, assetText }: Surroundings,
): Promise<string> {
  const models = runs.map((run) => run.model).filter((model) => model !== undefined);
  const file = await makeExport(kind, models, layout, assetText);
  download(file, near);
  return file.name;
}

function download({ name, type, text }: ExportFile, near: HTMLElement): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = make("a", "sw-unseen", name);
  link.href = url;
  link.download = name;
  near.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), KEEP_MS);
}
