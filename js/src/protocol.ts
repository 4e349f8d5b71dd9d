/**
 * What crosses the border to the kernel: patches one way, commands the other.
 *
 * The twin of `src/stream_widget/widget/protocol.py`, field for field;
 * `tests/fixtures/protocol` holds what both must agree on. Times are seconds since the run
 * started, by the kernel's clock. Characters (`shown`, `timeline`) are code points, as Python
 * counts them: `text.ts` turns them into the browser's UTF-16 units and back.
 */

export type StateName =
  | "pending"
  | "streaming"
  | "paused"
  | "completed"
  | "incomplete"
  | "cancelled"
  | "failed";

export type FinishReason = "stop" | "length" | "content_filter" | "tool_call" | "error";

export type PartKind =
  | "reasoning_summary"
  | "reasoning_text"
  | "output_text"
  | "refusal"
  | "tool_call";

export type UsageSource = "reported" | "estimated";

/** One stretch of one kind of content. */
export type PartView = {
  readonly kind: PartKind;
  readonly text: string;
  /** The tool's name, for a tool call. */
  readonly name: string | null;
  /** The provider's id of a tool call. */
  readonly call_id?: string | null;
  readonly started_s: number;
  /** `null` while more text may come. */
  readonly finished_s: number | null;
};

/** Token totals; `null` is "not reported". */
export type UsageView = {
  readonly input_tokens: number | null;
  readonly cached_input_tokens: number | null;
  readonly cache_write_tokens: number | null;
  readonly output_tokens: number | null;
  readonly reasoning_tokens: number | null;
  readonly total_tokens: number | null;
};

/** What a run costs while its usage is not known, in US dollars. */
export type RatesView = {
  /** For the prompt, counted by its characters. */
  readonly prompt_usd: number;
  /** For each token of the answer or of the reasoning. */
  readonly output_token_usd: number;
};

/** A provider's failure as a person reads it. */
export type ErrorView = {
  readonly kind: string;
  readonly message: string;
  readonly status: number | null;
  readonly code: string | null;
  readonly retry_after_s: number | null;
};

/** Something the reader should know that is not the model's words. */
export type Notice = {
  readonly level: "info" | "warn";
  readonly text: string;
};

/** Why nothing happens just now. */
export type WaitView = {
  /** Another attempt is due, or the provider sends nothing. */
  readonly kind: "retry" | "data";
  /** For `data`, when the provider was last heard. */
  readonly since_s: number;
  /** When the attempt is due, or patience ends. */
  readonly until_s: number;
};

/** How long the answer may get, for progress and time left; the source is always shown. */
export type Expectation = {
  readonly output_tokens: number;
  /** `"from 14 past answers"` or `"of max_output_tokens"`. */
  readonly source: string;
};

/** What a run is, apart from its text. */
export type RunFacts = {
  readonly run: string;
  /** Seconds since 1970 in UTC, by the kernel's clock. */
  readonly started_at: number;
  /** Who was asked first; another than `provider` and `model` after a fallback. */
  readonly first_target: string;
  readonly name: string | null;
  readonly provider: string;
  readonly model: string;
  /** The model that says it answered. */
  readonly response_model: string | null;
  readonly effort: string | null;
  readonly summary: string | null;
  readonly verbosity: string | null;
  readonly max_output_tokens: number | null;
  /** What the answer was asked to be. */
  readonly text_format: "text" | "json";
  /** Number of the current attempt, from 1; 0 before the first. */
  readonly attempt: number;
  readonly state: StateName;
  readonly finish_reason: FinishReason | null;
  readonly raw_finish_reason: string | null;
  /** Seconds since the run started, now (or at its end); the browser's clock goes on from it. */
  readonly elapsed_s: number;
  readonly ttft_s: number | null;
  readonly ttfo_s: number | null;
  /** The provider says the model reasons now, whether or not it returns the words. */
  readonly reasoning: boolean;
  readonly usage: UsageView | null;
  readonly usage_source: UsageSource | null;
  readonly cost_usd: number | null;
  /** Which price data gave the cost. */
  readonly price_source?: string | null;
  /** `null` where the price is not known. */
  readonly rates: RatesView | null;
  /** For the live estimate of tokens from characters; never 0. */
  readonly chars_per_token: number;
  readonly expected: Expectation | null;
  /** Tokens a second shown at most; `null` is as received. */
  readonly speed: number | null;
  readonly error: ErrorView | null;
  readonly notices: readonly Notice[];
  readonly wait: WaitView | null;
  /** Whether the same can be asked again in this widget. */
  readonly restartable: boolean;
};

/** Everything a view needs to draw one run. */
export type RunView = RunFacts & {
  readonly parts: readonly PartView[];
  /** While paused: how many characters, over all parts in the order they came, are on screen. */
  readonly shown: number | null;
  /** When which part grew by how much; `timeline.ts` reads it. */
  readonly timeline: string;
};

type Numbered = {
  readonly run: string;
  /** Counts patches of this run; a gap makes the browser ask for a resync. */
  readonly seq: number;
};

/** Replaces all the browser knows of a run; the next patch of the run has `seq + 1`. */
export type RunSnapshot = Numbered & { readonly type: "run-snapshot"; readonly view: RunView };

/** A new attempt begins; parts of an earlier one are cleared. */
export type AttemptStart = Numbered & {
  readonly type: "attempt-start";
  readonly attempt: number;
  readonly provider: string;
  readonly model: string;
  readonly effort: string | null;
  readonly summary: string | null;
  readonly verbosity: string | null;
  readonly rates: RatesView | null;
  readonly at_s: number;
};

/** The provider named the model that answers. */
export type ModelSet = Numbered & {
  readonly type: "model-set";
  readonly response_model: string | null;
};

/** A part opens; parts are numbered from 0 in the order they open. */
export type PartStart = Numbered & {
  readonly type: "part-start";
  readonly part: number;
  readonly kind: PartKind;
  readonly name: string | null;
  readonly call_id?: string | null;
  readonly at_s: number;
};

/** Text arrived at the end of a part. */
export type TextAppend = Numbered & {
  readonly type: "text-append";
  readonly part: number;
  readonly text: string;
};

/** No more text comes for a part. */
export type PartFinish = Numbered & {
  readonly type: "part-finish";
  readonly part: number;
  readonly at_s: number;
};

/** The model reasons, or has stopped reasoning. */
export type ReasoningSet = Numbered & {
  readonly type: "reasoning-set";
  readonly active: boolean;
  readonly at_s: number;
};

/** The run is in another state. */
export type StateSet = Numbered & {
  readonly type: "state-set";
  readonly state: StateName;
  readonly finish_reason: FinishReason | null;
  readonly raw_finish_reason: string | null;
  readonly at_s: number;
};

/** Time to the first delta, and to the first answer text. */
export type TimingSet = Numbered & {
  readonly type: "timing-set";
  readonly ttft_s: number | null;
  readonly ttfo_s: number | null;
};

/** Token totals and what they cost. */
export type UsageSet = Numbered & {
  readonly type: "usage-set";
  readonly usage: UsageView;
  readonly usage_source: UsageSource;
  readonly cost_usd: number | null;
  readonly price_source?: string | null;
};

/** The reader, or Python, chose another speed of showing. */
export type SpeedSet = Numbered & { readonly type: "speed-set"; readonly speed: number | null };

/** The run failed, and why. */
export type ErrorSet = Numbered & { readonly type: "error-set"; readonly error: ErrorView };

/** Something to tell the reader. */
export type NoticeAdd = Numbered & { readonly type: "notice-add"; readonly notice: Notice };

/** The run waits for something, or no longer does. */
export type WaitSet = Numbered & { readonly type: "wait-set"; readonly wait: WaitView | null };

export type Patch =
  | RunSnapshot
  | AttemptStart
  | ModelSet
  | PartStart
  | TextAppend
  | PartFinish
  | ReasoningSet
  | StateSet
  | TimingSet
  | UsageSet
  | SpeedSet
  | ErrorSet
  | NoticeAdd
  | WaitSet;

/**
 * A `TextAppend` as it is sent: nearly every message is one, and names would be a tenth of it. Of the
 * run's id it has as much of the beginning as no other run of the widget shares.
 */
export type TextRow = readonly [run: string, seq: number, part: number, text: string];

export type NamedPatch = Exclude<Patch, TextAppend>;

export type SentPatch = NamedPatch | TextRow;

/** The patch that was sent. */
export function read(sent: SentPatch): Patch {
  if (!isRow(sent)) {
    return sent;
  }
  const [run, seq, part, text] = sent;
  return { type: "text-append", run, seq, part, text };
}

function isRow(sent: SentPatch): sent is TextRow {
  return Array.isArray(sent);
}

/** The value of the synced trait: what happened since the message before. */
export type Message = {
  /** Counts messages of this widget, from 1. */
  readonly n: number;
  readonly patches: readonly SentPatch[];
  /** Ids of commands that were carried out since the message before. */
  readonly done?: readonly string[];
  /** No patches follow: nobody looks, as far as the kernel knows. Any command wakes it. */
  readonly asleep?: true;
};

/** The browser has painted up to message `n`; `lag_ms` from its arrival to the paint. */
export type Ack = {
  readonly type: "ack";
  readonly n: number;
  readonly lag_ms: number;
  readonly frame_ms?: number;
  readonly spare_ms?: number;
  /** Our MIME renderer is on the page: it draws the runs when the kernel is gone. */
  readonly draws?: boolean;
};

/** A person, or the view itself, asks something of a run. */
export type RunCommand = {
  readonly type: "pause" | "resume" | "cancel" | "speed" | "restart" | "resync";
  /** Made by the browser; a repeated one is carried out once and answered each time. */
  readonly id: string;
  readonly run: string;
  /** With `pause`: characters on screen, over all parts in the order they came. */
  readonly shown?: number;
  /** With `speed`: `null` is as received. */
  readonly tokens_per_s?: number | null;
};

/** Several commands in one message: one click reaches every run. */
export type RunCommands = {
  readonly type: "commands";
  readonly commands: readonly RunCommand[];
};

export type Command = Ack | RunCommand | RunCommands;
