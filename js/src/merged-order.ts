/**
 * The words of several runs in one order: who speaks when, by when their text arrived.
 *
 * Models that answer at the same time would take the word from each other with each delta, and
 * nobody could read that. So whoever has the word keeps it for a moment, longer if a sentence would
 * break, while the others' words wait for their turn; then the next one is whoever has waited
 * longest. A word is moved by a few seconds at most (by 3.8 among eight runs that wrote at once), the
 * order of one run's words is never changed, and what was appended stays.
 */

import { isFinal, listSegments, type RunModel } from "./run-model.ts";
import { isHighSurrogate, sliceText } from "./text.ts";

/** All who have something to say get the word once within this time. */
const ROUND_MS = 1200;
/** A turn may last so many times as long to come to the end of a sentence. */
const PATIENCE = 3;
const ENDS_SENTENCE = /[.!?:;。！？…\n]["'”’)\]]*\s*$/;
const TAIL_UNITS = 8;
/** A word without an end by then is none: some scripts have no spaces. */
const LONGEST_WORD = 40;

/** The next thing to append. */
export type Piece =
  | { readonly type: "text"; readonly run: string; readonly part: number; readonly text: string }
  /** The run has nothing more to say. */
  | { readonly type: "end"; readonly run: string };

type Waiting = { readonly part: number; readonly text: string; readonly atMs: number };

class Queue {
  readonly run: string;
  attempt = -1;
  taken = 0;
  over = false;
  ended = false;
  readonly #waiting: Waiting[] = [];
  #next = 0;
  /** The beginning of a word: nobody takes the word in the middle of one. */
  #begun: Waiting | null = null;

  constructor(run: string) {
    this.run = run;
  }

  get head(): Waiting | undefined {
    return this.#waiting[this.#next];
  }

  push(waiting: Waiting): void {
    if (this.#begun !== null && this.#begun.part !== waiting.part) {
      this.flush();
    }
    const text = (this.#begun?.text ?? "") + waiting.text;
    const end = text.length > LONGEST_WORD ? text.length : text.search(/\S*$/);
    this.#begun = end === text.length ? null : { ...waiting, text: text.slice(end) };
    if (end > 0) {
      this.#waiting.push({ ...waiting, text: text.slice(0, end) });
    }
  }

  /** Lets the beginning of a word stand: no more of it will come. */
  flush(): void {
    if (this.#begun !== null) {
      this.#waiting.push(this.#begun);
      this.#begun = null;
    }
  }

  shift(): void {
    this.#next += 1;
    // Forgets what has been said, now and then: each time would cost as much as waits.
    if (this.#next > 1024 && this.#next * 2 > this.#waiting.length) {
      this.#waiting.splice(0, this.#next);
      this.#next = 0;
    }
  }

  clear(): void {
    this.#waiting.length = 0;
    this.#next = 0;
    this.#begun = null;
    this.taken = 0;
    this.ended = false;
  }
}

export class MergedOrder {
  readonly #queues = new Map<string, Queue>();
  #speaker: Queue | undefined;
  /** When the speaker got the word, in milliseconds since 1970. */
  #turnMs = 0;
  #tail = "";

  /** Takes what may be shown of a run by now, up to `shown` of its UTF-16 units. */
  take(model: RunModel, shown: number): void {
    const queue = this.#queues.get(model.run) ?? new Queue(model.run);
    this.#queues.set(model.run, queue);
    if (queue.attempt !== model.attempt) {
      queue.clear();
      queue.attempt = model.attempt;
    }
    const startMs = model.started_at * 1000;
    for (const segment of listSegments(model.newest, queue.taken)) {
      const from = Math.max(segment.start, queue.taken);
      const text = textBetween(
        model,
        segment,
        from,
        Math.min(shown, segment.start + segment.length),
      );
      if (text === "") {
        break;
      }
      queue.push({ part: segment.part, text, atMs: startMs + segment.atMs });
      queue.taken = from + text.length;
    }
    queue.over = isFinal(model.state) && queue.taken >= model.total;
    if (queue.over) {
      queue.flush();
    }
  }

  /** What comes next by `nowMs`, in milliseconds since 1970; `null` until there is more. */
  next(nowMs: number): Piece | null {
    const ended = this.#findEnded();
    if (ended !== undefined) {
      ended.ended = true;
      return { type: "end", run: ended.run };
    }
    const speaker = this.#speaker;
    const rival = this.#findRival();
    const head = speaker?.head;
    const switchMs = rival?.head === undefined ? null : this.#switchMs(rival.head.atMs);
    if (speaker !== undefined && head !== undefined) {
      if (switchMs === null || head.atMs <= switchMs) {
        return this.#say(speaker, head);
      }
    }
    if (rival?.head === undefined || switchMs === null || switchMs > nowMs) {
      return null;
    }
    this.#speaker = rival;
    this.#turnMs = switchMs;
    this.#tail = "";
    return this.#say(rival, rival.head);
  }

  #say(queue: Queue, { part, text }: Waiting): Piece {
    queue.shift();
    this.#tail = (this.#tail + text).slice(-TAIL_UNITS);
    return { type: "text", run: queue.run, part, text };
  }

  /** Whoever has said all, whoever has the word: a run may end long after its last one. */
  #findEnded(): Queue | undefined {
    return [...this.#queues.values()].find(
      (queue) => queue.over && !queue.ended && queue.head === undefined,
    );
  }

  /** Of the others, the one that has waited longest. */
  #findRival(): Queue | undefined {
    let rival: Queue | undefined;
    for (const queue of this.#queues.values()) {
      const atMs = queue.head?.atMs;
      if (queue !== this.#speaker && atMs !== undefined && atMs < (rival?.head?.atMs ?? Infinity)) {
        rival = queue;
      }
    }
    return rival;
  }

  /** When the word goes to one that has waited since `sinceMs`. */
  #switchMs(sinceMs: number): number {
    const speaker = this.#speaker;
    if (speaker === undefined || speaker.ended) {
      return sinceMs;
    }
    const due = this.#turnMs + ROUND_MS;
    const heads = [...this.#queues.values()].filter(
      (queue) => queue === speaker || (queue.head?.atMs ?? Infinity) <= due,
    );
    const turnMs = ROUND_MS / heads.length;
    const patience = ENDS_SENTENCE.test(this.#tail) ? 1 : PATIENCE;
    return Math.max(sinceMs, this.#turnMs + turnMs * patience);
  }
}

/** Some of a segment's text, which never ends in half a character. */
function textBetween(
  model: RunModel,
  segment: { readonly part: number; readonly from: number; readonly start: number },
  from: number,
  to: number,
): string {
  const part = model.parts[segment.part];
  if (part === undefined || to <= from) {
    return "";
  }
  const offset = segment.from - segment.start;
  const text = sliceText(part.text, from + offset, to + offset);
  return isHighSurrogate(text.charCodeAt(text.length - 1)) ? text.slice(0, -1) : text;
}
