/** What to call each run of a widget: by its model, and by more where two have the same. */

import type { RunModel } from "./run-model.ts";

export type Speaker = {
  /** Stands alone: on a tab, before a line of the merged column, in what is said aloud. */
  readonly label: string;
  /** Follows the model's name in a header that shows name and effort anyway. */
  readonly mark: string;
};

type Named = Pick<RunModel, "model" | "name" | "effort" | "provider">;

/** What tells runs of one model apart, the best first. */
const WAYS: readonly ((run: Named) => string | null)[] = [
  (run) => run.name,
  (run) => run.effort && `${run.model} · ${run.effort}`,
  (run) => `${run.provider}:${run.model}`,
];

/** The speakers, in the order of the runs. */
export function nameSpeakers(runs: readonly Named[]): Speaker[] {
  return runs.map((run) => {
    const group = runs.filter((other) => other.model === run.model);
    if (group.length === 1) {
      return { label: run.model, mark: "" };
    }
    const way = WAYS.find((one) => tellsApart(group.map(one)));
    const label = way?.(run);
    const number = `#${group.indexOf(run) + 1}`;
    return label ? { label, mark: "" } : { label: `${run.model} ${number}`, mark: number };
  });
}

function tellsApart(labels: readonly (string | null)[]): boolean {
  return !labels.includes(null) && !labels.includes("") && new Set(labels).size === labels.length;
}
