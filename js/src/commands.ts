/**
 * Commands to the kernel, each sent until it is acknowledged.
 *
 * A custom message first. A busy cell can keep the kernel from reading it, so the same command
 * goes over the control channel after a while; not at once, because any control request makes
 * JupyterLab show a busy kernel as idle.
 */

import type { Kernel, Send } from "./kernel.ts";
import type { Ack, RunCommand } from "./protocol.ts";

const CONTROL_AFTER_MS = 300;
const SILENT_AFTER_MS = 1500;

/** The commands of one message; its timers end with the last of them. */
type Batch = {
  readonly commands: Map<string, RunCommand>;
  readonly timers: ReturnType<typeof setTimeout>[];
};

type Pending = { readonly command: RunCommand; readonly batch: Batch; silent: boolean };

export class Commands {
  readonly #send: Send;
  readonly #kernel: Kernel;
  readonly #changed: () => void;
  readonly #pending = new Map<string, Pending>();
  /** What is being put together. */
  #open: Batch | undefined;

  constructor(send: Send, kernel: Kernel, changed: () => void) {
    this.#send = send;
    this.#kernel = kernel;
    this.#changed = changed;
  }

  /** Sends a command until the kernel says it was carried out; returns its id. */
  send(command: Omit<RunCommand, "id">): string {
    const id = newId();
    this.together(() => {
      if (this.#open !== undefined) {
        const whole = { ...command, id };
        this.#open.commands.set(id, whole);
        this.#pending.set(id, { command: whole, batch: this.#open, silent: false });
      }
    });
    return id;
  }

  /** Sends all that `act` sends in one message: one click reaches each of sixteen runs. */
  together(act: () => void): void {
    if (this.#open !== undefined) {
      act();
      return;
    }
    const batch: Batch = { commands: new Map(), timers: [] };
    this.#open = batch;
    try {
      act();
    } finally {
      this.#open = undefined;
      this.#sendBatch(batch);
    }
  }

  /** Sends what needs no answer. */
  post(ack: Ack): void {
    this.#send(ack);
  }

  acknowledge(ids: readonly string[]): void {
    for (const id of ids) {
      this.#forget(id);
    }
  }

  /** True while a command of one of these types waits for its answer. */
  isPending(run: string, ...types: RunCommand["type"][]): boolean {
    return this.#some((command) => command.run === run && types.includes(command.type));
  }

  /** True when a person's command to this run has gone unanswered for too long. */
  isSilent(run: string): boolean {
    return this.#some(
      (command, silent) => silent && command.run === run && command.type !== "resync",
    );
  }

  /** Gives up on a run's commands: its end has made them pointless. */
  drop(run: string): void {
    for (const { command } of [...this.#pending.values()]) {
      if (command.run === run) {
        this.#forget(command.id);
      }
    }
  }

  close(): void {
    this.acknowledge([...this.#pending.keys()]);
  }

  #some(test: (command: RunCommand, silent: boolean) => boolean): boolean {
    return [...this.#pending.values()].some(({ command, silent }) => test(command, silent));
  }

  #sendBatch(batch: Batch): void {
    const message = asMessage(batch);
    if (message === undefined) {
      return;
    }
    batch.timers.push(
      setTimeout(() => this.#sendOverControl(batch), CONTROL_AFTER_MS),
      setTimeout(() => this.#setSilent(batch), SILENT_AFTER_MS),
    );
    this.#send(message);
  }

  #sendOverControl(batch: Batch): void {
    const message = asMessage(batch);
    if (message !== undefined) {
      this.#kernel.sendControl(message, () => {
        this.acknowledge([...batch.commands.keys()]);
        this.#changed();
      });
    }
  }

  #setSilent(batch: Batch): void {
    for (const id of batch.commands.keys()) {
      const pending = this.#pending.get(id);
      if (pending !== undefined) {
        pending.silent = true;
      }
    }
    this.#changed();
  }

  #forget(id: string): void {
    const batch = this.#pending.get(id)?.batch;
    this.#pending.delete(id);
    batch?.commands.delete(id);
    if (batch?.commands.size === 0) {
      batch.timers.forEach(clearTimeout);
    }
  }
}

/** What of a batch is unanswered, as one message; a single command goes by itself. */
function asMessage(batch: Batch): Parameters<Kernel["sendControl"]>[0] | undefined {
  const commands = [...batch.commands.values()];
  return commands.length > 1 ? { type: "commands", commands } : commands[0];
}

/** `crypto.randomUUID` exists on https and localhost only; notebooks are served over http too. */
export function newId(): string {
  if (typeof crypto.randomUUID === "function") {
    return crypto.randomUUID();
  }
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
