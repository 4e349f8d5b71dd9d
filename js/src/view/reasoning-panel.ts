/** The model's reasoning: open while it streams, folded once the answer begins. */

import { describeReasoning, type Scene } from "../describe.ts";
import type { RunUi } from "../run-store.ts";
import { make, setData, setHidden, setText } from "./dom.ts";
import { placeOf, StickyBox } from "./sticky-box.ts";
import type { Transcript } from "./transcript.ts";

export class ReasoningPanel {
  readonly element: HTMLDetailsElement;
  readonly text = make("div", "sw-text");
  readonly box: StickyBox;
  readonly #line = make("span", "sw-reasoning-line");
  readonly #ui: RunUi;
  /** What we set: any other state of the panel is the reader's doing. */
  #open = false;

  constructor(ui: RunUi, signal: AbortSignal) {
    this.#ui = ui;
    setData(this.text, "part", "reasoning");
    this.text.setAttribute("aria-live", "off");
    const scroller = make("div", "sw-scroll sw-reasoning-scroll", this.text);
    scroller.tabIndex = 0;
    scroller.setAttribute("role", "group");
    scroller.setAttribute("aria-label", "Reasoning");
    const summary = make("summary", "", make("b", "", "Reasoning"), this.#line);
    this.element = make("details", "sw-reasoning", summary, scroller);
    this.box = new StickyBox(scroller, placeOf(ui, "reasoning"), { signal });
    // Catches the pointer, the keyboard and a page search that opens the panel alike.
    this.element.addEventListener("toggle", () => {
      if (this.element.open !== this.#open) {
        this.#open = this.element.open;
        ui.reasoningOpen = this.#open;
      }
    });
  }

  update(scene: Scene, transcript: Transcript): void {
    const { face, line } = describeReasoning(scene);
    const hasText = !transcript.isEmpty("reasoning");
    setHidden(this.element, face === "none");
    setText(this.#line, line);
    setData(this.element, "face", face === "text" && !hasText ? "hidden" : face);
    const answers = !transcript.isEmpty("output") || !transcript.isEmpty("refusal");
    this.#setOpen(this.#ui.reasoningOpen ?? (hasText && !answers));
  }

  /** Opens for the reader, who asked for something inside. */
  reveal(): void {
    this.#ui.reasoningOpen = true;
    this.#setOpen(true);
  }

  #setOpen(open: boolean): void {
    if (this.#open !== open) {
      this.#open = open;
      this.element.open = open;
    }
  }
}
