/** How the runs of one widget are laid out. */

export const ARRANGEMENTS = ["stack", "grid", "merged", "tabs"] as const;

/** `stack` is one below the other, as a widget of one run shows itself and what it was asked again. */
export type Arrangement = (typeof ARRANGEMENTS)[number];

/** The value of the synced trait; an older kernel has none, a newer one may know more. */
export function readArrangement(value: unknown): Arrangement {
  return ARRANGEMENTS.find((one) => one === value) ?? "stack";
}
