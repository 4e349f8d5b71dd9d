/** What the browser knows of one run: a pure function of its patches. */

import type {
  AttemptStart,
  PartKind,
  PartStart,
  Patch,
  ReasoningSet,
  RunFacts,
  RunSnapshot,
  RunView,
  StateName,
  StateSet,
  TextAppend,
} from "./protocol.ts";
import {
  appendText,
  countCharacters,
  EMPTY_TEXT,
  skipCharacters,
  sliceText,
  type Text,
  wholeText,
} from "./text.ts";
import { formatTimeline, parseTimeline } from "./timeline.ts";

export type PartModel = {
  readonly kind: PartKind;
  readonly text: Text;
  readonly name: string | null;
  readonly call_id?: string | null;
  readonly started_s: number;
  readonly finished_s: number | null;
};

/** A stretch of text of one part, in the order of arrival; a list from the newest backwards. */
export type Segment = {
  readonly part: number;
  /** Where it starts in its part. */
  readonly from: number;
  /** Where it starts in the whole run's text. */
  readonly start: number;
  readonly length: number;
  /** When it arrived, in milliseconds since the run started. */
  readonly atMs: number;
  readonly before: Segment | null;
};

/** A stretch of reasoning; `end_s` is `null` while it lasts. */
export type Span = { readonly start_s: number; readonly end_s: number | null };

export type RunModel = RunFacts & {
  readonly parts: readonly PartModel[];
  readonly newest: Segment | null;
  /** UTF-16 units over all parts. */
  readonly total: number;
  readonly spans: readonly Span[];
  /** Rises when text that was drawn no longer holds: views then start over. */
  readonly epoch: number;
  /** What this build cannot read was sent: the kernel's package is newer than the page's. */
  readonly unknown: boolean;
};

const FINAL: ReadonlySet<StateName> = new Set(["completed", "incomplete", "cancelled", "failed"]);

export function isFinal(state: StateName): boolean {
  return FINAL.has(state);
}

export function isReasoning(kind: PartKind): boolean {
  return kind === "reasoning_summary" || kind === "reasoning_text";
}

/**
 * The model after a patch; `model` is `undefined` only before the run's first snapshot. Text says
 * not when it arrived, so `atMs` does, until a snapshot knows better.
 */
export function applyPatch(
  model: RunModel | undefined,
  patch: Patch,
  atMs = 0,
): RunModel | undefined {
  if (patch.type === "run-snapshot") {
    return fromSnapshot(model, patch);
  }
  if (model !== undefined && patch.type === "text-append") {
    return append(model, patch, atMs);
  }
  return model && applyChange(model, patch as Exclude<Patch, RunSnapshot | TextAppend>);
}

function applyChange(model: RunModel, patch: Exclude<Patch, RunSnapshot | TextAppend>): RunModel {
  switch (patch.type) {
    case "attempt-start":
      return startAttempt(model, patch);
    case "part-start":
      return startPart(model, patch);
    case "model-set":
      return { ...model, response_model: patch.response_model };
    case "part-finish":
      return withPart(seenAt(model, patch.at_s), patch.part, { finished_s: patch.at_s });
    case "reasoning-set":
      return setReasoning(seenAt(model, patch.at_s), patch);
    case "state-set":
      return setState(model, patch);
    case "timing-set":
      return { ...model, ttft_s: patch.ttft_s, ttfo_s: patch.ttfo_s };
    case "usage-set": {
      const { usage, usage_source, cost_usd, price_source = null } = patch;
      return { ...model, usage, usage_source, cost_usd, price_source };
    }
    case "speed-set":
      return { ...model, speed: patch.speed };
    case "error-set":
      return { ...model, error: patch.error };
    case "notice-add":
      return { ...model, notices: [...model.notices, patch.notice] };
    case "wait-set":
      return { ...model, wait: patch.wait };
    default:
      return unknownPatch(model, patch);
  }
}

/** Takes `never`: a patch without a case above does not compile. A newer kernel may send one. */
function unknownPatch(model: RunModel, _patch: never): RunModel {
  return { ...model, unknown: true };
}

function seenAt(model: RunModel, at_s: number): RunModel {
  return { ...model, elapsed_s: Math.max(model.elapsed_s, at_s) };
}

function startAttempt(model: RunModel, patch: AttemptStart): RunModel {
  const { attempt, provider, model: name, effort, summary, verbosity, rates } = patch;
  return {
    ...seenAt(model, patch.at_s),
    attempt,
    provider,
    model: name,
    effort,
    summary,
    verbosity,
    rates,
    response_model: null,
    parts: [],
    newest: null,
    total: 0,
    spans: [],
    reasoning: false,
    error: null,
    epoch: model.epoch + 1,
  };
}

function startPart(model: RunModel, patch: PartStart): RunModel {
  const { kind, name, call_id, at_s } = patch;
  if (patch.part !== model.parts.length) {
    return { ...model, unknown: true };
  }
  const called = call_id === undefined ? {} : { call_id };
  const part = { kind, name, ...called, text: EMPTY_TEXT, started_s: at_s, finished_s: null };
  return { ...seenAt(model, at_s), parts: [...model.parts, part] };
}

function withPart(model: RunModel, index: number, change: Partial<PartModel>): RunModel {
  const part = model.parts[index];
  if (part === undefined) {
    return { ...model, unknown: true };
  }
  const parts = model.parts.slice();
  parts[index] = { ...part, ...change };
  return { ...model, parts };
}

function append(model: RunModel, patch: TextAppend, atMs: number): RunModel {
  const part = model.parts[patch.part];
  if (part === undefined) {
    return { ...model, unknown: true };
  }
  const text = appendText(part.text, patch.text);
  return {
    ...withPart(model, patch.part, { text }),
    newest: extend(model.newest, {
      part: patch.part,
      from: part.text.length,
      length: patch.text.length,
      atMs: Math.max(model.newest?.atMs ?? 0, Math.round(atMs)),
    }),
    total: model.total + patch.text.length,
  };
}

/** Adds text to the order of arrival; what came to one part in one millisecond came at once. */
function extend(newest: Segment | null, text: Omit<Segment, "start" | "before">): Segment | null {
  if (text.length === 0) {
    return newest;
  }
  if (newest?.part === text.part && newest.atMs === text.atMs) {
    return { ...newest, length: newest.length + text.length };
  }
  const start = newest === null ? 0 : newest.start + newest.length;
  return { ...text, start, before: newest };
}

function setReasoning(model: RunModel, patch: ReasoningSet): RunModel {
  const spans = closeSpan(model.spans, patch.at_s);
  return {
    ...model,
    reasoning: patch.active,
    spans: patch.active ? [...spans, { start_s: patch.at_s, end_s: null }] : spans,
  };
}

function closeSpan(spans: readonly Span[], end_s: number): readonly Span[] {
  const last = spans.at(-1);
  if (last === undefined || last.end_s !== null) {
    return spans;
  }
  return [...spans.slice(0, -1), { ...last, end_s }];
}

function setState(model: RunModel, patch: StateSet): RunModel {
  const { state, finish_reason, raw_finish_reason, at_s } = patch;
  const changed = { ...seenAt(model, at_s), state, finish_reason, raw_finish_reason };
  if (!isFinal(state)) {
    return changed;
  }
  return { ...changed, reasoning: false, spans: closeSpan(model.spans, at_s) };
}

function fromSnapshot(old: RunModel | undefined, patch: RunSnapshot): RunModel {
  const { parts: partViews, timeline, shown: _shown, ...facts } = patch.view;
  const parts = partViews.map((part) => ({ ...part, text: appendText(EMPTY_TEXT, part.text) }));
  const newest = readTimeline(partViews, timeline);
  const next = {
    ...facts,
    parts,
    newest,
    total: newest === null ? 0 : newest.start + newest.length,
    spans: readSpans(patch.view),
    epoch: old?.epoch ?? 0,
    unknown: old?.unknown ?? false,
  };
  return old === undefined || continues(old, next) ? next : { ...next, epoch: next.epoch + 1 };
}

/**
 * Turns Python's arrivals (in characters) into segments (in UTF-16 units). Whatever text they do not
 * cover comes last, so that none can stay hidden.
 */
function readTimeline(parts: RunView["parts"], timeline: string): Segment | null {
  const reached = parts.map(() => 0);
  let newest: Segment | null = null;
  const take = (part: number, to: number, atMs: number) => {
    const from = reached[part] ?? 0;
    newest = extend(newest, { part, from, length: to - from, atMs });
    reached[part] = to;
  };
  let lastMs = 0;
  for (const { atMs, part, characters } of parseTimeline(timeline)) {
    const text = parts[part]?.text ?? "";
    take(part, skipCharacters(text, reached[part] ?? 0, characters), atMs);
    lastMs = atMs;
  }
  for (const [index, part] of parts.entries()) {
    take(index, part.text.length, lastMs);
  }
  return newest;
}

function readSpans(view: RunView): readonly Span[] {
  const spans = view.parts
    .filter((part) => isReasoning(part.kind))
    .map((part) => ({ start_s: part.started_s, end_s: part.finished_s }));
  const open = spans.some((span) => span.end_s === null);
  return view.reasoning && !open ? [...spans, { start_s: view.elapsed_s, end_s: null }] : spans;
}

/** True when all that may have been drawn of `old` is the beginning of `next`. */
function continues(old: RunModel, next: RunModel): boolean {
  const sameParts = old.parts.every((part, index) => {
    const now = next.parts[index];
    return (
      now?.kind === part.kind &&
      now.text.length >= part.text.length &&
      sliceText(now.text, 0, part.text.length) === wholeText(part.text)
    );
  });
  return sameParts && startsWith(listStretches(next.newest), listStretches(old.newest));
}

function startsWith(segments: readonly Segment[], beginning: readonly Segment[]): boolean {
  return beginning.every((segment, index) => {
    const now = segments[index];
    const isLast = index === beginning.length - 1;
    const enough = isLast ? (now?.length ?? 0) >= segment.length : now?.length === segment.length;
    return now?.part === segment.part && enough;
  });
}

/** The segments that reach beyond `after`, oldest first. */
export function listSegments(newest: Segment | null, after = 0): Segment[] {
  const segments: Segment[] = [];
  let segment = newest;
  while (segment !== null && segment.start + segment.length > after) {
    segments.push(segment);
    segment = segment.before;
  }
  return segments.reverse();
}

/** The same with neighbours of one part joined, whenever each arrived. */
export function listStretches(newest: Segment | null, after = 0): Segment[] {
  const stretches: Segment[] = [];
  for (const segment of listSegments(newest, after)) {
    const last = stretches.at(-1);
    if (last?.part === segment.part) {
      stretches[stretches.length - 1] = { ...last, length: last.length + segment.length };
    } else {
      stretches.push(segment);
    }
  }
  return stretches;
}

/** How many characters, as Python counts them, the first `units` of the run's text are. */
export function charactersUpTo(model: RunModel, units: number): number {
  let characters = 0;
  for (const segment of listSegments(model.newest)) {
    const length = Math.min(segment.length, units - segment.start);
    characters += length > 0 ? countCharacters(segmentText(model, segment, length)) : 0;
  }
  return characters;
}

/** Where the run's text stands after so many of Python's characters, in UTF-16 units. */
export function unitsUpTo(model: RunModel, characters: number): number {
  let left = characters;
  for (const segment of listSegments(model.newest)) {
    const text = segmentText(model, segment, segment.length);
    const count = countCharacters(text);
    if (count >= left) {
      return segment.start + skipCharacters(text, 0, left);
    }
    left -= count;
  }
  return model.total;
}

function segmentText(model: RunModel, segment: Segment, length: number): string {
  const text = model.parts[segment.part]?.text ?? EMPTY_TEXT;
  return sliceText(text, segment.from, segment.from + length);
}

/** The text of all parts of one kind. */
export function textOf(model: RunModel, kind: PartKind): string {
  return model.parts
    .filter((part) => part.kind === kind)
    .map((part) => wholeText(part.text))
    .join("");
}

/** The same run as Python would write it; what the shared fixtures compare. */
export function toRunView(model: RunModel, shown: number | null): RunView {
  const { parts, newest, total: _t, spans: _s, epoch: _e, unknown: _u, ...facts } = model;
  return {
    ...facts,
    parts: parts.map((part) => ({ ...part, text: wholeText(part.text) })),
    shown,
    timeline: formatTimeline(
      listSegments(newest).map((segment) => ({
        atMs: segment.atMs,
        part: segment.part,
        characters: countCharacters(segmentText(model, segment, segment.length)),
      })),
    ),
  };
}
