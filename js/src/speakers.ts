/** What to call each run of a widget: by its model, and by more where two have the same. */

import type { RunModel } from "./run-model.ts";

export type Speaker = {
  /** Stands alone: on a tab, before a line of the merged column, in what is said aloud. */
  readonly label: string;
  /** Follows the model's name in a header. */
  readonly mark: string;
  /** What tells it apart that a wide header shows anyway, and a narrow one has no room for. */
  readonly hint: string;
};

type Named = Pick<RunModel, "model" | "name" | "effort" | "provider">;

/** What tells runs of one model apart, the best first; `null` where a run has none of it. */
const WAYS: readonly ((run: Named) => Speaker | null)[] = [
  ({ name }) => (name ? { label: name, mark: "", hint: name } : null),
  ({ effort, model }) =>
    effort ? { label: `${model} · ${effort}`, mark: "", hint: effort } : null,
  ({ provider, model }) => ({ label: `${provider}:${model}`, mark: provider, hint: "" }),
];

/** The speakers, in the order of the runs. */
export function nameSpeakers(runs: readonly Named[]): Speaker[] {
  return runs.map((run) => {
    const group = runs.filter((other) => other.model === run.model);
    if (group.length === 1) {
      return { label: run.model, mark: "", hint: "" };
    }
    const way = WAYS.find((one) => tellsApart(group.map(one)));
    const number = `#${group.indexOf(run) + 1}`;
    return way?.(run) ?? { label: `${run.model} ${number}`, mark: number, hint: "" };
  });
}

function tellsApart(speakers: readonly (Speaker | null)[]): boolean {
  const labels = new Set(speakers.map((speaker) => speaker?.label));
  return !labels.has(undefined) && labels.size === speakers.length;
}
