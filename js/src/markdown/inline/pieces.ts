/** Nodes in the order of their source, linked, so that emphasis can wrap a stretch of them. */

import type { Inline } from "./nodes.ts";

/** A node and the stretch of source it was made of. */
export type Piece = {
  node: Inline;
  readonly start: number;
  readonly end: number;
  /** How deep emphasis is inside it. */
  readonly depth: number;
  previous: Piece | null;
  next: Piece | null;
};

type Place = { readonly start: number; readonly end: number };

export function textNode(text: string): Inline {
  return { type: "text", text };
}

export class Pieces {
  #first: Piece | null = null;
  #last: Piece | null = null;

  get last(): Piece | null {
    return this.#last;
  }

  push(node: Inline, place: Place): Piece {
    return this.#link(node, { ...place, depth: 0 }, this.#last, null);
  }

  /** The deepest emphasis between two pieces. */
  depthBetween(from: Piece, to: Piece | null): number {
    let depth = 0;
    for (let piece = from.next; piece !== null && piece !== to; piece = piece.next) {
      depth = Math.max(depth, piece.depth);
    }
    return depth;
  }

  /** Puts what stands between two pieces (or after one) into one node between them. */
  wrap(
    from: Piece,
    to: Piece | null,
    make: (children: Inline[]) => Inline,
    { start, end, nests }: Place & { readonly nests: boolean },
  ): Piece {
    const depth = this.depthBetween(from, to) + (nests ? 1 : 0);
    const children: Inline[] = [];
    for (let piece = from.next; piece !== null && piece !== to; piece = piece.next) {
      children.push(piece.node);
    }
    return this.#link(make(children), { start, end, depth }, from, to);
  }

  remove(piece: Piece): void {
    this.#join(piece.previous, piece.next);
  }

  list(): Piece[] {
    const listed: Piece[] = [];
    for (let piece = this.#first; piece !== null; piece = piece.next) {
      listed.push(piece);
    }
    return listed;
  }

  #link(
    node: Inline,
    place: Place & { readonly depth: number },
    previous: Piece | null,
    next: Piece | null,
  ): Piece {
    const piece: Piece = { node, ...place, previous, next };
    this.#join(previous, piece);
    this.#join(piece, next);
    return piece;
  }

  #join(previous: Piece | null, next: Piece | null): void {
    if (previous === null) {
      this.#first = next;
    } else {
      previous.next = next;
    }
    if (next === null) {
      this.#last = previous;
    } else {
      next.previous = previous;
    }
  }
}
