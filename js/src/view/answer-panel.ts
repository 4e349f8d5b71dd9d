/** The model's answer, its refusal and its tool calls, under one scroll box that follows them. */

import type { Face, Scene } from "../describe.ts";
import { formatCount } from "../format.ts";
import type { RunUi } from "../run-store.ts";
import { make, setAttribute, setData, setHidden, setText } from "./dom.ts";
import { placeOf, StickyBox } from "./sticky-box.ts";
import type { Transcript } from "./transcript.ts";

export class AnswerPanel {
  readonly output = makeText("output");
  readonly refusal = makeText("refusal");
  readonly tools = make("div", "sw-tools");
  readonly box: StickyBox;
  readonly #refusalBox = make("div", "sw-refusal", make("b", "", "Refusal"), this.refusal);
  readonly #waiting = make("p", "sw-waiting", "Waiting for the first words of the answer…");
  readonly #new: HTMLButtonElement;
  #newUnits = 0;

  constructor(ui: RunUi, signal: AbortSignal) {
    const scroller = make("div", "sw-scroll sw-answer-scroll", this.output);
    scroller.tabIndex = 0;
    scroller.setAttribute("role", "group");
    scroller.setAttribute("aria-label", "Answer");
    this.box = new StickyBox(scroller, placeOf(ui, "answer"), { signal });
    this.#new = makeNewButton(() => {
      this.box.follow();
      this.#newUnits = 0;
      setHidden(this.#new, true);
    });
  }

  get elements(): readonly HTMLElement[] {
    const answer = make("div", "sw-answer", this.#waiting, this.box.element, this.#new);
    return [answer, this.#refusalBox, this.tools];
  }

  /** Text has arrived below what the reader looks at. */
  noteGrowth(units: number): void {
    this.#newUnits = this.box.isFollowing ? 0 : this.#newUnits + units;
  }

  updateNew(charsPerToken: number): void {
    if (this.box.isFollowing) {
      this.#newUnits = 0;
    }
    setHidden(this.#new, this.#newUnits === 0);
    updateNewButton(this.#new, this.#newUnits / charsPerToken);
  }

  update(scene: Scene, face: Face, transcript: Transcript): void {
    const hasAnswer = !transcript.isEmpty("output");
    const hasRefusal = !transcript.isEmpty("refusal");
    const hasReasoning = !transcript.isEmpty("reasoning");
    setHidden(this.box.element, !hasAnswer);
    setHidden(this.#refusalBox, !hasRefusal);
    setHidden(this.tools, this.tools.childElementCount === 0);
    // Before that the pill says it; with reasoning to read there is no need to.
    const waits = face.state === "streaming" && scene.model.reasoning;
    setHidden(this.#waiting, !waits || hasAnswer || hasRefusal || hasReasoning);
  }
}

function makeText(part: "output" | "refusal"): HTMLElement {
  const text = make("div", "sw-text");
  setData(text, "part", part);
  text.setAttribute("aria-live", "off");
  return text;
}

/** The button that returns to the end of the text. */
export function makeNewButton(pressed: () => void): HTMLButtonElement {
  const button = make("button", "sw-new", "New ↓");
  button.type = "button";
  button.hidden = true;
  button.addEventListener("click", pressed);
  return button;
}

/** Says how much is new, in tokens; in steps, so that it does not flicker. */
export function updateNewButton(button: HTMLButtonElement, tokens: number): void {
  if (button.hidden) {
    return;
  }
  const count = tokens < 100 ? Math.ceil(tokens) : Math.floor(tokens / 10) * 10;
  setText(button, `${formatCount(count)} new ↓`);
  setAttribute(button, "title", "Tokens that have arrived below; go to the end and follow");
}
