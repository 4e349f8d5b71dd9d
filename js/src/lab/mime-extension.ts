/** The MIME renderer: one Lumino widget for each output, filled by an `OutputPlace`. */

import { MIME_TYPE } from "../document.ts";
import { pageHub } from "../hub.ts";
import type { KernelStates } from "./kernel-states.ts";
import { OutputPlace } from "./output-place.ts";

/** The part of Lumino's `Widget` that we use. */
type Widget = {
  readonly node: HTMLElement;
  dispose(): void;
};

type MimeModel = { readonly data: Readonly<Record<string, unknown>> };

/** Before the view of ipywidgets (-10), which needs a kernel and a trusted notebook. */
const RANK = -20;

export function makeMimeExtension(lumino: Record<string, unknown>, kernels: KernelStates): unknown {
  const Base = lumino["Widget"] as new () => Widget;

  class RunRenderer extends Base {
    readonly #place = new OutputPlace(this.node, pageHub(), kernels);

    constructor() {
      super();
      // As Lab's own renderers say it.
      this.node.dataset["mimeType"] = MIME_TYPE;
    }

    /** Called again on the same widget when the output changes, at the end of a run above all. */
    async renderModel(model: MimeModel): Promise<void> {
      await this.#place.show(model.data[MIME_TYPE]);
    }

    override dispose(): void {
      this.#place.close();
      super.dispose();
    }
  }

  pageHub().draws = true;
  return {
    id: "stream-widget:runs",
    description: "Draws runs of stream_widget, with a kernel or without.",
    dataType: "json",
    rank: RANK,
    rendererFactory: {
      // A promise to the person who opens a notebook of others: see `document.ts`.
      safe: true,
      mimeTypes: [MIME_TYPE],
      createRenderer: () => new RunRenderer(),
    },
  };
}
