/**
 * What all copies of our code in one page share: who can draw what.
 *
 * The copies may be of different versions (JupyterLab's extension comes with the server, a
 * notebook's module with its kernel), so this holds plain data and functions only, and what it
 * holds may grow but never change.
 */

import type { AnyModel } from "./kernel.ts";

export type Cleanup = () => void;

/** What anywidget gives a view. `signal` and `host` are missing in some front ends. */
export type RenderArgs = {
  readonly model: AnyModel;
  readonly el: HTMLElement;
  readonly signal?: AbortSignal;
  readonly host?: { getWidget(reference: string): Promise<unknown> };
};

/** A loaded copy of the whole front end. */
export type Runtime = {
  /** Opens a model's store; `early` holds the values its trait `patches` has had so far. */
  initialize(args: { model: AnyModel; early?: readonly unknown[] }): Cleanup;
  render(args: RenderArgs): Cleanup;
};

/** A widget whose model is on the page. */
export type LiveWidget = { mount(el: HTMLElement): Cleanup };

export type Hub = {
  /** Loaded copies, by build. */
  readonly runtimes: Map<string, Runtime>;
  /** Widgets, by the id they have in the kernel. */
  readonly widgets: Map<string, LiveWidget>;
  /** Called after each change of the above. */
  readonly listeners: Set<() => void>;
  /** A kernel was asked for a build's module then, by the page's clock. */
  readonly asked: Map<string, number>;
  /** Something on the page draws documents of runs, with a kernel or without. */
  draws: boolean;
};

const KEY = Symbol.for("stream_widget.hub.v1");

export function pageHub(): Hub {
  const page = globalThis as { [KEY]?: Hub };
  page[KEY] ??= {
    runtimes: new Map(),
    widgets: new Map(),
    listeners: new Set(),
    asked: new Map(),
    draws: false,
  };
  return page[KEY];
}

/** Tells everyone who waits for something on the page. */
export function announce(hub: Hub): void {
  for (const listener of [...hub.listeners]) {
    listener();
  }
}
