/** The first line of a run: which model, how it stands, and what one can do about it. */

import { describeHeld, describeRequest, type Face, mayRestart, type Scene } from "../describe.ts";
import { heldUnits } from "../reader.ts";
import { isFinal } from "../run-model.ts";
import { Button, make, setAttribute, setData, setHidden, setPressed, setText } from "./dom.ts";
import { Menu, type MenuItem } from "./menu.ts";
import { SpeedSelect } from "./speed-select.ts";

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
  readonly stopReplay: () => void;
  /** What the run's menu offers now. */
  readonly listMenu: () => readonly MenuItem[];
};

const COPIED_MS = 1600;

export class Header {
  readonly element: HTMLElement;
  /** Where what belongs to the whole widget has its buttons, when there is no toolbar. */
  readonly tools = make("span", "sw-tool-buttons");
  readonly #model = make("span", "sw-model");
  readonly #hint = make("span", "sw-hint");
  readonly #request = make("span", "sw-request");
  readonly #pill = make("span", "sw-pill");
  readonly #pauseButton: Button;
  readonly #cancelButton: Button;
  readonly #restartButton: Button;
  readonly #liveButton: Button;
  readonly #copyButton: Button;
  readonly #heightButton: Button;
  readonly #replayButton: Button;
  readonly #speed: SpeedSelect;
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
    this.#replayButton = new Button("stop", "Stop replay", "sw-replay", actions.stopReplay);
    this.#speed = new SpeedSelect("Speed", actions.setSpeed);
    this.element = make(
      "header",
      "sw-header",
      make("div", "sw-title", this.#model, this.#hint, this.#request, this.#pill),
      make(
        "div",
        "sw-actions",
        this.#replayButton.element,
        this.#liveButton.element,
        this.#pauseButton.element,
        this.#cancelButton.element,
        this.#restartButton.element,
        this.#speed.element,
        this.#copyButton.element,
        this.#heightButton.element,
        this.tools,
        new Menu("More", actions.listMenu).element,
      ),
    );
  }

  /** `mark` tells runs of one model apart. */
  update(scene: Scene, face: Face, mark: string): void {
    const { model, reader } = scene;
    setText(this.#model, [model.model, mark].filter(Boolean).join(" "));
    setAttribute(this.#model, "title", describeModel(model));
    const request = [describeRequest(model), scene.restored && "restored"];
    setText(this.#request, request.filter(Boolean).join(" · "));
    setAttribute(this.#request, "title", this.#request.textContent ?? "");
    setText(this.#pill, face.pill);
    setData(this.#pill, "tone", face.tone);
    setData(this.#pill, "live", String(face.live));
    const replaying = scene.replayS !== null;
    const over = isFinal(model.state) || scene.lost;
    const held = !replaying && heldUnits(reader, model) > 0;
    setHidden(this.#replayButton.element, !replaying);
    this.#updatePause(scene, over);
    this.#updateCancel(scene, over);
    this.#updateRestart(scene);
    setHidden(this.#liveButton.element, reader.paused || reader.speed === null || !held);
    setHidden(this.#speed.element, over && !held);
    this.#speed.update(reader.speed);
    setHidden(this.#copyButton.element, model.total === 0);
  }

  /** What tells the run apart, where there is no room for all that was asked. */
  setHint(hint: string): void {
    setText(this.#hint, hint);
  }

  /** Offered once the answer is taller than its box. */
  updateHeight({ offered, full }: { offered: boolean; full: boolean }): void {
    setHidden(this.#heightButton.element, !offered && !full);
    const name = full ? "Compact" : "Full height";
    this.#heightButton.update({ icon: "expand", name });
    setPressed(this.#heightButton.element, full);
  }

  #updatePause(scene: Scene, over: boolean): void {
    const { paused } = scene.reader;
    this.#isPaused = paused;
    setHidden(this.#pauseButton.element, over && !paused);
    setData(this.#pauseButton.element, "resume", String(paused));
    if (paused) {
      const held = describeHeld(scene);
      const more = held === "" ? "" : ` · ${held}`;
      this.#pauseButton.update({ icon: "play", name: "Resume", more });
    } else {
      this.#pauseButton.update({ icon: "pause", name: "Pause" });
    }
  }

  #updateCancel(scene: Scene, over: boolean): void {
    const { element } = this.#cancelButton;
    setHidden(element, over);
    this.#cancelButton.update({ icon: "stop", name: scene.cancelling ? "cancelling…" : "Cancel" });
    element.disabled = scene.cancelling;
  }

  #updateRestart(scene: Scene): void {
    const { element } = this.#restartButton;
    setHidden(element, !mayRestart(scene));
    const name = scene.restarting ? "restarting…" : "Restart";
    this.#restartButton.update({ icon: "restart", name });
    element.disabled = scene.restarting;
  }

  async #copy(actions: Actions): Promise<void> {
    const copied = await actions.copy();
    const words = copied ? "Copied" : "Copy failed";
    this.#copyButton.update({ icon: copied ? "check" : "copy", name: "Copy", words });
    setData(this.#copyButton.element, "said", "true");
    setTimeout(() => {
      this.#copyButton.update({ icon: "copy", name: "Copy" });
      setData(this.#copyButton.element, "said", "false");
    }, COPIED_MS);
  }
}

function describeModel({ provider, model, response_model }: Scene["model"]): string {
  const target = `${provider}:${model}`;
  return response_model === null || response_model === model
    ? target
    : `${target}, answered by ${response_model}`;
}
