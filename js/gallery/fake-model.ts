/** Stands where anywidget's model stands: holds one message, and keeps what was sent. */

import type { AnyModel } from "../src/kernel.ts";
import type { Command, Message } from "../src/protocol.ts";

export class FakeModel implements AnyModel {
  readonly sent: Command[] = [];
  /** Called with each command, where the page should answer. */
  answer: (command: Command) => void = () => undefined;
  readonly #id: string;
  readonly #listeners = new Set<() => void>();
  #message: Message;
  widget_manager: unknown;

  #arrangement: string;

  constructor(id: string, message: Message, arrangement = "stack") {
    this.#id = id;
    this.#message = message;
    this.#arrangement = arrangement;
  }

  get(name: string): unknown {
    const traits = { patches: this.#message, arrangement: this.#arrangement, widget_id: this.#id };
    return traits[name as keyof typeof traits];
  }

  on(_name: string, callback: () => void): void {
    this.#listeners.add(callback);
  }

  off(_name: string, callback: () => void): void {
    this.#listeners.delete(callback);
  }

  /** What Python would set. */
  arrange(arrangement: string): void {
    this.#arrangement = arrangement;
    for (const listener of this.#listeners) {
      listener();
    }
  }

  send(content: unknown): void {
    this.sent.push(content as Command);
    this.answer(content as Command);
  }

  /** What the kernel would send. */
  push(message: Message): void {
    this.#message = message;
    for (const listener of this.#listeners) {
      listener();
    }
  }
}
