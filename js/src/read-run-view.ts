/** Makes a `RunView` of whatever a document holds in its place. */

import type {
  ErrorView,
  Notice,
  PartKind,
  PartView,
  RatesView,
  RunView,
  StateName,
  UsageView,
} from "./protocol.ts";
import { Fields } from "./read-fields.ts";

const STATES: readonly StateName[] = [
  "pending",
  "streaming",
  "paused",
  "completed",
  "incomplete",
  "cancelled",
  "failed",
];
const REASONS = ["stop", "length", "content_filter", "tool_call", "error"] as const;
const KINDS: readonly PartKind[] = [
  "reasoning_summary",
  "reasoning_text",
  "output_text",
  "refusal",
  "tool_call",
];
const SOURCES = ["reported", "estimated"] as const;
const FORMATS = ["text", "json"] as const;
/** A `Date` can hold it. */
const LAST_DATE_S = 8e12;
const LEVELS = ["warn", "info"] as const;
const MOST_PARTS = 10_000;
/** The times of a million deltas; text beyond them is shown as if it had come last. */
const LONGEST_TIMELINE = 8_000_000;
const MOST_NOTICES = 200;

/** `null` for what is no run at all; text that is there is never left out. */
export function readRunView(value: unknown): RunView | null {
  const fields = new Fields(value);
  const state = fields.choice("state", STATES);
  if (state === null) {
    return null;
  }
  return {
    ...readFacts(fields),
    ...readRequest(fields),
    ...readNumbers(fields),
    state,
    parts: readParts(fields.list("parts")),
    shown: null,
    timeline: fields.text("timeline").slice(0, LONGEST_TIMELINE),
  };
}

function readFacts(fields: Fields) {
  return {
    run: fields.text("run"),
    attempt: fields.number("attempt", 1),
    finish_reason: fields.choice("finish_reason", REASONS),
    raw_finish_reason: fields.textOrNull("raw_finish_reason"),
    reasoning: fields.flag("reasoning"),
    error: readError(fields.inside("error")),
    notices: readNotices(fields.list("notices")),
    expected: null,
    speed: null,
    wait: null,
    // Nobody is there to ask.
    restartable: false,
  };
}

function readRequest(fields: Fields) {
  return {
    first_target: fields.text("first_target"),
    name: fields.textOrNull("name"),
    provider: fields.text("provider"),
    model: fields.text("model"),
    response_model: fields.textOrNull("response_model"),
    effort: fields.textOrNull("effort"),
    summary: fields.textOrNull("summary"),
    verbosity: fields.textOrNull("verbosity"),
    max_output_tokens: fields.numberOrNull("max_output_tokens"),
    text_format: fields.choice("text_format", FORMATS) ?? "text",
  };
}

function readNumbers(fields: Fields) {
  return {
    started_at: fields.number("started_at", 0, LAST_DATE_S),
    elapsed_s: fields.number("elapsed_s", 0),
    ttft_s: fields.numberOrNull("ttft_s"),
    ttfo_s: fields.numberOrNull("ttfo_s"),
    usage: readUsage(fields.inside("usage")),
    usage_source: fields.choice("usage_source", SOURCES),
    cost_usd: fields.numberOrNull("cost_usd"),
    price_source: fields.textOrNull("price_source"),
    rates: readRates(fields.inside("rates")),
    chars_per_token: Math.max(0.1, fields.number("chars_per_token", 4, 1000)),
  };
}

function readParts(values: readonly unknown[]): PartView[] {
  const parts: PartView[] = [];
  for (const value of values) {
    const fields = new Fields(value);
    const text = fields.text("text");
    const last = parts.at(-1);
    if (parts.length >= MOST_PARTS && last !== undefined) {
      parts[parts.length - 1] = { ...last, text: last.text + text };
      continue;
    }
    parts.push({
      kind: fields.choice("kind", KINDS) ?? "output_text",
      text,
      name: fields.textOrNull("name"),
      call_id: fields.textOrNull("call_id"),
      started_s: fields.number("started_s", 0),
      finished_s: fields.numberOrNull("finished_s"),
    });
  }
  return parts;
}

function readUsage(fields: Fields | null): UsageView | null {
  return (
    fields && {
      input_tokens: fields.numberOrNull("input_tokens"),
      cached_input_tokens: fields.numberOrNull("cached_input_tokens"),
      cache_write_tokens: fields.numberOrNull("cache_write_tokens"),
      output_tokens: fields.numberOrNull("output_tokens"),
      reasoning_tokens: fields.numberOrNull("reasoning_tokens"),
      total_tokens: fields.numberOrNull("total_tokens"),
    }
  );
}

function readRates(fields: Fields | null): RatesView | null {
  return (
    fields && {
      prompt_usd: fields.number("prompt_usd", 0),
      output_token_usd: fields.number("output_token_usd", 0),
    }
  );
}

function readError(fields: Fields | null): ErrorView | null {
  return (
    fields && {
      kind: fields.text("kind"),
      message: fields.text("message"),
      status: fields.numberOrNull("status"),
      code: fields.textOrNull("code"),
      retry_after_s: fields.numberOrNull("retry_after_s"),
    }
  );
}

function readNotices(values: readonly unknown[]): Notice[] {
  return values.slice(0, MOST_NOTICES).map((value) => {
    const fields = new Fields(value);
    return { level: fields.choice("level", LEVELS) ?? "info", text: fields.text("text") };
  });
}
