/** Looks at a run: what its view is drawn from at one moment. */

import type { Scene } from "../describe.ts";
import type { RunStore } from "../run-store.ts";
import type { Store } from "../store.ts";

/** `null` before the first snapshot. */
export function sceneOf(run: RunStore, store: Store, nowMs: number): Scene | null {
  // A replay that has come to its end says so only once it is read.
  const reader = run.read(nowMs);
  const { model } = run;
  if (model === undefined || reader === undefined) {
    return null;
  }
  const replayS = run.replayS(nowMs);
  return {
    model,
    reader,
    elapsedS: replayS ?? run.elapsedS(nowMs),
    // Walks the arrivals of the last seconds, and only the numbers, four times a second, ask for it.
    get charactersPerS() {
      return run.arrivalRate(nowMs);
    },
    silentS: replayS === null ? run.silentS(nowMs) : 0,
    cancelling: store.commands.isPending(run.id, "cancel"),
    restarting: store.commands.isPending(run.id, "restart"),
    newest: store.newest === run || store.arrangement !== "stack",
    lost: run.lost,
    restored: store.origin === "document",
    replayS,
  };
}
