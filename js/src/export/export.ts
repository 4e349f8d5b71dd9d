/** Exports as files, made in the page: they need no kernel. */

import type { Arrangement } from "../arrangement.ts";
import type { RunModel } from "../run-model.ts";
import { makeDocument } from "./document.ts";
import { type PageCode, toHtml } from "./html.ts";
import { toMarkdown } from "./markdown.ts";
import { neededAssets } from "./needed-assets.ts";

export type ExportKind = "json" | "markdown" | "html";

export type ExportFile = { readonly name: string; readonly type: string; readonly text: string };

/** The file of an export; where the code that draws a page cannot be had, the page is still. */
export async function makeExport(
  kind: ExportKind,
  models: readonly RunModel[],
  layout: Arrangement,
  assetText: (name: string) => Promise<string>,
): Promise<ExportFile> {
  const now = new Date();
  const name = nameFile(models, now);
  switch (kind) {
    case "json": {
      const text = `${JSON.stringify(makeDocument(models, layout, now), null, 2)}\n`;
      return { name: `${name}.json`, type: "application/json", text };
    }
    case "markdown":
      return { name: `${name}.md`, type: "text/markdown", text: toMarkdown(models) };
    case "html": {
      const code = await readCode(models, assetText);
      const text = await toHtml(makeDocument(models, layout, now), models, code);
      return { name: `${name}.html`, type: "text/html", text };
    }
  }
}

/** The code that draws a page, and the parts that these runs may need; `null` where it is missing. */
async function readCode(
  models: readonly RunModel[],
  assetText: (name: string) => Promise<string>,
): Promise<PageCode | null> {
  try {
    const script = await assetText("standalone");
    const needed = neededAssets(models).map(async (name) => [name, await assetText(name)] as const);
    const had = await Promise.allSettled(needed);
    const assets = had.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    return { script, assets: Object.fromEntries(assets) };
  } catch {
    return null;
  }
}

/** `gpt-5-mini-2026-11-30-1204`: sorts by day, and any file system takes it. */
function nameFile(models: readonly RunModel[], now: Date): string {
  const [first] = models;
  const who =
    models.length === 1 ? (first?.name ?? first?.model ?? "run") : `${models.length}-runs`;
  const safe = who
    .replace(/[^\p{L}\p{N}._]+/gu, "-")
    .replace(/^[-.]+|-+$/g, "")
    .slice(0, 60);
  const when = now.toISOString().slice(0, 16).replace("T", "-").replace(":", "");
  return `${safe}-${when}`;
}
