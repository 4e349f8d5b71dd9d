/**
 * When text arrived, as one string: the twin of `src/stream_widget/run/timeline.py`, which describes
 * it. Characters there are code points, as Python counts them.
 */

export type Arrival = {
  /** Milliseconds since the run started. */
  readonly atMs: number;
  readonly part: number;
  readonly characters: number;
};

const ENTRY = /^(\d{1,15})(?::(\d{1,9}))?\+(\d{1,15})$/;

/** Reads the string up to the first entry that is none: the rest of a text is shown all the same. */
export function parseTimeline(timeline: string): Arrival[] {
  const arrivals: Arrival[] = [];
  let atMs = 0;
  let part = 0;
  for (const entry of timeline.split(" ")) {
    const found = ENTRY.exec(entry);
    if (found === null) {
      return arrivals;
    }
    atMs += Number(found[1]);
    part = found[2] === undefined ? part : Number(found[2]);
    arrivals.push({ atMs, part, characters: Number(found[3]) });
  }
  return arrivals;
}

export function formatTimeline(arrivals: readonly Arrival[]): string {
  let before: Arrival | undefined;
  return arrivals
    .map((arrival) => {
      const { part, characters } = arrival;
      const named = before?.part === part ? "" : `:${part}`;
      const entry = `${arrival.atMs - (before?.atMs ?? 0)}${named}+${characters}`;
      before = arrival;
      return entry;
    })
    .join(" ");
}
