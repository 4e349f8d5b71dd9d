/** What is said to those who hear the page: one sentence for a change of state, none for a token. */

import type { Face, Scene } from "../describe.ts";
import { formatCount, formatDuration } from "../format.ts";
import { countTokens } from "../numbers.ts";
import { isFinal } from "../run-model.ts";
import type { Seen } from "./deck.ts";
import { make } from "./dom.ts";

/** What only counts up or down is no change. */
const COUNTING = /( (for|in) \d+ s| · [\d.:]+ s? ?of .*)$/;

export class Announcer {
  readonly elements: readonly HTMLElement[];
  readonly #status = make("div", "sw-unseen");
  readonly #alert = make("div", "sw-unseen");
  readonly #before = new Map<string, string>();

  constructor() {
    this.#status.setAttribute("role", "status");
    this.#alert.setAttribute("role", "alert");
    this.elements = [this.#status, this.#alert];
  }

  /** Says a sentence politely. */
  say(sentence: string): void {
    this.#status.textContent = sentence;
  }

  /** Says what has changed, for all runs at once; a state first met is not a change. */
  update(seen: readonly Seen[]): void {
    const said: string[] = [];
    const alarms: string[] = [];
    for (const { card, label, look } of seen) {
      const { id } = card.run;
      const { face, scene } = look;
      const spoken = face.pill.replace(COUNTING, "");
      const before = this.#before.get(id);
      this.#before.set(id, spoken);
      if (before === undefined || before === spoken) {
        continue;
      }
      if (face.state === "failed") {
        alarms.push(`${label}: ${scene.model.error?.message ?? spoken}`);
      } else {
        said.push(`${label}: ${spoken}${describeOutcome(face, scene)}`);
      }
    }
    write(this.#status, said);
    write(this.#alert, alarms);
  }
}

function describeOutcome(face: Face, { model }: Scene): string {
  if (!isFinal(model.state) || face.live || face.state === "paused") {
    return "";
  }
  return `, ${formatCount(countTokens(model))} tokens in ${formatDuration(model.elapsed_s)}`;
}

function write(node: HTMLElement, sentences: readonly string[]): void {
  if (sentences.length > 0) {
    node.textContent = `${sentences.join(". ")}.`.replace(/\.\.$/, ".");
  }
}
