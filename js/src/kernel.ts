/**
 * The door to the notebook front end: the model anywidget gives us, and the kernel behind it.
 *
 * Everything here may be missing: front ends other than JupyterLab have no widget manager, and
 * the control channel is an implementation detail of ipykernel. Each use asks first.
 */

import type { Command, RunCommand, RunCommands } from "./protocol.ts";

/** The part of anywidget's model that we use. */
export type AnyModel = {
  get(name: string): unknown;
  on(name: string, callback: (...args: unknown[]) => void): void;
  off(name: string, callback: (...args: unknown[]) => void): void;
  send(content: unknown, callbacks?: unknown, buffers?: unknown): void;
  readonly widget_manager?: unknown;
};

export type Send = (command: Command) => void;

type Signal = {
  connect(slot: (sender: unknown, status: unknown) => void): unknown;
  disconnect(slot: (sender: unknown, status: unknown) => void): unknown;
};

type ControlMessage = {
  readonly header: Readonly<Record<string, string>>;
  readonly parent_header: Readonly<Record<string, never>>;
  readonly metadata: Readonly<Record<string, never>>;
  readonly content: unknown;
  readonly channel: "control";
  readonly buffers: readonly never[];
};

type ControlReply = { readonly content?: { readonly status?: unknown } };

type ControlFuture = { onReply?: (reply: ControlReply) => void };

/** The part of JupyterLab's kernel connection that we use. */
type KernelConnection = {
  readonly clientId?: string;
  readonly username?: string;
  readonly statusChanged?: Signal;
  interrupt?(): Promise<unknown>;
  sendControlMessage?(
    message: ControlMessage,
    expectReply: boolean,
    disposeOnDone: boolean,
  ): ControlFuture | undefined;
};

/** A kernel in one of these states has forgotten its runs. */
const GONE: ReadonlySet<unknown> = new Set(["restarting", "autorestarting", "terminating", "dead"]);

export class Kernel {
  readonly #model: AnyModel;

  constructor(model: AnyModel) {
    this.#model = model;
  }

  get #connection(): KernelConnection | undefined {
    const manager = this.#model.widget_manager as { kernel?: KernelConnection } | undefined;
    return manager?.kernel ?? undefined;
  }

  get canInterrupt(): boolean {
    return typeof this.#connection?.interrupt === "function";
  }

  /** Stops the running cell; resolves once the server has passed it on. */
  async interrupt(): Promise<void> {
    await this.#connection?.interrupt?.();
  }

  /** Sends commands past a busy cell; `answered` is called if the kernel carried them out. */
  sendControl(command: RunCommand | RunCommands, answered: () => void): void {
    const connection = this.#connection;
    if (typeof connection?.sendControlMessage !== "function") {
      return;
    }
    try {
      const message = controlMessage(connection, this.#model.get("widget_id"), command);
      const future = connection.sendControlMessage(message, true, true);
      if (future !== undefined) {
        future.onReply = (reply) => {
          if (reply.content?.status === "ok") {
            answered();
          }
        };
      }
    } catch {
      // A dead or disposed connection throws; the panel says that the kernel does not answer.
    }
  }

  /** Calls `gone` when the kernel stops or restarts: no patch will ever say so. */
  watch(gone: () => void, { signal }: { signal: AbortSignal }): void {
    const status = this.#connection?.statusChanged;
    if (status === undefined) {
      return;
    }
    const slot = (_sender: unknown, value: unknown) => {
      if (GONE.has(value)) {
        gone();
      }
    };
    status.connect(slot);
    signal.addEventListener("abort", () => status.disconnect(slot), { once: true });
  }
}

function controlMessage(
  connection: KernelConnection,
  widgetId: unknown,
  command: RunCommand | RunCommands,
): ControlMessage {
  const first = command.type === "commands" ? command.commands[0] : command;
  return {
    header: {
      msg_id: `${first?.id}-control`,
      msg_type: "stream_widget_request",
      username: connection.username ?? "",
      session: connection.clientId ?? "",
      date: new Date().toISOString(),
      version: "5.3",
    },
    parent_header: {},
    metadata: {},
    content: { model_id: widgetId, command },
    channel: "control",
    buffers: [],
  };
}
