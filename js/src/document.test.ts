import { expect, it } from "vitest";
import { view } from "../gallery/scenes.ts";
import { DocumentError, readDocument, widgetOf } from "./document.ts";
import { makeStillStore } from "./still-store.ts";

const RUN = view({
  run: "r1",
  state: "completed",
  price_source: "a table",
  parts: [
    {
      kind: "reasoning_text",
      text: "Hm 🙂.",
      name: null,
      call_id: null,
      started_s: 0.1,
      finished_s: 0.4,
    },
    {
      kind: "output_text",
      text: "Blue.",
      name: null,
      call_id: null,
      started_s: 0.4,
      finished_s: 0.9,
    },
  ],
  timeline: "100:0+5 300:1+5",
});

async function pack(value: unknown): Promise<string> {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

async function whyNot(document: unknown): Promise<string> {
  const error = await readDocument(document).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DocumentError);
  return (error as DocumentError).message;
}

it("reads back the runs that were written, plain and packed", async () => {
  const kept = { ...RUN, restartable: false };
  const plain = { schema: 1, widget: "w", layout: "grid", runs: [RUN] };
  expect(await readDocument(plain)).toEqual({ widget: "w", layout: "grid", runs: [kept] });
  const packed = { schema: 1, widget: "w", layout: "grid", packed: await pack([RUN]) };
  expect(await readDocument(packed)).toEqual({ widget: "w", layout: "grid", runs: [kept] });
});

it("reads documents of versions that knew less", async () => {
  const { runs } = await readDocument({ schema: 1, runs: [{ state: "failed" }] });
  expect(runs).toHaveLength(1);
  expect(runs[0]).toMatchObject({ state: "failed", timeline: "", notices: [], usage: null });
});

it("says why a document cannot be shown", async () => {
  for (const nonsense of [null, undefined, 3, "x", [], {}, { schema: "1" }, { schema: 0 }]) {
    expect(await whyNot(nonsense)).toContain("no document of stream_widget");
    expect(widgetOf(nonsense)).toBe("");
  }
  expect(await whyNot({ schema: 2, runs: [] })).toContain("newer");
  expect(await whyNot({ schema: 1, runs: Array(1001).fill({}) })).toContain("1001 runs");
  for (const damaged of ["%%%", btoa("not gzip"), await pack("{not json")]) {
    expect(await whyNot({ schema: 1, packed: damaged })).toContain("damaged");
  }
});

it("stops unpacking a bomb", { timeout: 60_000 }, async () => {
  const packed = await pack(`["${"a".repeat(65_000_000)}"]`);
  expect(packed.length).toBeLessThan(200_000);
  expect(await whyNot({ schema: 1, packed })).toContain("64 MB");
});

const WRONG: readonly unknown[] = [
  null,
  7,
  -1,
  1e308,
  Number.NaN,
  "text",
  "",
  true,
  [],
  [[[]]],
  {},
  { toString: null },
  JSON.parse('{"__proto__": {"state": "completed"}}'),
];

it("gives every field its type, whatever stands in its place", async () => {
  for (const name of Object.keys(RUN)) {
    for (const wrong of WRONG) {
      const document = await readDocument({ schema: 1, runs: [{ ...RUN, [name]: wrong }] });
      const { runs } = document;
      for (const run of runs) {
        expect(run.parts.every((part) => typeof part.text === "string")).toBe(true);
        expect(shapeOf(run)).toEqual(shapeOf({ ...RUN, [name]: run[name as keyof typeof run] }));
      }
      expect(makeStillStore(document).runs.size).toBe(runs.length);
    }
  }
});

function shapeOf(value: object): Record<string, string> {
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, typeof field]));
}

it("takes no value from a prototype", async () => {
  const { runs } = await readDocument({
    schema: 1,
    runs: [JSON.parse('{"__proto__": {"state": "completed", "model": "evil"}}')],
  });
  expect(runs).toEqual([]);
});

it("keeps every word where there are too many parts", async () => {
  const parts = Array.from({ length: 10_050 }, (_, index) => ({
    kind: "tool_call",
    text: `${index} `,
  }));
  const { runs } = await readDocument({ schema: 1, runs: [{ ...RUN, parts }] });
  const texts = runs[0]?.parts.map(({ text }) => text) ?? [];
  expect(texts).toHaveLength(10_000);
  expect(texts.join("")).toBe(parts.map(({ text }) => text).join(""));
});

it("shows runs of one name apart, and one that had not ended as lost", () => {
  const store = makeStillStore({
    widget: "",
    layout: "stack",
    runs: [RUN, { ...RUN, state: "streaming" }],
  });
  expect([...store.runs.keys()]).toEqual(["r1", "r1 1"]);
  expect([...store.runs.values()].map(({ lost }) => lost)).toEqual([true, true]);
});
