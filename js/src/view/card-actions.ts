/** What one can do with a run, done. */

import type { ExportKind } from "../export/export.ts";
import { isFinal, isReasoning, type RunModel, textOf } from "../run-model.ts";
import type { RunStore } from "../run-store.ts";
import { wholeText } from "../text.ts";
import { copyText } from "./clipboard.ts";
import type { Actions } from "./header.ts";
import type { MenuItem } from "./menu.ts";

/** What cards share: the widget's own view does these things. */
export type Desk = {
  readonly signal: AbortSignal;
  /** Says a sentence to whoever listens to the page rather than looks at it. */
  readonly say: (sentence: string) => void;
  readonly copyAsMarkdown: (runs: readonly RunStore[]) => void;
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
    listMenu: () => listMenu(run, desk, card),
  };
}

function listMenu(run: RunStore, desk: Desk, card: Card): readonly MenuItem[] {
  const { model, ui } = run;
  if (model === undefined) {
    return [];
  }
  const height = ui.fullHeight ? "Compact" : "Full height";
  return [
    ...listCopies(run, model, desk, card.near),
    { words: height, act: card.toggleHeight, starts: true },
    ...listReplays(run, model),
    ...listExports(desk, () => [run]),
  ];
}

/** Copies of what there is. */
function listCopies(run: RunStore, model: RunModel, desk: Desk, near: HTMLElement): MenuItem[] {
  const texts = [
    ["Copy answer", answerOf(model)],
    ["Copy reasoning", reasoningOf(model)],
  ] as const;
  const copies = texts
    .filter(([, text]) => text !== "")
    .map(([words, text]) => ({ words, act: () => void copyAndSay(text, near, desk.say) }));
  return [...copies, { words: "Copy all as Markdown", act: () => desk.copyAsMarkdown([run]) }];
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

export async function copyAndSay(text: string, near: HTMLElement, say: Desk["say"]): Promise<void> {
  const copied = await copyText(text, near);
  say(copied ? "Copied." : "The browser did not allow copying.");
}

function answerOf(model: RunModel | undefined): string {
  return model === undefined ? "" : textOf(model, "output_text") || textOf(model, "refusal");
}

function reasoningOf(model: RunModel): string {
  const parts = model.parts.filter((part) => isReasoning(part.kind));
  return parts.map((part) => wholeText(part.text)).join("\n\n");
}
