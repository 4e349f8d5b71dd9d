/** Which kernel belongs to a place on the page, and whether it lives. */

/**
 * `unknown`: nobody here can tell, or not yet; `none`: there is no kernel, or it is dead; `busy`: it
 * cannot answer now, since it runs a cell.
 */
export type KernelState = "unknown" | "busy" | "idle" | "none";

type Signal = { connect(slot: () => void): unknown };

/** The part of a notebook's panel that we use. */
export type Panel = {
  readonly node: HTMLElement;
  readonly sessionContext: {
    readonly isReady: boolean;
    readonly session: { readonly kernel: { readonly status: string } | null } | null;
    readonly ready: Promise<void>;
    readonly statusChanged: Signal;
    readonly kernelChanged: Signal;
  };
  readonly disposed: Signal;
};

const GONE: ReadonlySet<string> = new Set(["dead", "terminating"]);

export class KernelStates {
  readonly #panels = new Set<Panel>();
  readonly #listeners = new Set<() => void>();

  add(panel: Panel): void {
    this.#panels.add(panel);
    const tell = () => this.#tell();
    const { sessionContext } = panel;
    sessionContext.statusChanged.connect(tell);
    sessionContext.kernelChanged.connect(tell);
    // Ready without a kernel: the person chose none, and no signal says so.
    sessionContext.ready.then(tell, tell);
    panel.disposed.connect(() => this.#panels.delete(panel));
    tell();
  }

  /** Calls `listener` after each change until the returned function is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The state of the kernel of the notebook that shows this element. */
  of(element: HTMLElement): KernelState {
    for (const panel of this.#panels) {
      if (panel.node.contains(element)) {
        return stateOf(panel);
      }
    }
    return "unknown";
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) {
      listener();
    }
  }
}

function stateOf({ sessionContext }: Panel): KernelState {
  const kernel = sessionContext.session?.kernel ?? null;
  if (kernel === null) {
    // Whoever opens a notebook and chooses "No Kernel" has one that never gets ready.
    return sessionContext.isReady ? "none" : "unknown";
  }
  if (GONE.has(kernel.status)) {
    return "none";
  }
  return kernel.status === "idle" ? "idle" : "busy";
}
