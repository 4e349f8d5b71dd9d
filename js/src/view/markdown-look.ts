/**
 * Where the Markdown renderer comes from: with the module, or as a part of its own right behind it.
 *
 * It is larger than all the rest of the view, and no text needs it in the page's first moment: until
 * it is there, a text is shown as it was written.
 */

import { type AssetSource, assetText, loadAsset } from "../assets.ts";
import { addStyle } from "../style-sheet.ts";
import type { TextFlow } from "./flow.ts";

/** A part that is loaded has a copy of `assets.ts` of its own, which knows no source yet. */
type LoadedPart = MarkdownPart & { readonly setAssetSource: (load: AssetSource) => void };

type MarkdownPart = {
  readonly MarkdownFlow: new (element: HTMLElement) => TextFlow;
  readonly css: string;
};

let part: MarkdownPart | undefined;
const waiting = new Set<() => void>();

/** For a module that brings it along. */
export function provideMarkdown(given: MarkdownPart): void {
  part = given;
  addStyle(given.css);
  for (const call of waiting) {
    call();
  }
  waiting.clear();
}

/** The renderer, once it is there. */
export function findMarkdown(): MarkdownPart["MarkdownFlow"] | undefined {
  return part?.MarkdownFlow;
}

/** Begins to load it where it is not there; it is tried again with the next call. */
export function loadMarkdown(): void {
  if (part === undefined) {
    loadAsset("markdown").then(
      (loaded) => {
        const given = loaded as LoadedPart;
        given.setAssetSource(assetText);
        provideMarkdown(given);
      },
      () => undefined,
    );
  }
}

/** Calls `call` when the renderer has come, unless it is there already. */
export function whenMarkdown(call: () => void, { signal }: { signal: AbortSignal }): void {
  if (part === undefined) {
    waiting.add(call);
    signal.addEventListener("abort", () => waiting.delete(call), { once: true });
    loadMarkdown();
  }
}
