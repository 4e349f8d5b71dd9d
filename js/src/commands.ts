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

type Pending = {
  readonly command: RunCommand;
  readonly timers: ReturnType<typeof setTimeout>[];
  silent: boolean;
};

export class Commands {
  readonly #send: Send;
  readonly #kernel: Kernel;
  readonly #changed: () => void;
  readonly #pending = new Map<string, Pending>();

  constructor(send: Send, kernel: Kernel, changed: () => void) {
    this.#send = send;
    this.#kernel = kernel;
    this.#changed = changed;
  }

  /** Sends a command until the kernel says it was carried out; returns its id. */
  send(command: Omit<RunCommand, "id">): string {
    const whole = { ...command, id: newId() };
    const pending: Pending = {
      command: whole,
      timers: [
        setTimeout(() => this.#sendOverControl(whole), CONTROL_AFTER_MS),
        setTimeout(() => this.#setSilent(whole.id), SILENT_AFTER_MS),
      ],
      silent: false,
    };
    this.#pending.set(whole.id, pending);
    this.#send(whole);
    return whole.id;
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

  #sendOverControl(command: RunCommand): void {
    this.#kernel.sendControl(command, () => {
      this.#forget(command.id);
      this.#changed();
    });
  }

  #setSilent(id: string): void {
    const pending = this.#pending.get(id);
    if (pending !== undefined) {
      pending.silent = true;
      this.#changed();
    }
  }

  #forget(id: string): void {
    this.#pending.get(id)?.timers.forEach(clearTimeout);
    this.#pending.delete(id);
  }
}

/** `crypto.randomUUID` exists on https and localhost only; notebooks are served over http too. */
export function newId(): string {
  if (typeof crypto.randomUUID === "function") {
    return crypto.randomUUID();
  }
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
