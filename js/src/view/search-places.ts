/** The texts of a card that can be searched: what is hidden by the reader's own choice is not. */

import type { PartKind } from "../protocol.ts";
import { isReasoning, type RunModel } from "../run-model.ts";
import { wholeText } from "../text.ts";
import type { RunCard } from "./run-card.ts";
import type { Place } from "./search.ts";

type Text = Pick<Place, "root" | "letGo"> & {
  readonly has: (kind: PartKind) => boolean;
  readonly open: () => void;
};

/** `uncover` shows the card itself, where only one at a time is shown. */
export function listCardPlaces(card: RunCard, uncover: () => void): Place[] {
  const isHidden = (kind: string) => card.element.closest(`.sw-no-${kind}`) !== null;
  const { reasoning, answer } = card;
  const nothing = () => undefined;
  const texts: Text[] = [];
  if (!isHidden("reasoning")) {
    texts.push({
      root: reasoning.text,
      has: isReasoning,
      open: () => reasoning.reveal(),
      letGo: () => letGo(reasoning.box),
    });
  }
  if (!isHidden("answer")) {
    const outside = { open: nothing, letGo: () => null };
    texts.push(
      {
        root: answer.output,
        has: (kind) => kind === "output_text",
        open: nothing,
        letGo: () => letGo(answer.box),
      },
      { root: answer.refusal, has: (kind) => kind === "refusal", ...outside },
      { root: answer.tools, has: (kind) => kind === "tool_call", ...outside },
    );
  }
  return texts.map((text) => ({
    root: text.root,
    letGo: text.letGo,
    open: () => {
      uncover();
      text.open();
    },
    isDrawn: () => card.isWhole && card.painted >= (card.run.model?.total ?? 0),
    text: () => textOfKinds(card.run.model, text.has),
    stamp: () => `${card.painted} ${card.run.model?.total} ${card.run.model?.epoch} ${card.turns}`,
  }));
}

function letGo(box: RunCard["reasoning"]["box"]): HTMLElement {
  box.letGo();
  return box.element;
}

function textOfKinds(model: RunModel | undefined, has: (kind: PartKind) => boolean): string {
  const parts = model?.parts.filter((part) => has(part.kind)) ?? [];
  return parts.map((part) => wholeText(part.text)).join("");
}
