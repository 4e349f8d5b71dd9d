/** The cards of a widget: each frame's time is shared out among those that can be seen. */

import { FEW_TEXTS, TEXTS_A_FRAME } from "../scheduler.ts";
import { nameSpeakers } from "../speakers.ts";
import type { Store } from "../store.ts";
import type { Desk } from "./card-actions.ts";
import { make, setData } from "./dom.ts";
import type { FrameTime } from "./layout.ts";
import { type CardTime, type Look, RunCard } from "./run-card.ts";

/** A card is painted before it is seen: no one scrolls onto an empty one. */
const AHEAD = "200px 0px";
/** A card off screen gets its text so often: the browser's own search and its printer look there. */
const UNSEEN_MS = 1000;
/** Cards whose numbers are drawn in one frame: each costs nearly as much as a text that grows. */
const NUMBERS_A_FRAME = 8;

/** A card and what its run looks like now. */
export type Seen = { readonly card: RunCard; readonly look: Look; readonly label: string };

export class Deck {
  readonly element = make("div", "sw-runs");
  readonly #store: Store;
  readonly #desk: Desk;
  readonly #cards = new Map<string, RunCard>();
  readonly #labels = new Map<string, string>();
  readonly #onScreen = new Set<RunCard>();
  readonly #observer: IntersectionObserver;
  #named: readonly unknown[] = [];
  #focused: RunCard | undefined;
  /** Whose turn comes first when the time does not suffice for all. */
  #first = 0;
  #painted: readonly RunCard[] = [];
  #lived = false;
  #isBehind = false;
  #paintedN = 0;

  constructor(store: Store, desk: Desk, request: () => void) {
    this.#store = store;
    this.#desk = desk;
    this.#observer = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          this.#note(entry);
        }
        request();
      },
      { rootMargin: AHEAD },
    );
    desk.signal.addEventListener("abort", () => this.#observer.disconnect(), { once: true });
    this.element.addEventListener("focusin", ({ target }) => {
      this.#focused = this.cards.find((card) => card.element.contains(target as Node));
    });
  }

  get cards(): readonly RunCard[] {
    return [...this.#cards.values()];
  }

  get newest(): RunCard | undefined {
    return this.cards.at(-1);
  }

  cardOf(id: string): RunCard | undefined {
    return this.#cards.get(id);
  }

  isOnScreen(card: RunCard): boolean {
    return this.#onScreen.has(card);
  }

  /** Makes cards for new runs, and looks at all. */
  look(nowMs: number): readonly Seen[] {
    this.#addCards();
    const looks = this.cards.map((card) => ({ card, look: card.look(nowMs) }));
    this.#nameCards();
    const seen: Seen[] = [];
    for (const { card, look } of looks) {
      if (look !== null) {
        seen.push({ card, look, label: this.#labels.get(card.run.id) ?? look.scene.model.model });
      }
    }
    return seen;
  }

  /** Cards may have come into view: they are painted until it is known which have not. */
  expect(): void {
    for (const card of this.cards) {
      if (!card.element.hidden) {
        this.#onScreen.add(card);
        this.#observer.unobserve(card.element);
        this.#observer.observe(card.element);
      }
    }
  }

  /**
   * Paints until the deadline, the card with the focus first and then in turn; true when something
   * is left. Of a card off screen only the shell is drawn most of the time, unless `everything` is.
   */
  paint(seen: readonly Seen[], { nowMs, deadlineMs, everything, n }: FrameTime): boolean {
    const shown = seen.filter(
      ({ card, look }) =>
        everything ||
        this.#onScreen.has(card) ||
        (card.isBehind(look) && (!look.face.live || nowMs - card.paintedMs >= UNSEEN_MS)),
    );
    const turns = this.#takeTurns(shown);
    const chosen = everything ? turns : turns.slice(0, endOfFrame(turns));
    const waits = hasFreeFrames(seen) && chosen.some(isBehind);
    const time = { nowMs, deadlineMs, numbers: waits ? 0 : NUMBERS_A_FRAME };
    const left = seen.filter((one) => !shown.includes(one));
    for (const { card, look } of left) {
      card.paintShell(look, time);
    }
    this.#isBehind = left.some(isBehind);
    this.#noteLife(seen);
    const more = this.#paintTexts(chosen, time);
    const waiting = turns.slice(this.#painted.length);
    for (const { card, look } of waiting) {
      card.paintShell(look, time);
    }
    if (waiting[0] !== undefined) {
      this.#first = this.cards.indexOf(waiting[0].card);
    }
    this.#paintedN = Math.min(n, ...turns.map(({ card, look }) => card.wholeUpTo(look, n)));
    return more || waiting.length > 0 || seen.some(({ card }) => card.isPutOff);
  }

  /** As many as the time suffices for, the first in any case; true when one of them has more. */
  #paintTexts(chosen: readonly Seen[], time: CardTime): boolean {
    for (const { card } of chosen) {
      card.before();
    }
    const painted: RunCard[] = [];
    let more = false;
    for (const { card, look } of chosen) {
      if (painted.length > 0 && performance.now() > time.deadlineMs) {
        break;
      }
      more = card.paint(look, time) || more;
      painted.push(card);
    }
    this.#painted = painted;
    return more;
  }

  /** After all tasks of the frame have painted: reads of layout come before writes, for all cards. */
  settle(): void {
    for (const card of this.#painted) {
      card.measure();
    }
    for (const card of this.#painted) {
      card.scroll();
    }
    for (const card of this.#painted) {
      card.finish();
    }
  }

  /** True when a card off screen has yet to get text. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** All that the messages up to this one brought to cards on screen is on them. */
  get paintedN(): number {
    return this.#paintedN;
  }

  /** Cards whose text grew when they were painted last. */
  get grown(): number {
    return this.#painted.filter((card) => card.grown > 0).length;
  }

  #takeTurns(shown: readonly Seen[]): readonly Seen[] {
    const cards = this.cards;
    const turn = ({ card }: Seen) =>
      card === this.#focused
        ? -1
        : ((cards.indexOf(card) - this.#first + cards.length) % cards.length) +
          (this.#onScreen.has(card) ? 0 : cards.length);
    return shown.length < 2 ? shown : [...shown].sort((one, other) => turn(one) - turn(other));
  }

  /** Runs that were over when they were first seen need no room to grow. */
  #noteLife(seen: readonly Seen[]): void {
    this.#lived ||= seen.some(({ look }) => look.face.live);
    setData(this.element, "still", String(!this.#lived));
  }

  #addCards(): void {
    for (const run of this.#store.runs.values()) {
      if (!this.#cards.has(run.id) && run.model !== undefined) {
        const card = new RunCard(run, this.#store, this.#desk);
        this.#cards.set(run.id, card);
        this.element.append(card.element);
        // Until it is known better: a new card must not show up empty.
        this.#onScreen.add(card);
        this.#observer.observe(card.element);
      }
    }
  }

  #nameCards(): void {
    const models = this.cards.map((card) => card.run.model);
    const known = models.filter((model) => model !== undefined);
    const named = known.flatMap(({ model, name, effort, provider }) => [
      model,
      name,
      effort,
      provider,
    ]);
    const same = named.length === this.#named.length;
    if (same && named.every((value, index) => value === this.#named[index])) {
      return;
    }
    this.#named = named;
    const speakers = nameSpeakers(known);
    for (const [index, card] of this.cards.entries()) {
      const speaker = speakers[index] ?? { label: "", mark: "", hint: "" };
      this.#labels.set(card.run.id, speaker.label);
      card.setName(speaker);
    }
  }

  #note({ target, isIntersecting }: IntersectionObserverEntry): void {
    const card = this.cards.find(({ element }) => element === target);
    if (card === undefined) {
      return;
    }
    if (isIntersecting) {
      this.#onScreen.add(card);
    } else {
      this.#onScreen.delete(card);
    }
  }
}

/** Where so many runs stream, the kernel leaves frames free of text. */
export function hasFreeFrames(seen: readonly Seen[]): boolean {
  return seen.filter(({ look }) => look.face.live).length > FEW_TEXTS;
}

function isBehind({ card, look }: Seen): boolean {
  return card.isBehind(look);
}

/**
 * How many of the cards have their turn before more texts would grow than a frame should hold: of
 * more than a few, half in this frame and half in the next.
 */
function endOfFrame(turns: readonly Seen[]): number {
  const behind = turns.filter(isBehind).length;
  const most = behind > FEW_TEXTS ? Math.min(TEXTS_A_FRAME, Math.ceil(behind / 2)) : behind;
  let growing = 0;
  const end = turns.findIndex((one) => {
    growing += isBehind(one) ? 1 : 0;
    return growing > most;
  });
  return end < 0 ? turns.length : end;
}
