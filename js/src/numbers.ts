/** The row of numbers: what is known, and what is only estimated marked with a tilde. */

import type { Scene } from "./describe.ts";
import { formatCost, formatCount, formatDuration } from "./format.ts";
import { isFinal, isReasoning, type RunModel } from "./run-model.ts";

/** One number and the words after it; `value` is set in bold. */
export type NumberItem = {
  readonly key: string;
  readonly value: string;
  readonly words: string;
};

const SHORTEST_S = 0.05;

export function listNumbers(scene: Scene): NumberItem[] {
  const { model } = scene;
  const items = [
    { key: "elapsed", value: formatDuration(scene.elapsedS), words: "elapsed" },
    countItem(model),
    { key: "split", value: "", words: describeSplit(model) },
    { key: "rate", value: describeRate(scene), words: "tokens/s" },
    { key: "first", value: "", words: describeFirst(model) },
    { key: "cost", value: "", words: describeCost(model) },
    { key: "paused", value: "", words: describePause(scene) },
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
  // Reasoning tokens were made before the first delta, so the wait for it counts with them.
  const waited = model.usage?.reasoning_tokens ? 0 : (model.ttft_s ?? 0);
  const tookS = model.elapsed_s - waited;
  return tookS < SHORTEST_S ? null : countTokens(model) / tookS;
}

function describeFirst(model: RunModel): string {
  return model.ttft_s === null ? "" : `first after ${formatDuration(model.ttft_s)}`;
}

function describeCost(model: RunModel): string {
  if (model.cost_usd === null || Number.isNaN(model.cost_usd)) {
    return "";
  }
  return `${tilde(model)}${formatCost(model.cost_usd)}`;
}

function describePause({ reader, model }: Scene): string {
  return reader.paused && !isFinal(model.state) ? "still arriving behind the pause" : "";
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
