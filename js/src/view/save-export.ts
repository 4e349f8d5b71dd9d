/** Hands an export to the reader as a download. */

import type { Arrangement } from "../arrangement.ts";
import { type ExportFile, type ExportKind, makeExport } from "../export/export.ts";
import type { RunStore } from "../run-store.ts";
import { make } from "./dom.ts";

/** Browsers begin to read the file after the click has been handled. */
const KEEP_MS = 60_000;

export async function saveExport(
  kind: ExportKind,
  runs: readonly RunStore[],
  near: HTMLElement,
  { layout, say }: { layout: Arrangement; say: (sentence: string) => void },
): Promise<void> {
  const models = runs.map((run) => run.model).filter((model) => model !== undefined);
  const file = await makeExport(kind, models, layout);
  download(file, near);
  say(`Saved as ${file.name}.`);
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
