/** What every export says of a run beside its words: who, when, how long, how much, what was cut. */

import { describeFallback, describeRequest, describeShortfall } from "../describe.ts";
import { formatCost, formatCount, formatDuration } from "../format.ts";
import { costOf, countTokens } from "../numbers.ts";
import { isFinal, isReasoning, type RunModel } from "../run-model.ts";

/** A name and what there is to say under it, in the order they are read. */
export type Fact = readonly [name: string, value: string];

export function listFacts(model: RunModel): Fact[] {
  const facts: Fact[] = [
    ["Model", describeTarget(model)],
    ["Settings", describeRequest(model)],
    ["Asked", new Date(model.started_at * 1000).toISOString().replace(/\.\d+Z$/, "Z")],
    ["Took", describeTimes(model)],
    ["Tokens", describeUsage(model)],
    ["Cost", describeCost(model)],
    ["Ended", describeEnd(model)],
    ["Cut", describeCut(model)],
  ];
  return facts.filter(([, value]) => value !== "");
}

function describeTarget(model: RunModel): string {
  const instead = describeFallback(model);
  const { response_model: answered } = model;
  return [
    `${model.provider}:${model.model}`,
    answered !== null && answered !== model.model && `answered by ${answered}`,
    instead && `asked instead of ${instead}`,
  ]
    .filter(Boolean)
    .join(", ");
}

function describeTimes({ elapsed_s, ttft_s, ttfo_s }: RunModel): string {
  return [
    formatDuration(elapsed_s),
    ttft_s !== null && `first token after ${formatDuration(ttft_s)}`,
    ttfo_s !== null && `first word of the answer after ${formatDuration(ttfo_s)}`,
  ]
    .filter(Boolean)
    .join(", ");
}

function describeUsage(model: RunModel): string {
  const { usage, usage_source } = model;
  if (usage === null) {
    return `about ${formatCount(countTokens(model))} out, estimated from the text`;
  }
  const { input_tokens, cached_input_tokens, output_tokens, reasoning_tokens } = usage;
  const count = (tokens: number | null, what: string) =>
    tokens === null ? "" : `${formatCount(tokens)} ${what}`;
  const counts = [
    count(input_tokens, "in"),
    cached_input_tokens ? count(cached_input_tokens, "of them cached") : "",
    count(output_tokens, "out"),
    reasoning_tokens ? count(reasoning_tokens, "of them reasoning") : "",
  ];
  const source = usage_source === "reported" ? "reported by the provider" : "estimated";
  return [...counts, source].filter((words) => words !== "").join(", ");
}

function describeCost(model: RunModel): string {
  const cost = costOf(model);
  if (cost === null) {
    return "not known";
  }
  return `${formatCost(cost.usd)}${cost.exact ? "" : ", estimated"}`;
}

function describeEnd({ state, finish_reason, raw_finish_reason }: RunModel): string {
  const raw = raw_finish_reason === finish_reason ? null : raw_finish_reason;
  const why = [finish_reason, raw].filter((reason) => reason !== null).join(", ");
  return why === "" ? state : `${state} (${why})`;
}

/** What is missing, and why; empty where the text is whole. */
function describeCut(model: RunModel): string {
  const { state, usage, error } = model;
  const hidden = usage?.reasoning_tokens && !model.parts.some((part) => isReasoning(part.kind));
  return [
    describeShortfall(model),
    state === "cancelled" && "Cancelled by the reader: the text ends where it was stopped.",
    state === "failed" && `The run failed: ${error?.message ?? "no reason is known."}`,
    !isFinal(state) && "Taken while the run was not over: the text ends where it stood then.",
    model.parts.some((part) => part.kind === "refusal") && "The model declined to answer.",
    hidden && "The provider did not return the text of the reasoning.",
  ]
    .filter(Boolean)
    .join(" ");
}
