/** What one can do with a run, done. */

import type { ExportKind } from "../export/export.ts";
import { joinParts, toMarkdown } from "../export/markdown.ts";
import { isFinal, isReasoning, type RunModel, textOf } from "../run-model.ts";
import type { RunStore } from "../run-store.ts";
import { copyText } from "./clipboard.ts";
import type { Actions } from "./header.ts";
import type { MenuItem } from "./menu.ts";

/** What cards share: the widget's own view does these things. */
export type Desk = {
  readonly signal: AbortSignal;
  /** Says a sentence to whoever listens to the page rather than looks at it. */
  readonly say: (sentence: string) => void;
  readonly exportRuns: (kind: ExportKind, runs: readonly RunStore[]) => void;
};

/** What only the card itself knows. */
type Card = {
  readonly near: HTMLElement;
  readonly painted: () => number;
  readonly toggleHeight: () => void;
};

const FASTER = 4;

export function makeActions(run: RunStore, desk: Desk, card: Card): Actions {
  return {
    pause: () => run.pause(card.painted()),
    resume: () => run.resume(),
    cancel: () => run.cancel(),
    restart: () => run.restart(),
    setSpeed: (tokensPerS) => run.setSpeed(tokensPerS),
    jumpToLive: () => run.jumpToLive(),
    copy: () => copyText(answerOf(run.model), card.near),
    toggleHeight: card.toggleHeight,
    stopReplay: () => run.stopReplay(),
    listMenu: () => listMenu(run, desk, card.near),
  };
}

function listMenu(run: RunStore, desk: Desk, near: HTMLElement): readonly MenuItem[] {
  const { model } = run;
  if (model === undefined) {
    return [];
  }
  return [
    ...listCopies(model, desk, near),
    ...listReplays(run, model),
    ...listExports(desk, () => [run]),
  ];
}

/** Copies of what there is. */
function listCopies(model: RunModel, desk: Desk, near: HTMLElement): MenuItem[] {
  const reasoning = joinParts(model, (part) => isReasoning(part.kind), "\n\n");
  const texts = [
    ["Copy answer", answerOf(model)],
    ["Copy reasoning", reasoning],
    ["Copy all as Markdown", toMarkdown([model])],
  ] as const;
  return texts
    .filter(([, text]) => text !== "")
    .map(([words, text]) => ({ words, act: () => void copyAndSay(text, near, desk) }));
}

function listReplays(run: RunStore, model: RunModel): MenuItem[] {
  if (!isFinal(model.state) || model.total === 0) {
    return [];
  }
  if (run.replayS(0) !== null) {
    return [{ words: "Stop replay", act: () => run.stopReplay(), starts: true }];
  }
  return [
    { words: "Replay at its own pace", act: () => run.replay(1), starts: true },
    { words: `Replay ${FASTER} × as fast`, act: () => run.replay(FASTER) },
  ];
}

/** Exports of these runs, as they stand when one is chosen. */
export function listExports(desk: Desk, runs: () => readonly RunStore[]): MenuItem[] {
  const kinds = [
    ["html", "HTML"],
    ["markdown", "Markdown"],
    ["json", "JSON"],
  ] as const;
  return kinds.map(([kind, words], index) => ({
    words: `Export as ${words}`,
    act: () => desk.exportRuns(kind, runs()),
    starts: index === 0,
  }));
}

export async function copyAndSay(text: string, near: HTMLElement, desk: Desk): Promise<void> {
  const copied = await copyText(text, near);
  desk.say(copied ? "Copied." : "The browser did not allow copying.");
}

function answerOf(model: RunModel | undefined): string {
  return model === undefined ? "" : textOf(model, "output_text") || textOf(model, "refusal");
}
