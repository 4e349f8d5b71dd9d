/** Asks the kernel for a text of the package: the whole module, or a rarely needed part of it. */

import type { AnyModel } from "./kernel.ts";

export type Wanted = "module" | { readonly asset: string };

type Reply = { readonly type?: unknown; readonly id?: unknown; readonly gzip?: unknown } & {
  readonly text?: unknown;
};

let count = 0;

/** Rejects where the kernel has no such text, or is busy for longer than `withinMs`. */
export function askKernel(model: AnyModel, wanted: Wanted, withinMs: number): Promise<string> {
  count += 1;
  const id = `${Date.now()}-${count}`;
  const type = wanted === "module" ? "module" : "asset";
  const name = wanted === "module" ? "" : wanted.asset;
  const gzip = typeof DecompressionStream === "function";
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer);
      model.off("msg:custom", take);
      settle();
    };
    const take = (...[content]: unknown[]) => {
      const reply = content as Reply | null | undefined;
      if (reply?.type === type && reply.id === id) {
        end(() => resolve(readReply(reply)));
      }
    };
    const timer = setTimeout(() => end(() => reject(new Error("no answer"))), withinMs);
    model.on("msg:custom", take);
    model.send({ type, id, name, gzip });
  });
}

async function readReply({ text, gzip }: Reply): Promise<string> {
  if (typeof text === "string") {
    return text;
  }
  if (typeof gzip !== "string") {
    throw new Error("no such text");
  }
  const bytes = Uint8Array.from(atob(gzip), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}
