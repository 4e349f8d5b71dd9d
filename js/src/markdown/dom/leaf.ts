/** A block that takes text, as the flow sees it. */

import type { OpenLeaf } from "../blocks.ts";
import type { References } from "./references.ts";

export interface Leaf {
  /** Where text arrives now. */
  readonly element: HTMLElement;
  /** What the next line must know of it. */
  readonly facts: OpenLeaf | null;
  /** Takes more of the line it is in. */
  append(text: string): void;
  endLine(): void;
  /** Brings the page up to date; `draft` is a line of which it is not known yet what it is. */
  paint(draft: string): void;
  close(): void;
}

/** Where a block puts its elements, and what all blocks of one text share. */
export type Place = {
  readonly parent: HTMLElement;
  readonly references: References;
};
