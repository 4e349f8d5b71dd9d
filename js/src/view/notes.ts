/** What the reader should know besides the model's words: notices, failures, a silent kernel. */

import { describeShortfall, type Scene } from "../describe.ts";
import type { Notice } from "../protocol.ts";
import { make, setData, setHidden, setText } from "./dom.ts";

/** What the scene does not hold: facts about the connection, not about the run. */
export type Connection = {
  readonly silent: boolean;
  readonly gap: boolean;
  readonly canInterrupt: boolean;
};

const UNKNOWN =
  "The kernel sent something this page cannot show: the installed stream_widget is newer than " +
  "the page. Reload the page.";
const GAP =
  "Some text has not reached this page. The kernel was asked for it again; nothing is lost there.";
const SILENT =
  "The kernel does not answer: a running cell keeps it busy. It gets the command as soon as it " +
  "listens.";
const LOST =
  "The kernel stopped while this run was streaming. What had arrived is kept; run the cell again " +
  "to ask anew.";

export class Notes {
  readonly element = make("div", "sw-notes");
  readonly #list = make("div", "sw-note-list");
  readonly #silent: HTMLElement;
  readonly #silentText = make("span", "");
  readonly #interrupt = make("button", "sw-link", "Interrupt the kernel");
  readonly #error = make("div", "sw-note sw-error");
  readonly #errorText = make("span", "sw-error-text");
  readonly #errorFacts = make("small", "sw-error-facts");
  #drawn = "";
  #leftOut: ReadonlySet<string> = new Set();

  constructor(interrupt: () => void) {
    this.#interrupt.type = "button";
    this.#interrupt.addEventListener("click", interrupt);
    this.#silent = make("div", "sw-note", this.#silentText, " ", this.#interrupt);
    setData(this.#silent, "level", "warn");
    this.#error.append(this.#errorText, this.#errorFacts);
    this.element.append(this.#error, this.#silent, this.#list);
  }

  /** True when there is no notice that could be hidden; a failure cannot. */
  get isEmpty(): boolean {
    return this.#list.childElementCount === 0;
  }

  /** Leaves out what is said elsewhere; true where that is news. */
  leaveOut(keys: ReadonlySet<string>): boolean {
    const same = keys.size === this.#leftOut.size && [...keys].every((k) => this.#leftOut.has(k));
    this.#leftOut = keys;
    return !same;
  }

  update(scene: Scene, connection: Connection): void {
    const notices = listNotices(scene, connection);
    this.#updateList(notices.filter((notice) => !this.#leftOut.has(keyOf(notice))));
    this.#updateError(scene);
    setHidden(this.#silent, !connection.silent);
    setText(this.#silentText, connection.silent ? SILENT : "");
    setHidden(this.#interrupt, !connection.canInterrupt);
  }

  #updateList(notices: readonly Notice[]): void {
    const drawn = JSON.stringify(notices);
    if (drawn === this.#drawn) {
      return;
    }
    this.#drawn = drawn;
    this.#list.replaceChildren(...notices.map(makeNote));
  }

  #updateError({ model, lost }: Scene): void {
    const { error } = model;
    const cutOff = lost && describeLoss(model.state);
    setHidden(this.#error, error === null && !cutOff);
    setText(this.#errorText, error?.message ?? (cutOff ? LOST : ""));
    const facts = [error?.kind, error?.status && `HTTP ${error.status}`, error?.code];
    setText(this.#errorFacts, facts.filter(Boolean).join(" · "));
  }
}

/** Two notices with the same say the same. */
export function keyOf({ level, text }: Notice): string {
  return `${level} ${text}`;
}

export function makeNote({ level, text }: Notice): HTMLElement {
  const note = make("div", "sw-note", text);
  setData(note, "level", level);
  return note;
}

function describeLoss(state: Scene["model"]["state"]): boolean {
  return state === "pending" || state === "streaming" || state === "paused";
}

function listNotices({ model }: Scene, connection: Connection): Notice[] {
  const shortfall = describeShortfall(model);
  const ours = [shortfall, model.unknown ? UNKNOWN : "", connection.gap ? GAP : ""];
  return [
    ...model.notices,
    ...ours.filter((text) => text !== "").map((text) => ({ level: "warn" as const, text })),
  ];
}
