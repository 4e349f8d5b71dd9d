/** What many runs come to together: how many stand how, how far they are, how long, how much. */

import type { Scene } from "./describe.ts";
import { formatCost, formatDuration, plural } from "./format.ts";
import { costOf, countTokens, progressOf } from "./numbers.ts";
import { isFinal } from "./run-model.ts";

export type Tally = {
  /** `4 runs`. */
  readonly count: string;
  /** `1 done · 2 streaming · 1 waiting`. */
  readonly words: string;
  /** From 0 to 1. */
  readonly progress: number;
  readonly elapsed: string;
  readonly tokens: number;
  /** `~$0.0112`; empty where no price is known. */
  readonly cost: string;
  /** Runs that are not over. */
  readonly running: number;
  /** Runs that are held, whether or not they are over. */
  readonly paused: number;
};

type Kind = "done" | "streaming" | "waiting" | "paused" | "incomplete" | "cancelled" | "failed";

const ORDER: readonly Kind[] = [
  "done",
  "streaming",
  "waiting",
  "paused",
  "incomplete",
  "cancelled",
  "failed",
];

export function tally(scenes: readonly Scene[]): Tally {
  const kinds = scenes.map(kindOf);
  const counts = ORDER.map((kind) => [kinds.filter((one) => one === kind).length, kind] as const);
  const done = scenes.map((scene) => (isOver(scene) ? 1 : (progressOf(scene.model) ?? 0)));
  return {
    count: plural(scenes.length, "run"),
    words: counts
      .filter(([count]) => count > 0)
      .map(([count, kind]) => `${count} ${kind}`)
      .join(" · "),
    progress: done.reduce((sum, part) => sum + part, 0) / Math.max(1, scenes.length),
    elapsed: formatDuration(elapsedS(scenes)),
    tokens: scenes.reduce((sum, { model }) => sum + countTokens(model), 0),
    cost: describeCosts(scenes),
    running: scenes.filter((scene) => !isOver(scene)).length,
    paused: scenes.filter(({ reader }) => reader.paused).length,
  };
}

function isOver({ model, lost }: Scene): boolean {
  return isFinal(model.state) || lost;
}

function kindOf(scene: Scene): Kind {
  const { model, reader, lost } = scene;
  if (reader.paused) {
    return "paused";
  }
  if (lost && !isFinal(model.state)) {
    return "failed";
  }
  switch (model.state) {
    case "completed":
      return "done";
    case "pending":
      return "waiting";
    case "streaming":
      return model.wait?.kind === "retry" ? "waiting" : "streaming";
    case "paused":
    case "incomplete":
    case "cancelled":
    case "failed":
      return model.state;
  }
}

/** From the first start to the last end, or to now. */
function elapsedS(scenes: readonly Scene[]): number {
  const first = Math.min(...scenes.map(({ model }) => model.started_at));
  const spans = scenes.map((scene) => scene.model.started_at - first + scene.elapsedS);
  return Math.max(0, ...spans);
}

function describeCosts(scenes: readonly Scene[]): string {
  const costs = scenes.map(({ model }) => costOf(model));
  const known = costs.filter((cost) => cost !== null);
  if (known.length === 0) {
    return "";
  }
  const usd = known.reduce((sum, cost) => sum + cost.usd, 0);
  const exact = known.length === costs.length && known.every((cost) => cost.exact);
  return `${exact ? "" : "~"}${formatCost(usd)}`;
}
