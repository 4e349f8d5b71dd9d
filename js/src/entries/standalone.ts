/**
 * A page of its own: draws the document that stands in it, with nothing but what stands in it.
 *
 * `<script type="application/json" data-stream-widget>` holds the document, and the runs are drawn
 * right behind it; `data-stream-widget-asset="maths"` holds the text of an asset as a JSON string.
 */

import * as markdown from "../assets/markdown.ts";
import { setAssetSource } from "../assets.ts";
import { DocumentError, readDocument } from "../document.ts";
import { mountStore } from "../runtime.ts";
import { makeStillStore } from "../still-store.ts";
import { make } from "../view/dom.ts";
import { provideMarkdown } from "../view/markdown-look.ts";

provideMarkdown(markdown);
/** What a further export of this page is drawn with. */
const own = document.currentScript?.textContent ?? "";

setAssetSource(async (name) => {
  if (name === "standalone" && own !== "") {
    return own;
  }
  const holder = document.querySelector(`[data-stream-widget-asset=${CSS.escape(name)}]`);
  return String(JSON.parse(holder?.textContent ?? ""));
});

async function draw(holder: HTMLElement): Promise<void> {
  const place = make("div", "");
  holder.after(place);
  try {
    const known = await readDocument(JSON.parse(holder.textContent ?? ""));
    mountStore(makeStillStore(known), place);
    // The same runs without a script, for whoever has none.
    for (const plain of document.querySelectorAll("[data-stream-widget-plain]")) {
      plain.remove();
    }
  } catch (error) {
    const why =
      error instanceof DocumentError ? error.message : "The runs in this page are damaged.";
    place.append(make("p", "", why));
  }
}

for (const holder of document.querySelectorAll<HTMLElement>("script[data-stream-widget]")) {
  void draw(holder);
}
