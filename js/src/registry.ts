/** Finds the store of a model: anywidget hands each view another proxy of the same model. */

import type { AnyModel } from "./kernel.ts";
import { Store } from "./store.ts";

/** How long a store made by a view outlives its last view: Jupyter rebuilds views. */
const LINGER_MS = 10_000;

type Entry = {
  readonly model: AnyModel;
  readonly store: Store;
  views: number;
  readonly owned: boolean;
};

const entries = new Map<unknown, Entry>();

/** The trait tells two models apart; without it the proxy must do. */
function keyOf(model: AnyModel): unknown {
  const id = model.get("widget_id");
  return typeof id === "string" && id !== "" ? id : model;
}

/**
 * Makes the store of a model, which lives until it is closed; `early` holds the values that its
 * trait `patches` had before.
 */
export function openStore(
  model: AnyModel,
  early: readonly unknown[] = [],
): { store: Store; close: () => void } {
  const key = keyOf(model);
  const entry = { model, store: new Store(model), views: 0, owned: true };
  entries.set(key, entry);
  for (const value of early) {
    entry.store.receive(value);
  }
  const stop = listen(model, entry.store);
  return {
    store: entry.store,
    close: () => {
      stop();
      discard(key, entry);
    },
  };
}

/** The models that have a store, the newest last. */
export function liveModels(): readonly AnyModel[] {
  return [...entries.values()].map(({ model }) => model);
}

/** The store for a view, made now where `initialize` did not; release it with the view. */
export function borrowStore(model: AnyModel): { store: Store; release: () => void } {
  const key = keyOf(model);
  const entry = entries.get(key) ?? { model, store: new Store(model), views: 0, owned: false };
  entries.set(key, entry);
  entry.views += 1;
  // A proxy's listeners end with its view, so each view of such a store brings its own; what
  // arrives twice is dropped by its number.
  const stop = entry.owned ? () => undefined : listen(model, entry.store);
  return {
    store: entry.store,
    release: () => {
      stop();
      entry.views -= 1;
      if (!entry.owned && entry.views === 0) {
        setTimeout(() => entry.views === 0 && discard(key, entry), LINGER_MS);
      }
    },
  };
}

function listen(model: AnyModel, store: Store): () => void {
  const take = () => store.receive(model.get("patches"));
  const arrange = () => store.arrange(model.get("arrangement"));
  arrange();
  take();
  model.on("change:patches", take);
  model.on("change:arrangement", arrange);
  return () => {
    model.off("change:patches", take);
    model.off("change:arrangement", arrange);
  };
}

function discard(key: unknown, entry: Entry): void {
  entry.store.close();
  if (entries.get(key) === entry) {
    entries.delete(key);
  }
}
