/** Where the view of JSON comes from: an asset that is loaded when there is JSON to show. */

import { loadAsset } from "../assets.ts";
import { addStyle } from "../style-sheet.ts";
import type { TextFlow } from "./flow.ts";

type JsonPart = {
  readonly JsonFlow: new (element: HTMLElement) => TextFlow;
  readonly css: string;
};

let part: JsonPart | undefined;

export function findJson(): JsonPart["JsonFlow"] | undefined {
  return part?.JsonFlow;
}

/** Calls `call` when the view has come, unless it is there already. Where it cannot be had, JSON stays source. */
export function whenJson(call: () => void): void {
  if (part !== undefined) {
    return;
  }
  loadAsset("json").then(
    (loaded) => {
      if (part === undefined) {
        part = loaded as JsonPart;
        addStyle(part.css);
      }
      call();
    },
    () => undefined,
  );
}
