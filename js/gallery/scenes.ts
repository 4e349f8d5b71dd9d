/** Every face a run can show, as the snapshot that shows it. */

import type { PartKind, PartView, RunView } from "../src/protocol.ts";

const EMPTY: RunView = {
  run: "run",
  started_at: 1_790_000_000,
  first_target: "openai:gpt-5-mini",
  name: null,
  provider: "openai",
  model: "gpt-5-mini",
  response_model: null,
  effort: null,
  summary: null,
  verbosity: null,
  max_output_tokens: null,
  text_format: "text",
  attempt: 1,
  state: "pending",
  finish_reason: null,
  raw_finish_reason: null,
  elapsed_s: 0,
  ttft_s: null,
  ttfo_s: null,
  reasoning: false,
  usage: null,
  usage_source: null,
  cost_usd: null,
  rates: null,
  chars_per_token: 4,
  expected: null,
  speed: null,
  error: null,
  notices: [],
  wait: null,
  restartable: true,
  parts: [],
  shown: null,
  timeline: "",
};

export function part(kind: PartKind, text: string, name: string | null = null): PartView {
  return { kind, text, name, started_s: 0.8, finished_s: null };
}

function done(open: PartView, started_s: number, finished_s: number): PartView {
  return { ...open, started_s, finished_s };
}

/** A run view whose parts came one after the other. */
export function view(change: Partial<RunView>): RunView {
  const parts = change.parts ?? [];
  const timeline = parts.map((one, index) => `900:${index}+${[...one.text].length}`).join(" ");
  const target = { ...EMPTY, ...change };
  return { ...target, timeline, first_target: `${target.provider}:${target.model}`, ...change };
}

const THOUGHTS = [
  "**Weighing a full sort against a heap.** The question mentions a stream, so holding everything may be impossible. I compare the cost of both for small k.",
  "**Checking the order of ties.** Equal items could come out in any order; I should say so.",
  "**Choosing an example.** Something with numbers that a reader can run 🙂.",
];

export const ANSWER = `A sorted copy costs **O(n log n)**; a heap of size *k* keeps only what you need:

\`\`\`python
import heapq

def largest(stream, k):
    """The k largest items of a stream, largest first."""
    heap = []
    for item in stream:        # O(n log k)
        heapq.heappush(heap, item)
        if len(heap) > k:
            heapq.heappop(heap)
    return sorted(heap, reverse=True)
\`\`\`

| approach | time       | memory |
|----------|------------|-------:|
| sort     | O(n log n) | n      |
| heap     | O(n log k) | k      |

For a stream that never ends, only the second one works. 🚀`;

const TICK = "`";

/** Everything Markdown has, for looking at. */
export const MARKDOWN = String.raw`# Choosing the largest *k*

A paragraph with **strong**, *emphasis*, ~~deleted~~, ${TICK}inline_code(x)${TICK}, a [link](https://example.org/guide "The guide"), an address https://example.org/a/very/long/path?with=query, and a note[^1]. Maths such as $e^{i\pi} + 1 = 0$ costs $5.

## What to compare

1. Sort everything, then cut:
   - simple to read
   - holds *all* items
2. Keep a heap:
   - [x] one pass
   - [ ] stable order of ties
     1. nested once more
3. Ask ${TICK}heapq.nlargest${TICK}

> A quote, with a list:
>
> - first
> - second
>
> > and a quote inside it.

### Costs

| approach | time | memory | remark |
|:---------|:----:|-------:|--------|
| sort | O(n log n) | n | ${TICK}sorted(stream)[:k]${TICK} |
| heap | O(n log k) | k | works on endless streams |

${TICK}${TICK}${TICK}ts
// Keeps the k largest.
export function largest(stream: Iterable<number>, k: number): number[] {
  const heap = [...stream].sort((a, b) => b - a).slice(0, k);
  return heap; // a very long comment that does not fit on a narrow screen and must scroll inside its own box
}
${TICK}${TICK}${TICK}

${TICK}${TICK}${TICK}
plain text without a language
${TICK}${TICK}${TICK}

$$
\sum_{i=1}^{n} \frac{1}{i} \approx \ln n + \gamma
$$

![A chart of both](https://images.example.org/chart.png)

שלום עולם, this line runs from right to left.

- مرحبا
- hello

<details>
<summary>Raw HTML is text</summary>
</details>

---

Done, with a reference to [the docs][docs] and [1].

[docs]: https://docs.example.org/heapq
[^1]: Notes stand where they were written.
`;

const USAGE = {
  input_tokens: 31,
  cached_input_tokens: 0,
  cache_write_tokens: null,
  output_tokens: 1284,
  reasoning_tokens: 912,
  total_tokens: 1315,
};

const REPORTED = { usage: USAGE, usage_source: "reported", cost_usd: 0.0026 } as const;

const THOUGHT_PARTS = THOUGHTS.map((text, index) =>
  done(part("reasoning_summary", text), 0.8 + index * 3, 3.8 + index * 3),
);

export const SCENES: Readonly<Record<string, RunView>> = {
  "queued behind others": view({ attempt: 0, elapsed_s: 1.4 }),
  "waiting for the first word": view({ elapsed_s: 3.2, effort: "high", summary: "detailed" }),
  "reasoning, its summary arriving": view({
    state: "streaming",
    effort: "high",
    elapsed_s: 4.1,
    ttft_s: 0.8,
    reasoning: true,
    parts: [...THOUGHT_PARTS.slice(0, 1), part("reasoning_summary", THOUGHTS[1] ?? "")],
  }),
  "reasoning, hidden so far": view({ state: "streaming", elapsed_s: 6, reasoning: true }),
  "answering, with an expectation": view({
    state: "streaming",
    effort: "high",
    summary: "detailed",
    elapsed_s: 12.4,
    ttft_s: 0.8,
    ttfo_s: 9.9,
    cost_usd: 0.0026,
    expected: { output_tokens: 420, source: "from 14 past answers" },
    parts: [...THOUGHT_PARTS, part("output_text", ANSWER.slice(0, 560))],
  }),
  "asking again": view({
    elapsed_s: 9,
    attempt: 2,
    model: "llama-3.3-70b",
    provider: "groq",
    wait: { kind: "retry", since_s: 6, until_s: 14 },
    notices: [{ level: "warn", text: "Groq asked to slow down (429); attempt 2 of 3 is due." }],
  }),
  "fallen back": view({
    state: "streaming",
    model: "gpt-5-nano",
    first_target: "openai:gpt-5-mini",
    response_model: "gpt-5-nano-2025-08-07",
    attempt: 3,
    elapsed_s: 8.2,
    ttft_s: 6.1,
    rates: { prompt_usd: 0.00002, output_token_usd: 0.0000004 },
    parts: [part("output_text", ANSWER.slice(0, 320))],
    notices: [
      { level: "warn", text: "gpt-5-mini was overloaded (529) twice; gpt-5-nano answers." },
    ],
  }),
  "no data": view({
    state: "streaming",
    elapsed_s: 31,
    ttft_s: 0.8,
    wait: { kind: "data", since_s: 19, until_s: 79 },
    parts: [part("output_text", ANSWER.slice(0, 160))],
  }),
  paused: view({
    state: "paused",
    elapsed_s: 9.8,
    ttft_s: 0.8,
    parts: [part("output_text", ANSWER)],
    shown: 210,
  }),
  "held back by a speed": view({
    state: "streaming",
    elapsed_s: 9.8,
    ttft_s: 0.8,
    speed: 5,
    parts: [part("output_text", ANSWER.slice(0, 220))],
  }),
  done: view({
    state: "completed",
    finish_reason: "stop",
    effort: "high",
    summary: "detailed",
    elapsed_s: 14.8,
    ttft_s: 0.8,
    ttfo_s: 9.9,
    ...REPORTED,
    parts: [...THOUGHT_PARTS, done(part("output_text", ANSWER), 9.9, 14.8)],
    notices: [
      { level: "warn", text: "gpt-5-mini was overloaded (529) twice; answered by gpt-5-nano." },
      { level: "info", text: "Scripted provider: set OPENAI_API_KEY to ask a real model." },
    ],
  }),
  "all of Markdown": view({
    state: "completed",
    finish_reason: "stop",
    elapsed_s: 14.8,
    ttft_s: 0.8,
    ttfo_s: 9.9,
    ...REPORTED,
    parts: [done(part("output_text", MARKDOWN), 9.9, 14.8)],
  }),
  "done, reasoning hidden": view({
    state: "completed",
    model: "gpt-5-nano",
    elapsed_s: 5.2,
    ttft_s: 3.1,
    ...REPORTED,
    parts: [part("output_text", "Use heapq.nlargest(k, stream). It holds k items.")],
  }),
  "incomplete, all spent on reasoning": view({
    state: "incomplete",
    finish_reason: "length",
    raw_finish_reason: "max_output_tokens",
    max_output_tokens: 256,
    elapsed_s: 4,
    usage: { ...USAGE, output_tokens: 256, reasoning_tokens: 256 },
    usage_source: "reported",
    cost_usd: 0.0005,
  }),
  cancelled: view({
    state: "cancelled",
    elapsed_s: 7.7,
    ttft_s: 0.8,
    cost_usd: 0.0009,
    parts: [part("output_text", ANSWER.slice(0, 300))],
  }),
  failed: view({
    state: "failed",
    model: "grok-4",
    provider: "xai",
    elapsed_s: 0.6,
    error: {
      kind: "authentication",
      message:
        "xAI refused the key (HTTP 400). Check the environment variable XAI_API_KEY, then run the cell again.",
      status: 400,
      code: "invalid_api_key",
      retry_after_s: null,
    },
  }),
  "cut off": view({
    state: "failed",
    elapsed_s: 8.4,
    ttft_s: 0.8,
    parts: [part("output_text", ANSWER.slice(0, 240))],
    error: {
      kind: "interrupted",
      message: "The connection closed in mid-answer. What arrived is kept below; ask again.",
      status: null,
      code: null,
      retry_after_s: null,
    },
  }),
  refused: view({
    state: "completed",
    model: "gpt-4o",
    elapsed_s: 1.2,
    ttft_s: 0.8,
    usage: { ...USAGE, output_tokens: 38, reasoning_tokens: 0 },
    usage_source: "reported",
    parts: [part("refusal", "I'm sorry, I can't help with that.")],
  }),
  "tool calls": view({
    state: "completed",
    finish_reason: "tool_call",
    elapsed_s: 2.2,
    ttft_s: 0.8,
    parts: [
      part("tool_call", '{"city": "Kraków", "unit": "celsius"}', "get_weather"),
      part("tool_call", '{"city": "Oslo", "unit": "celsius"}', "get_weather"),
    ],
  }),
};
