/** Runs as one document: what a JSON export holds, and what an exported page draws itself from. */

import type { Arrangement } from "../arrangement.ts";
import { VERSION } from "../build-name.ts";
import type { RunView } from "../protocol.ts";
import { type RunModel, toRunView } from "../run-model.ts";

/** The twin of the document that Python's `export` writes and `load` reads. */
export type RunDocument = {
  readonly schema: 1;
  readonly layout: Arrangement;
  readonly made_by: string;
  readonly exported_at: string;
  readonly runs: readonly RunView[];
};

export function makeDocument(
  models: readonly RunModel[],
  layout: Arrangement,
  now: Date,
): RunDocument {
  return {
    schema: 1,
    layout,
    made_by: `stream_widget ${VERSION}`.trim(),
    exported_at: now.toISOString(),
    runs: models.map((model) => toRunView(model, null)),
  };
}
