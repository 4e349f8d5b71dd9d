/** Plays runs that type themselves, as a kernel would send them, and does what it is asked. */

import type {
  Command,
  NamedPatch,
  PartStart,
  SentPatch,
  StateName,
  StateSet,
} from "../src/protocol.ts";
import { FakeModel } from "./fake-model.ts";
import { view } from "./scenes.ts";

const BEAT_MS = 16;

/** A patch of one run, yet to be numbered; a string is text of its answer. */
type Said = string | Omit<PartStart, "run" | "seq"> | Omit<StateSet, "run" | "seq">;

const STATES = { pause: "paused", resume: "streaming", cancel: "cancelled" } as const;

export class Player {
  readonly model: FakeModel;
  readonly #start = performance.now();
  readonly #seqs = new Map<string, number>();
  readonly #over = new Set<string>();
  #n = 1;

  constructor(id: string, runs: readonly string[], layout = "stack") {
    const started_at = Date.now() / 1000;
    const patches = runs.map((run, index) => ({
      type: "run-snapshot" as const,
      run,
      seq: 0,
      view: view({ run, started_at, model: index % 2 === 0 ? "gpt-5-mini" : "gpt-5-nano" }),
    }));
    this.model = new FakeModel(id, { n: 1, patches }, layout);
    this.model.answer = (command) => this.#answer(command);
  }

  get #atS(): number {
    return (performance.now() - this.#start) / 1000;
  }

  /** One message about any runs. */
  push(said: readonly (readonly [run: string, what: Said])[], done: readonly string[] = []): void {
    this.#n += 1;
    const patches = said.map(([run, what]): SentPatch => {
      const seq = (this.#seqs.get(run) ?? 0) + 1;
      this.#seqs.set(run, seq);
      return typeof what === "string" ? [run, seq, 0, what] : ({ ...what, run, seq } as NamedPatch);
    });
    this.model.push({ n: this.#n, patches, done });
  }

  /** Begins all runs: from here on their answers can grow. */
  begin(runs: readonly string[]): void {
    for (const run of runs) {
      this.setState(run, "streaming");
      this.push([
        [run, { type: "part-start", part: 0, kind: "output_text", name: null, at_s: 0.8 }],
      ]);
    }
  }

  setState(run: string, state: StateName, done: readonly string[] = []): void {
    const reasons = { finish_reason: null, raw_finish_reason: null };
    this.push([[run, { type: "state-set", state, ...reasons, at_s: this.#atS }]], done);
    if (state === "completed" || state === "cancelled") {
      this.#over.add(run);
    }
  }

  /** Types a text into each run, so many characters a beat. */
  type(runs: readonly string[], text: string, characters: number): void {
    let at = 0;
    const timer = setInterval(() => {
      const piece = text.slice(at, at + characters);
      const open = runs.filter((run) => !this.#over.has(run));
      at += characters;
      if (open.length === 0 || piece === "") {
        clearInterval(timer);
        open.map((run) => this.setState(run, "completed"));
      } else {
        this.push(open.map((run) => [run, piece]));
      }
    }, BEAT_MS);
  }

  #answer(command: Command): void {
    if (command.type === "ack") {
      return;
    }
    if (command.type === "commands") {
      for (const each of command.commands) {
        this.#answer(each);
      }
      return;
    }
    const state = STATES[command.type as keyof typeof STATES];
    setTimeout(() => {
      if (state === undefined || this.#over.has(command.run)) {
        this.push([], [command.id]);
      } else {
        this.setState(command.run, state, [command.id]);
      }
    }, 15);
  }
}
