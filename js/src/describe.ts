/** What a run's view says in words, decided from its state alone. */

import { formatCount, formatDuration, plural } from "./format.ts";
import type { StateName, WaitView } from "./protocol.ts";
import { heldUnits, isCatchingUp, type Reader } from "./reader.ts";
import { isFinal, isReasoning, type PartModel, type RunModel } from "./run-model.ts";

/** Everything a view is drawn from, at one moment. */
export type Scene = {
  readonly model: RunModel;
  readonly reader: Reader;
  readonly elapsedS: number;
  /** Characters a second, of late. */
  readonly charactersPerS: number | null;
  readonly silentS: number;
  /** Cancel was asked for and not yet answered. */
  readonly cancelling: boolean;
  /** Restart was asked for and not yet answered. */
  readonly restarting: boolean;
  /** The newest run of its widget, or one of several that stand for themselves. */
  readonly newest: boolean;
  /** The kernel is gone. */
  readonly lost: boolean;
  /** Drawn from a saved notebook or page: no kernel stands behind it. */
  readonly restored: boolean;
  /** The reader watches a finished run once more, and has come so far. */
  readonly replayS: number | null;
};

export type Tone = "blue" | "violet" | "green" | "amber" | "red" | "dim";

export type Face = {
  /** The run's state as the page shows it: it follows what the reader can see. */
  readonly state: StateName;
  readonly pill: string;
  readonly tone: Tone;
  /** Something moves: the dot pulses and the clock runs. */
  readonly live: boolean;
};

const OUTCOMES: Readonly<Record<StateName, readonly [pill: string, tone: Tone]>> = {
  pending: ["waiting for the first word", "dim"],
  streaming: ["answering", "blue"],
  paused: ["paused", "amber"],
  completed: ["done", "green"],
  incomplete: ["incomplete", "amber"],
  cancelled: ["cancelled", "dim"],
  failed: ["failed", "red"],
};

const CUT_OFF: ReadonlySet<string> = new Set(["interrupted", "malformed"]);

export function describe(scene: Scene): Face {
  const { model, reader } = scene;
  const over = isFinal(model.state);
  if (scene.lost && !over) {
    return { state: "failed", pill: "interrupted", tone: "red", live: false };
  }
  if (scene.replayS !== null) {
    return { state: "streaming", pill: describeReplay(scene), tone: "violet", live: true };
  }
  if (reader.paused) {
    const pill = over ? `paused · ${behind(model.state)} behind` : "paused";
    return { state: "paused", pill, tone: "amber", live: !over };
  }
  if (isCatchingUp(reader, model)) {
    return { state: "streaming", pill: "catching up", tone: "blue", live: true };
  }
  return over ? describeEnd(model) : { state: model.state, ...describeLive(scene), live: true };
}

function describeReplay({ replayS, model }: Scene): string {
  const [at, end] = [replayS ?? 0, model.elapsed_s].map(formatDuration);
  return `replaying · ${at} of ${end}`;
}

function describeEnd(model: RunModel): Face {
  const { state, error } = model;
  const [pill, tone] = OUTCOMES[state];
  const cutOff = state === "failed" && error !== null && CUT_OFF.has(error.kind);
  return { state, pill: cutOff ? "cut off" : pill, tone, live: false };
}

function behind(state: StateName): string {
  return state === "failed" ? "failed" : "finished";
}

type Words = { readonly pill: string; readonly tone: Tone };

function describeLive(scene: Scene): Words {
  const { model } = scene;
  if (model.wait !== null) {
    return describeWait(model.wait, scene);
  }
  const newest = model.newest === null ? undefined : model.parts[model.newest.part];
  if (model.reasoning || (newest !== undefined && isReasoning(newest.kind))) {
    return { pill: "reasoning", tone: "violet" };
  }
  if (newest === undefined) {
    // No attempt has begun: the run waits for its turn, not for the provider.
    const queued = model.attempt === 0 && model.state === "pending";
    return { pill: queued ? "queued" : OUTCOMES.pending[0], tone: "dim" };
  }
  return { pill: newest.kind === "tool_call" ? "calling a tool" : "answering", tone: "blue" };
}

function describeWait(wait: WaitView, { model, elapsedS }: Scene): Words {
  if (wait.kind === "retry") {
    const leftS = Math.max(0, Math.ceil(wait.until_s - elapsedS));
    return { pill: `asking again in ${leftS} s`, tone: "amber" };
  }
  const silence = `no data for ${Math.max(0, Math.floor(elapsedS - wait.since_s))} s`;
  // Some models reason for minutes without a word.
  return model.reasoning
    ? { pill: `reasoning · ${silence}`, tone: "violet" }
    : { pill: silence, tone: "amber" };
}

/** Whether to offer asking the same again: the run did not come to a good end. */
export function mayRestart({ model, newest, lost, restored }: Scene): boolean {
  const failed = isFinal(model.state) && model.state !== "completed";
  return failed && model.restartable && newest && !lost && !restored;
}

/** The target that was asked first, where another one has taken over since; else empty. */
export function describeFallback(model: RunModel): string {
  const { first_target, provider } = model;
  if (first_target === "" || first_target === `${provider}:${model.model}`) {
    return "";
  }
  const home = `${provider}:`;
  return first_target.startsWith(home) ? first_target.slice(home.length) : first_target;
}

/** `effort high · summary detailed`. */
export function describeRequest(model: RunModel): string {
  const instead = describeFallback(model);
  const settings = [
    instead && `instead of ${instead}`,
    model.name,
    model.effort && `effort ${model.effort}`,
    model.summary && `summary ${model.summary}`,
    model.verbosity && `verbosity ${model.verbosity}`,
    model.attempt > 1 && `attempt ${model.attempt}`,
  ];
  return settings.filter(Boolean).join(" · ");
}

export type ReasoningFace = {
  /** `none`: no panel. `hidden`: the model reasoned and the provider kept the words. */
  readonly face: "none" | "hidden" | "text";
  readonly line: string;
};

export function describeReasoning(scene: Scene): ReasoningFace {
  const { model } = scene;
  const parts = model.parts.filter((part) => isReasoning(part.kind) && part.text.length > 0);
  const tokens = model.usage?.reasoning_tokens ?? null;
  const took = reasoningS(scene);
  if (parts.length > 0) {
    return { face: "text", line: describeThoughts(model, parts, took) };
  }
  if (model.reasoning) {
    return { face: "hidden", line: `${formatDuration(took)} · no words so far` };
  }
  const amount = tokens
    ? plural(tokens, "token")
    : tokens === null && took >= 0.05 && `for ${formatDuration(took)}`;
  if (amount) {
    const line = `hidden: reasoned ${amount}; the provider did not return the text`;
    return { face: "hidden", line };
  }
  return { face: "none", line: "" };
}

/** `summary · 3 parts · 9.1 s · 912 tokens`, as far as each is known; a guess looks like one. */
function describeThoughts(model: RunModel, parts: readonly PartModel[], took: number): string {
  const tokens = model.usage?.reasoning_tokens ?? null;
  const about = model.usage_source === "estimated" ? "~" : "";
  const facts = [
    parts.some((part) => part.kind === "reasoning_text") ? "text" : "summary",
    parts.length > 1 && plural(parts.length, "part"),
    took >= 0.05 && formatDuration(took),
    tokens !== null && `${about}${plural(tokens, "token")}`,
  ];
  return facts.filter(Boolean).join(" · ");
}

/** Seconds the model reasoned, by what the provider announced, else by when its parts came. */
function reasoningS(scene: Scene): number {
  const announced = scene.model.spans;
  const spans = announced.length > 0 ? announced : partSpans(scene.model.parts);
  return spans.reduce(
    (sum, { start_s, end_s }) => sum + Math.max(0, (end_s ?? scene.elapsedS) - start_s),
    0,
  );
}

function partSpans(parts: readonly PartModel[]) {
  return parts
    .filter((part) => isReasoning(part.kind))
    .map((part) => ({ start_s: part.started_s, end_s: part.finished_s }));
}

/** Tokens that have arrived and are not shown, as `214 held`; empty when there are none. */
export function describeHeld(scene: Scene): string {
  const units = heldUnits(scene.reader, scene.model);
  const tokens = Math.round(units / scene.model.chars_per_token);
  return units === 0 ? "" : `${formatCount(Math.max(1, tokens))} held`;
}

/** Why an answer stops before its end, where the kernel has not already said so. */
export function describeShortfall(model: RunModel): string {
  if (model.state !== "incomplete" || model.notices.some((notice) => notice.level === "warn")) {
    return "";
  }
  switch (model.finish_reason) {
    case "length":
      return describeLimit(model);
    case "content_filter":
      return "The provider's content filter stopped the answer here.";
    default: {
      const why = model.raw_finish_reason ? ` (${model.raw_finish_reason})` : "";
      return `The provider ended the answer before it was complete${why}.`;
    }
  }
}

function describeLimit(model: RunModel): string {
  const limit = model.max_output_tokens;
  const where = limit === null ? "the model's own limit" : `max_output_tokens=${limit}`;
  const { output_tokens, reasoning_tokens } = model.usage ?? {};
  const spent = output_tokens && output_tokens === reasoning_tokens;
  const advice = limit === null ? "Ask for a shorter answer." : "Raise it, or lower effort.";
  return `Stopped at ${where}${spent ? ", all spent on reasoning" : ""}. ${advice}`;
}
