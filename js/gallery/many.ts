/** Widgets of many runs, as the snapshots that show them. */

import type { PartView, RunView } from "../src/protocol.ts";
import { ANSWER, part, view } from "./scenes.ts";

const HEAP = `A heap of size k keeps only what you need. Push each item, and when the heap grows past k, pop the smallest. What is left at the end are the k largest, and no more than k were ever held.

${ANSWER}`;

/** When the text of several parts arrived, a few characters at a time, from `startMs` on. */
export function timelineOf(parts: readonly PartView[], startMs: number, everyMs: number): string {
  const entries: string[] = [];
  let waitMs = startMs;
  for (const [index, { text }] of parts.entries()) {
    const length = [...text].length;
    for (let at = 0; at < length; at += 5) {
      entries.push(`${waitMs}:${index}+${Math.min(5, length - at)}`);
      waitMs = everyMs;
    }
  }
  return entries.join(" ");
}

function timed(change: Partial<RunView>, startMs: number, everyMs: number): RunView {
  return view({ ...change, timeline: timelineOf(change.parts ?? [], startMs, everyMs) });
}

const THOUGHT =
  "**Weighing a full sort against a heap.** The question mentions a stream, so holding everything may be impossible.";

const NANO = "Use heapq.nlargest(k, stream). It runs in O(n log k) and holds k items.";

const WRITING = timed(
  {
    run: "writing",
    state: "streaming",
    effort: "high",
    elapsed_s: 12.4,
    ttft_s: 0.8,
    rates: { prompt_usd: 0.00001, output_token_usd: 0.000002 },
    expected: { output_tokens: 420, source: "from 14 past answers" },
    parts: [
      { ...part("reasoning_summary", THOUGHT), finished_s: 3 },
      part("output_text", HEAP.slice(0, 300)),
    ],
  },
  800,
  60,
);

const DONE = timed(
  {
    run: "done",
    model: "gpt-5-nano",
    state: "completed",
    finish_reason: "stop",
    elapsed_s: 5.2,
    ttft_s: 1.1,
    cost_usd: 0.0003,
    usage: {
      input_tokens: 31,
      cached_input_tokens: 0,
      cache_write_tokens: null,
      output_tokens: 611,
      reasoning_tokens: 0,
      total_tokens: 642,
    },
    usage_source: "reported",
    parts: [part("output_text", NANO)],
  },
  1100,
  150,
);

const THINKING = view({
  run: "thinking",
  provider: "xai",
  model: "grok-4-fast",
  state: "streaming",
  elapsed_s: 6,
  reasoning: true,
});

const WAITING = view({
  run: "waiting",
  provider: "groq",
  model: "llama-3.3-70b",
  elapsed_s: 9,
  attempt: 2,
  wait: { kind: "retry", since_s: 6, until_s: 12 },
  notices: [{ level: "warn", text: "Groq asked to slow down (429); attempt 2 of 3 is due." }],
});

const EFFORTS = ["low", "medium", "high"].map((effort, index) =>
  timed(
    {
      run: `effort-${effort}`,
      effort,
      state: "completed",
      finish_reason: "stop",
      elapsed_s: 6 + index,
      ttft_s: 0.9,
      cost_usd: 0.001 * (index + 1),
      parts: [part("output_text", HEAP.slice(0, 260 * (index + 1)))],
    },
    900,
    70 + 30 * index,
  ),
);

/** Title, layout and runs of each. */
export const MANY: Readonly<Record<string, readonly [layout: string, runs: readonly RunView[]]>> = {
  "grid: two write, one waits, one is done": ["grid", [WRITING, THINKING, WAITING, DONE]],
  "grid: one model three times": ["grid", EFFORTS],
  "merged, in the order the words came": ["merged", [WRITING, DONE, ...EFFORTS.slice(0, 1)]],
  "tabs: one at a time": ["tabs", [WRITING, THINKING, WAITING, DONE]],
  "grid of sixteen": [
    "grid",
    Array.from({ length: 16 }, (_, index) => ({ ...WRITING, run: `sixteen-${index}` })),
  ],
};
