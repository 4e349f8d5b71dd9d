/**
 * Reads a document of runs: what a saved notebook or an exported page holds.
 *
 * The twin of `src/stream_widget/widget/document.py`. Such a document may come from anybody, so
 * nothing of it is believed: what has the wrong type is left out, what is too large is refused.
 */

import { ARRANGEMENTS, type Arrangement } from "./arrangement.ts";
import type { RunView } from "./protocol.ts";
import { Fields } from "./read-fields.ts";
import { readRunView } from "./read-run-view.ts";

export const MIME_TYPE = "application/vnd.stream-widget.run+json";

const SCHEMA = 1;
const MOST_RUNS = 1000;
const UNPACKED_BYTES = 64_000_000;

export type RunDocument = {
  /** The widget's id in the kernel that made it. */
  readonly widget: string;
  readonly layout: Arrangement;
  /** Empty while they run. */
  readonly runs: readonly RunView[];
};

/** Says to the reader why a document cannot be shown. */
export class DocumentError extends Error {}

/** The widget a document is of, without a look at its runs; `""` where it names none. */
export function widgetOf(value: unknown): string {
  return new Fields(value).text("widget");
}

/** Rejects with a `DocumentError` if the document cannot be shown. */
export async function readDocument(value: unknown): Promise<RunDocument> {
  const fields = new Fields(value);
  const schema = fields.number("schema", 0);
  if (schema > SCHEMA) {
    throw new DocumentError(
      "This was written by a newer stream_widget than the one that should show it. Update it.",
    );
  }
  if (schema !== SCHEMA) {
    throw new DocumentError("This is no document of stream_widget, or a damaged one.");
  }
  const packed = fields.text("packed");
  const runs = packed === "" ? fields.list("runs") : await unpack(packed);
  if (runs.length > MOST_RUNS) {
    throw new DocumentError(`This has ${runs.length} runs; ${MOST_RUNS} at most can be shown.`);
  }
  return {
    widget: fields.text("widget"),
    layout: fields.choice("layout", ARRANGEMENTS) ?? "stack",
    runs: runs.map(readRunView).filter((view) => view !== null),
  };
}

async function unpack(packed: string): Promise<readonly unknown[]> {
  if (typeof DecompressionStream !== "function") {
    throw new DocumentError("This browser cannot unpack these runs; a newer one can.");
  }
  let runs: unknown;
  try {
    runs = JSON.parse(await gunzip(packed));
  } catch (error) {
    if (error instanceof DocumentError) {
      throw error;
    }
    throw new DocumentError("The packed runs are damaged and cannot be shown.");
  }
  return Array.isArray(runs) ? runs : [];
}

/** Stops as soon as more comes out than may, however little went in. */
async function gunzip(packed: string): Promise<string> {
  const bytes = Uint8Array.from(atob(packed), (char) => char.charCodeAt(0));
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const reader = unpacked.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    size += chunk.value.byteLength;
    if (size > UNPACKED_BYTES) {
      await reader.cancel();
      throw new DocumentError(
        "The packed runs are larger than 64 MB when unpacked, and are not shown.",
      );
    }
    text += decoder.decode(chunk.value, { stream: true });
  }
  return text + decoder.decode();
}
