/** All one widget knows: one per model, however many views draw it. */

import { Acks } from "./acks.ts";
import { type Arrangement, readArrangement } from "./arrangement.ts";
import { Commands } from "./commands.ts";
import { pageHub } from "./hub.ts";
import { type AnyModel, Kernel, type Send } from "./kernel.ts";
import { type Message, read } from "./protocol.ts";
import { isFinal } from "./run-model.ts";
import { type BoxPlace, RunStore } from "./run-store.ts";

/** Longer than a run waits for its own gap: that is the better reason to ask, and goes first. */
const MISSING_AFTER_MS = 200;
/** More missing messages than this need no list: everything is asked for again anyway. */
const MISSING_MESSAGES = 256;

/** What the reader did to all views of a widget; outlives them, as `RunUi` does. */
export type StoreUi = {
  /** `null` until the reader chooses one: then it is theirs. */
  arrangement: Arrangement | null;
  /** The run whose tab is open. */
  tab: string | null;
  readonly merged: BoxPlace;
};

export class Store {
  /** `document`: drawn from a saved notebook or page, and no kernel stands behind it. */
  origin: "live" | "document" = "live";
  readonly ui: StoreUi = {
    arrangement: null,
    tab: null,
    merged: { top: 0, following: true },
  };
  readonly kernel: Kernel;
  readonly commands: Commands;
  readonly #acks: Acks;
  readonly #runs = new Map<string, RunStore>();
  readonly #listeners = new Set<() => void>();
  readonly #missing = new Set<number>();
  readonly #closed = new AbortController();
  #asleep = false;
  #arrangement: Arrangement = "stack";
  #lastN = 0;
  #missingTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(model: AnyModel) {
    const send: Send = (command) => {
      try {
        model.send(command);
      } catch {
        // The comm died with its kernel. An acknowledgement is of no use to anybody then; a command
        // stays unanswered, goes over the control channel, and says so if that does not help.
      }
    };
    this.kernel = new Kernel(model);
    this.commands = new Commands(send, this.kernel, () => this.#changed());
    this.#acks = new Acks((ack) => this.commands.post({ ...ack, ...whatDraws() }), frameMs);
    this.kernel.watch(() => this.#lose(), { signal: this.#closed.signal });
  }

  /** The runs, in the order they first appeared. */
  get runs(): ReadonlyMap<string, RunStore> {
    return this.#runs;
  }

  /** How the kernel would have the runs laid out. */
  get arrangement(): Arrangement {
    return this.#arrangement;
  }

  /** Takes a value of the trait `arrangement`, or of a document's `layout`. */
  arrange(value: unknown): void {
    const arrangement = readArrangement(value);
    if (arrangement !== this.#arrangement) {
      this.#arrangement = arrangement;
      this.ui.arrangement = null;
      this.#changed();
    }
  }

  /** The run that was made last. */
  get newest(): RunStore | undefined {
    return [...this.#runs.values()].at(-1);
  }

  /** Takes a value of the trait `patches`; what is not a message is left alone. */
  receive(value: unknown): void {
    if (!isMessage(value)) {
      return;
    }
    const nowMs = performance.now();
    this.#acks.arrived(value.n, nowMs);
    this.#noteNumber(value.n);
    for (const sent of value.patches) {
      const patch = read(sent);
      const id = Array.isArray(sent) ? this.#findId(patch.run) : patch.run;
      this.#run(id).take(id === patch.run ? patch : { ...patch, run: id }, nowMs);
    }
    this.commands.acknowledge(value.done ?? []);
    this.#asleep = value.asleep === true;
    this.#wake();
    this.#changed();
  }

  /**
   * Calls `listener` after each change until the returned function is called. Whoever listens looks
   * at the runs: a kernel that thought that nobody does is woken.
   */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#wake();
    return () => this.#listeners.delete(listener);
  }

  /** The number of the newest message. */
  get arrivedN(): number {
    return this.#acks.arrivedN;
  }

  /** A view has painted all that the messages up to number `n` brought and that may be shown. */
  painted(n: number, nowMs: number): void {
    this.#acks.painted(n, nowMs);
  }

  close(): void {
    this.#closed.abort();
    clearTimeout(this.#missingTimer);
    this.#acks.close();
    this.commands.close();
    for (const run of this.#runs.values()) {
      run.close();
    }
    this.#listeners.clear();
  }

  /** The id that begins so; a run that is not known yet has its gap, and is asked for by its name. */
  #findId(name: string): string {
    if (this.#runs.has(name)) {
      return name;
    }
    return [...this.#runs.keys()].find((id) => id.startsWith(name)) ?? name;
  }

  #run(id: string): RunStore {
    const known = this.#runs.get(id);
    if (known !== undefined) {
      return known;
    }
    const run = new RunStore(id, {
      commands: this.commands,
      changed: () => this.#changed(),
      nowMs: () => performance.now(),
    });
    this.#forgetNameOf(id);
    this.#runs.set(id, run);
    return run;
  }

  /** Words of a run may have come before it was introduced: then it was known by a part of its id. */
  #forgetNameOf(id: string): void {
    for (const [name, run] of this.#runs) {
      if (run.model === undefined && id.startsWith(name)) {
        run.close();
        this.#runs.delete(name);
      }
    }
  }

  #wake(): void {
    if (!this.#asleep || this.#listeners.size === 0) {
      return;
    }
    this.#asleep = false;
    this.#resyncUnfinished();
  }

  /** A lost message may have held the last word on a run, after which no gap would show. */
  #noteNumber(n: number): void {
    this.#missing.delete(n);
    const first = Math.max(this.#lastN + 1, n - MISSING_MESSAGES);
    for (let missing = first; this.#lastN > 0 && missing < n; missing += 1) {
      this.#missing.add(missing);
    }
    this.#lastN = Math.max(this.#lastN, n);
    if (this.#missing.size > 0) {
      this.#missingTimer ??= setTimeout(() => this.#askForMissing(), MISSING_AFTER_MS);
    }
  }

  #askForMissing(): void {
    this.#missingTimer = undefined;
    if (this.#missing.size === 0) {
      return;
    }
    this.#missing.clear();
    this.#resyncUnfinished();
  }

  #resyncUnfinished(): void {
    this.commands.together(() => {
      for (const run of this.#runs.values()) {
        const over = run.model !== undefined && isFinal(run.model.state);
        if (!over && !this.commands.isPending(run.id, "resync")) {
          run.resync();
        }
      }
    });
  }

  #lose(): void {
    for (const run of this.#runs.values()) {
      run.lost = true;
      this.commands.drop(run.id);
    }
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) {
      listener();
    }
  }
}

function whatDraws(): { draws?: true } {
  return pageHub().draws ? { draws: true } : {};
}

/** The time that `requestAnimationFrame` gives its callbacks. */
function frameMs(): number | null {
  const time = globalThis.document?.timeline?.currentTime;
  return typeof time === "number" ? time : null;
}

function isMessage(value: unknown): value is Message {
  const message = value as Message | null | undefined;
  return typeof message?.n === "number" && Array.isArray(message.patches);
}
