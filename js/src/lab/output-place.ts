/**
 * What one output shows of its runs.
 *
 * The live widget draws them wherever its model is on the page, now or later; until then, and where
 * it never comes, the document does. A live view stays when the run ends: nothing moves.
 */

import { DocumentError, type RunDocument, readDocument, widgetOf } from "../document.ts";
import type { Cleanup, Hub, LiveWidget } from "../hub.ts";
import { mountStore } from "../runtime.ts";
import { makeStillStore } from "../still-store.ts";
import { make } from "../view/dom.ts";
import type { KernelStates } from "./kernel-states.ts";

/** An idle kernel that has the widget is heard of sooner; so is any, where nobody tells its state. */
const WITHIN_MS = { idle: 4000, unknown: 10_000 } as const;

const LOOKING = "This run had not ended when the notebook was saved. Asking the kernel for it…";
const CUT_OFF =
  "Interrupted: the kernel stopped before the run ended. What had arrived by then is in the call " +
  "log, sw.log.to_frame(); run the cell again to ask anew.";

/** A live widget, a document's runs, or a sentence that stands for them. */
type Content =
  | { readonly type: "live"; readonly id: string; readonly widget: LiveWidget }
  | { readonly type: "still"; readonly document: RunDocument }
  | { readonly type: "note"; readonly text: string };

type Known = { readonly document: RunDocument } | { readonly problem: string };

export class OutputPlace {
  readonly #el: HTMLElement;
  readonly #hub: Hub;
  readonly #kernels: KernelStates;
  readonly #stopListening: Cleanup;
  #id = "";
  #known: Known | undefined;
  #content: Content | undefined;
  #remove: Cleanup = () => undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The kernel that made the runs is gone, be there another in its place or none. */
  #gone = false;
  /** The kernel could have answered since then. */
  #sinceMs = performance.now();
  #calls = 0;

  constructor(el: HTMLElement, hub: Hub, kernels: KernelStates) {
    this.#el = el;
    this.#hub = hub;
    this.#kernels = kernels;
    const look = () => this.#draw();
    hub.listeners.add(look);
    const stop = kernels.subscribe(look);
    this.#stopListening = () => {
      hub.listeners.delete(look);
      stop();
    };
  }

  /** Shows the runs of a document, or says why it cannot. */
  async show(value: unknown): Promise<void> {
    this.#calls += 1;
    const call = this.#calls;
    if (widgetOf(value) !== this.#id) {
      this.#id = widgetOf(value);
      this.#gone = false;
    }
    this.#draw();
    const known = await read(value);
    if (call === this.#calls) {
      this.#known = known;
      this.#draw();
    }
  }

  close(): void {
    this.#calls += 1;
    clearTimeout(this.#timer);
    this.#stopListening();
    this.#remove();
  }

  #draw(): void {
    const next = this.#live() ?? this.#still();
    if (next !== undefined && !isSame(next, this.#content)) {
      this.#remove();
      this.#content = next;
      this.#remove = mount(next, this.#el);
    }
  }

  /** A widget that was closed leaves what it drew. */
  #live(): Content | undefined {
    const widget = this.#hub.widgets.get(this.#id);
    if (widget !== undefined) {
      return { type: "live", id: this.#id, widget };
    }
    const content = this.#content;
    return content?.type === "live" && content.id === this.#id ? content : undefined;
  }

  #still(): Content | undefined {
    if (this.#known === undefined) {
      return undefined;
    }
    if ("problem" in this.#known) {
      return { type: "note", text: this.#known.problem };
    }
    const { document } = this.#known;
    if (document.runs.length > 0) {
      return { type: "still", document };
    }
    this.#gone ||= this.#isKernelGone();
    return { type: "note", text: this.#gone ? CUT_OFF : LOOKING };
  }

  #isKernelGone(): boolean {
    const state = this.#kernels.of(this.#el);
    clearTimeout(this.#timer);
    if (state === "idle" || state === "unknown") {
      const sinceMs = performance.now() - this.#sinceMs;
      const leftMs = WITHIN_MS[state] - sinceMs;
      if (leftMs > 0) {
        this.#timer = setTimeout(() => this.#draw(), leftMs);
      }
      return leftMs <= 0;
    }
    this.#sinceMs = performance.now();
    return state === "none";
  }
}

async function read(value: unknown): Promise<Known> {
  try {
    return { document: await readDocument(value) };
  } catch (error) {
    if (error instanceof DocumentError) {
      return { problem: error.message };
    }
    throw error;
  }
}

function isSame(a: Content, b: Content | undefined): boolean {
  switch (a.type) {
    case "live":
      return b?.type === "live" && a.widget === b.widget;
    case "still":
      return b?.type === "still" && a.document === b.document;
    case "note":
      return b?.type === "note" && a.text === b.text;
  }
}

function mount(content: Content, el: HTMLElement): Cleanup {
  switch (content.type) {
    case "live":
      return content.widget.mount(el);
    case "still":
      return mountStill(content.document, el);
    case "note":
      return mountNote(content.text, el);
  }
}

function mountStill(document: RunDocument, el: HTMLElement): Cleanup {
  const store = makeStillStore(document);
  const remove = mountStore(store, el);
  return () => {
    remove();
    store.close();
  };
}

function mountNote(text: string, el: HTMLElement): Cleanup {
  const note = make("p", "sw-still-note", text);
  el.append(note);
  return () => note.remove();
}
