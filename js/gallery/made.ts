/** Models and scenes made from views, for tests. */

import type { Scene } from "../src/describe.ts";
import type { RunView } from "../src/protocol.ts";
import { openReader } from "../src/reader.ts";
import { applyPatch, type RunModel } from "../src/run-model.ts";
import { view } from "./scenes.ts";

export function modelOf(change: Partial<RunView>): RunModel {
  return sceneOf(change).model;
}

export function sceneOf(change: Partial<RunView>, facts: Partial<Scene> = {}): Scene {
  const snapshot = { type: "run-snapshot", run: "r", seq: 0, view: view(change) } as const;
  const model = applyPatch(undefined, snapshot);
  if (model === undefined) {
    throw new Error("a snapshot makes a model");
  }
  return {
    model,
    reader: openReader(model, snapshot, 0),
    elapsedS: model.elapsed_s,
    charactersPerS: null,
    silentS: 0,
    cancelling: false,
    restarting: false,
    newest: true,
    lost: false,
    restored: false,
    replayS: null,
    ...facts,
  };
}
