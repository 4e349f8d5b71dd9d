/** The row of numbers: what is known, and what is only estimated marked with a tilde. */

import type { Scene } from "./describe.ts";
import { formatCost, formatCount, formatDuration } from "./format.ts";
import { isFinal, isReasoning, type RunModel } from "./run-model.ts";

/** One number and the words after it; `value` is set in bold. */
export type NumberItem = {
  readonly key: NumberKey;
  readonly value: string;
  readonly words: string;
};

/** What each number is, for whoever wonders; in the order they stand in. */
export const MEANINGS = {
  elapsed: "Time since the request was made, waiting and further attempts included.",
  tokens:
    "Output tokens, those of the reasoning included. With ~ they are estimated from the text that " +
    "has arrived; without, the provider reported them.",
  split: "Output tokens spent on reasoning and on the answer.",
  rate:
    "Output tokens a second: over the last three seconds while the answer arrives, over the whole " +
    "of it once it is done.",
  overall: "Output tokens a second since the first one arrived.",
  first: "Time from the request to the first token of any kind, reasoning included.",
  cost:
    "Price of prompt and output in US dollars. With ~ it is counted from estimated tokens while " +
    "usage is not reported.",
  paused: "The model goes on behind the pause: pausing holds the view, not the provider.",
  patience: "The run fails when the provider stays silent for so long.",
} as const;

export type NumberKey = keyof typeof MEANINGS;

const SHORTEST_S = 0.05;
/** Earlier, the rate since the first token says nothing the one of late does not. */
const OVERALL_AFTER_S = 3;

export function listNumbers(scene: Scene): NumberItem[] {
  const { model } = scene;
  const items: NumberItem[] = [
    { key: "elapsed", value: formatDuration(scene.elapsedS), words: "elapsed" },
    countItem(model),
    { key: "split", value: "", words: describeSplit(model) },
    { key: "rate", value: describeRate(scene), words: "tokens/s" },
    { key: "overall", value: "", words: describeOverall(scene) },
    { key: "first", value: "", words: describeFirst(model) },
    { key: "cost", value: "", words: describeCost(model) },
    { key: "paused", value: "", words: describePause(scene) },
    { key: "patience", value: "", words: describePatience(scene) },
  ];
  return items.filter(({ key, value, words }) => (key === "rate" ? value : words) !== "");
}

/** Output tokens, reported or estimated from what has arrived. */
export function countTokens(model: RunModel): number {
  return model.usage?.output_tokens ?? Math.round(model.total / model.chars_per_token);
}

function isReported(model: RunModel): boolean {
  return model.usage_source === "reported" && (model.usage?.output_tokens ?? null) !== null;
}

function tilde(model: RunModel): string {
  return isReported(model) ? "" : "~";
}

function countItem(model: RunModel): NumberItem {
  const tokens = countTokens(model);
  const limit = model.finish_reason === "length" ? model.max_output_tokens : null;
  return {
    key: "tokens",
    value: tokens > 0 || isReported(model) ? `${tilde(model)}${formatCount(tokens)}` : "",
    words: tokens > 0 || isReported(model) ? limited(limit) : "",
  };
}

function limited(limit: number | null): string {
  return limit === null ? "tokens" : `of ${formatCount(limit)} tokens`;
}

/** Known once reported; before that only where the reasoning itself arrives, not a summary. */
function describeSplit(model: RunModel): string {
  const reasoning = model.usage?.reasoning_tokens ?? estimateReasoning(model);
  if (!reasoning) {
    return "";
  }
  const mark = tilde(model);
  const answer = Math.max(0, countTokens(model) - reasoning);
  return `${mark}${formatCount(reasoning)} reasoning · ${mark}${formatCount(answer)} answer`;
}

function estimateReasoning(model: RunModel): number | null {
  const parts = model.parts.filter((part) => isReasoning(part.kind));
  if (parts.some((part) => part.kind === "reasoning_summary")) {
    return null;
  }
  const units = parts.reduce((sum, part) => sum + part.text.length, 0);
  return Math.round(units / model.chars_per_token);
}

function describeRate(scene: Scene): string {
  const rate = tokensPerS(scene);
  return rate === null || rate < 0.5
    ? ""
    : `${isLiveRate(scene) ? "~" : tilde(scene.model)}${formatCount(rate)}`;
}

function isLiveRate(scene: Scene): boolean {
  return !isFinal(scene.model.state);
}

/** Of late while it streams; over the whole of it when done. */
function tokensPerS(scene: Scene): number | null {
  const { model } = scene;
  if (isLiveRate(scene)) {
    return scene.charactersPerS === null ? null : scene.charactersPerS / model.chars_per_token;
  }
  return overallPerS(model, model.elapsed_s);
}

function overallPerS(model: RunModel, elapsedS: number): number | null {
  // Reasoning tokens were made before the first delta, so the wait for it counts with them.
  const waited = model.usage?.reasoning_tokens ? 0 : (model.ttft_s ?? 0);
  const tookS = elapsedS - waited;
  return tookS < SHORTEST_S ? null : countTokens(model) / tookS;
}

/** Beside the rate of late; once the run is over there is only one rate. */
function describeOverall(scene: Scene): string {
  const { model, elapsedS } = scene;
  const tookS = elapsedS - (model.ttft_s ?? elapsedS);
  const rate = overallPerS(model, elapsedS);
  if (!isLiveRate(scene) || tookS < OVERALL_AFTER_S || rate === null || rate < 0.5) {
    return "";
  }
  return `~${formatCount(rate)} overall`;
}

function describeFirst(model: RunModel): string {
  return model.ttft_s === null ? "" : `first after ${formatDuration(model.ttft_s)}`;
}

/** What the run costs, or has cost so far by its estimated tokens; `null` without a price. */
export function costOf(model: RunModel): { usd: number; exact: boolean } | null {
  const { cost_usd, rates } = model;
  if (cost_usd !== null && !Number.isNaN(cost_usd)) {
    return { usd: cost_usd, exact: isReported(model) };
  }
  if (rates === null || model.total === 0) {
    return null;
  }
  return { usd: rates.prompt_usd + rates.output_token_usd * countTokens(model), exact: false };
}

function describeCost(model: RunModel): string {
  const cost = costOf(model);
  return cost === null ? "" : `${cost.exact ? "" : "~"}${formatCost(cost.usd)}`;
}

function describePause({ reader, model }: Scene): string {
  return reader.paused && !isFinal(model.state) ? "still arriving behind the pause" : "";
}

function describePatience({ model }: Scene): string {
  const { wait } = model;
  return wait?.kind === "data" && !isFinal(model.state)
    ? `gives up after ${formatWait(wait.until_s - wait.since_s)} of silence`
    : "";
}

/** `about 6 s left, from 14 past answers`; empty where nothing says how long it may get. */
export function describeTimeLeft(scene: Scene): string {
  const { model } = scene;
  const rate = tokensPerS(scene);
  if (model.expected === null || isFinal(model.state) || rate === null || rate < 0.5) {
    return "";
  }
  const left = model.expected.output_tokens - countTokens(model);
  if (left <= 0) {
    return `longer than expected ${model.expected.source}`;
  }
  const bound = model.expected.source.startsWith("from") ? "about" : "at most";
  return `${bound} ${formatWait(left / rate)} left, ${model.expected.source}`;
}

function formatWait(seconds: number): string {
  return seconds < 60 ? `${Math.max(1, Math.round(seconds))} s` : formatDuration(seconds);
}

/** From 0 to 1; `null` where nothing says how long it may get. */
export function progressOf(model: RunModel): number | null {
  if (model.state === "completed" || model.state === "incomplete") {
    return 1;
  }
  if (model.expected !== null) {
    return Math.min(0.98, countTokens(model) / Math.max(1, model.expected.output_tokens));
  }
  return isFinal(model.state) ? 0 : null;
}
