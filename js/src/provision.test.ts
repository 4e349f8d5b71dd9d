import { expect, it, vi } from "vitest";
import type { AnyModel } from "./kernel.ts";
import { askKernel } from "./provision.ts";

type Listener = (...args: unknown[]) => void;

/** A model whose kernel answers each message with what `reply` makes of it. */
function modelThat(reply: (message: Record<string, unknown>) => unknown) {
  const listeners = new Set<Listener>();
  const model: AnyModel = {
    get: () => undefined,
    on: (_name, listener) => listeners.add(listener),
    off: (_name, listener) => listeners.delete(listener),
    send: (message) => {
      const answer = reply(message as Record<string, unknown>);
      queueMicrotask(() => {
        for (const listener of [...listeners]) {
          listener(answer);
        }
      });
    },
  };
  return { model, listeners };
}

async function pack(text: string): Promise<string> {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  return btoa(String.fromCharCode(...bytes));
}

it("unpacks the text, and listens no longer than for its answer", async () => {
  const gzip = await pack("export const π = 3;");
  const { model, listeners } = modelThat(({ type, id, name }) => ({ type, id, name, gzip }));
  expect(await askKernel(model, { asset: "maths" }, 1000)).toBe("export const π = 3;");
  expect(listeners.size).toBe(0);
});

it("says what it wants and whether it can unpack", async () => {
  const asked: unknown[] = [];
  const { model } = modelThat((message) => {
    asked.push(message);
    return { ...message, text: "plain" };
  });
  expect(await askKernel(model, "module", 1000)).toBe("plain");
  expect(asked).toEqual([{ type: "module", id: expect.any(String), name: "", gzip: true }]);
});

it("takes no answer to another question", async () => {
  const { model, listeners } = modelThat(({ type }) => ({ type, id: "other", text: "wrong" }));
  vi.useFakeTimers();
  const asked = askKernel(model, { asset: "maths" }, 1000);
  const failed = expect(asked).rejects.toThrow("no answer");
  await vi.advanceTimersByTimeAsync(1000);
  await failed;
  expect(listeners.size).toBe(0);
  vi.useRealTimers();
});

it("fails where the kernel has no such text", async () => {
  const { model } = modelThat(({ type, id }) => ({ type, id }));
  await expect(askKernel(model, { asset: "none" }, 1000)).rejects.toThrow("no such text");
});
