/** The first line of a run: which model, how it stands, and what one can do about it. */

import { describeHeld, describeRequest, type Face, mayRestart, type Scene } from "../describe.ts";
import { heldUnits } from "../reader.ts";
import { isFinal } from "../run-model.ts";
import { Button, make, setData, setHidden, setText } from "./dom.ts";

/** What the reader can ask for; the header knows nothing of how it is done. */
export type Actions = {
  readonly pause: () => void;
  readonly resume: () => void;
  readonly cancel: () => void;
  readonly restart: () => void;
  readonly setSpeed: (tokensPerS: number | null) => void;
  readonly jumpToLive: () => void;
  /** Resolves to whether the answer is on the clipboard. */
  readonly copy: () => Promise<boolean>;
  readonly toggleHeight: () => void;
};

const SPEEDS = [5, 10, 20, 40, 80, 160];
const AS_RECEIVED = "";
const COPIED_MS = 1600;

export class Header {
  readonly element: HTMLElement;
  readonly #model = make("span", "sw-model");
  readonly #request = make("span", "sw-request");
  readonly #pill = make("span", "sw-pill");
  readonly #pauseButton: Button;
  readonly #cancelButton: Button;
  readonly #restartButton: Button;
  readonly #liveButton: Button;
  readonly #copyButton: Button;
  readonly #heightButton: Button;
  readonly #speed = make("select", "sw-speed");
  readonly #speedBox: HTMLElement;
  #isPaused = false;

  constructor(actions: Actions) {
    this.#pauseButton = new Button("pause", "Pause", "sw-pause", () =>
      this.#isPaused ? actions.resume() : actions.pause(),
    );
    this.#cancelButton = new Button("stop", "Cancel", "sw-cancel", actions.cancel);
    this.#restartButton = new Button("restart", "Restart", "sw-restart", actions.restart);
    this.#liveButton = new Button("live", "Jump to live", "sw-live", actions.jumpToLive);
    this.#copyButton = new Button("copy", "Copy", "sw-copy", () => void this.#copy(actions));
    this.#heightButton = new Button("expand", "Full height", "sw-height", actions.toggleHeight);
    this.#speedBox = this.#makeSpeed(actions);
    this.element = make(
      "header",
      "sw-header",
      make("div", "sw-title", this.#model, this.#request, this.#pill),
      make(
        "div",
        "sw-actions",
        this.#liveButton.element,
        this.#pauseButton.element,
        this.#cancelButton.element,
        this.#restartButton.element,
        this.#speedBox,
        this.#copyButton.element,
        this.#heightButton.element,
      ),
    );
  }

  update(scene: Scene, face: Face): void {
    const { model, reader } = scene;
    setText(this.#model, model.model);
    this.#model.title = `${model.provider}:${model.model}`;
    setText(this.#request, describeRequest(model));
    setText(this.#pill, face.pill);
    setData(this.#pill, "tone", face.tone);
    setData(this.#pill, "live", String(face.live));
    const over = isFinal(model.state) || scene.lost;
    const held = heldUnits(reader, model) > 0;
    this.#updatePause(scene, over);
    this.#updateCancel(scene, over);
    this.#updateRestart(scene);
    setHidden(this.#liveButton.element, reader.paused || reader.speed === null || !held);
    setHidden(this.#speedBox, over && !held);
    this.#updateSpeed(reader.speed);
    setHidden(this.#copyButton.element, model.total === 0);
  }

  /** Offered once the answer is taller than its box. */
  updateHeight({ offered, full }: { offered: boolean; full: boolean }): void {
    setHidden(this.#heightButton.element, !offered && !full);
    const name = full ? "Compact" : "Full height";
    this.#heightButton.update({ icon: "expand", name, words: name });
    this.#heightButton.element.setAttribute("aria-pressed", String(full));
  }

  #updatePause(scene: Scene, over: boolean): void {
    const { paused } = scene.reader;
    this.#isPaused = paused;
    setHidden(this.#pauseButton.element, over && !paused);
    setData(this.#pauseButton.element, "resume", String(paused));
    if (paused) {
      const held = describeHeld(scene);
      const words = held === "" ? "Resume" : `Resume · ${held}`;
      this.#pauseButton.update({ icon: "play", name: "Resume", words });
    } else {
      this.#pauseButton.update({ icon: "pause", name: "Pause", words: "Pause" });
    }
  }

  #updateCancel(scene: Scene, over: boolean): void {
    const { element } = this.#cancelButton;
    setHidden(element, over);
    const words = scene.cancelling ? "cancelling…" : "Cancel";
    this.#cancelButton.update({ icon: "stop", name: "Cancel", words });
    element.disabled = scene.cancelling;
  }

  #updateRestart(scene: Scene): void {
    const { element } = this.#restartButton;
    setHidden(element, !mayRestart(scene));
    const words = scene.restarting ? "restarting…" : "Restart";
    this.#restartButton.update({ icon: "restart", name: "Restart", words });
    element.disabled = scene.restarting;
  }

  #makeSpeed(actions: Actions): HTMLElement {
    const select = this.#speed;
    select.setAttribute("aria-label", "Speed");
    select.title = "How fast text is shown; the model is read at full speed";
    select.append(makeOption(null), ...SPEEDS.map(makeOption));
    select.addEventListener("change", () => {
      actions.setSpeed(select.value === AS_RECEIVED ? null : Number(select.value));
    });
    return make("span", "sw-speed-box", select);
  }

  #updateSpeed(speed: number | null): void {
    const value = speed === null ? AS_RECEIVED : String(speed);
    if (this.#speed.value === value) {
      return;
    }
    if (![...this.#speed.options].some((option) => option.value === value)) {
      this.#speed.append(makeOption(speed));
    }
    this.#speed.value = value;
  }

  async #copy(actions: Actions): Promise<void> {
    const copied = await actions.copy();
    const words = copied ? "Copied" : "Copy failed";
    this.#copyButton.update({ icon: copied ? "check" : "copy", name: "Copy", words });
    setData(this.#copyButton.element, "said", "true");
    setTimeout(() => {
      this.#copyButton.update({ icon: "copy", name: "Copy", words: "Copy" });
      setData(this.#copyButton.element, "said", "false");
    }, COPIED_MS);
  }
}

function makeOption(speed: number | null): HTMLOptionElement {
  const option = make("option", "", speed === null ? "as received" : `${speed} tokens/s`);
  option.value = speed === null ? AS_RECEIVED : String(speed);
  return option;
}

/** The button that returns to the end of the text. */
export function makeNewButton(pressed: () => void): HTMLButtonElement {
  const button = make("button", "sw-new", "New ↓");
  button.type = "button";
  button.hidden = true;
  button.addEventListener("click", pressed);
  return button;
}
