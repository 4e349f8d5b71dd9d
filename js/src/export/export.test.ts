import { describe, expect, it, vi } from "vitest";
import { modelOf } from "../../gallery/made.ts";
import { part, SCENES, view } from "../../gallery/scenes.ts";
import { type ExportKind, makeExport } from "./export.ts";
import { listFacts } from "./facts.ts";

const HOSTILE = `</script><script>alert(1)</script><!-- <img src=x onerror=alert(1)> & "quoted" '`;

const noScript = () => Promise.reject(new Error("nothing here"));

async function textOf(kind: ExportKind, scene: Parameters<typeof modelOf>[0], script?: string) {
  const source = (name: string) =>
    script === undefined
      ? noScript()
      : Promise.resolve(name === "standalone" ? script : `part("${name}")`);
  return (await makeExport(kind, [modelOf(scene)], "stack", source)).text;
}

describe("facts", () => {
  it("say who, when, how long, how much and from whom that is known", () => {
    const facts = Object.fromEntries(listFacts(modelOf(SCENES["done"] ?? {})));
    expect(facts).toMatchObject({
      Model: "openai:gpt-5-mini",
      Asked: "2026-09-21T14:13:20Z",
      Took: "14.8 s, first token after 0.8 s, first word of the answer after 9.9 s",
      Tokens: "31 in, 1,284 out, 912 of them reasoning, reported by the provider",
      Cost: "$0.0026",
      Ended: "completed (stop)",
    });
    expect(facts["Cut"]).toBeUndefined();
  });

  it.each([
    ["incomplete, all spent on reasoning", /max_output_tokens=256/],
    ["cancelled", /Cancelled by the reader/],
    ["failed", /xAI refused the key/],
    ["refused", /declined/],
    ["done, reasoning hidden", /did not return the text of the reasoning/],
    ["answering, with an expectation", /not over/],
  ])("say of “%s” what was cut", (scene, cut) => {
    expect(Object.fromEntries(listFacts(modelOf(SCENES[scene] ?? {})))["Cut"]).toMatch(cut);
  });

  it("name the one that was asked first and the one that answered", () => {
    const [model] = listFacts(modelOf(SCENES["fallen back"] ?? {}));
    expect(model?.[1]).toBe(
      "openai:gpt-5-nano, answered by gpt-5-nano-2025-08-07, asked instead of gpt-5-mini",
    );
  });
});

describe("an export", () => {
  it("as JSON holds the runs as Python would write them", async () => {
    const scene = SCENES["done"] ?? view({});
    const document = JSON.parse(await textOf("json", scene));
    expect(document).toMatchObject({ schema: 1, layout: "stack" });
    expect(document.runs).toEqual([JSON.parse(JSON.stringify(scene))]);
  });

  it("as Markdown keeps every text as it was written", async () => {
    const text = await textOf("markdown", SCENES["done"] ?? {});
    for (const one of SCENES["done"]?.parts ?? []) {
      expect(text).toContain(one.text);
    }
    expect(text).toContain("## Reasoning");
    expect(text).toContain("- **Cost:** $0.0026");
  });

  it("as Markdown fences arguments that hold fences themselves", async () => {
    const parts = [part("tool_call", "```\n````\n# out", "tool")];
    expect(await textOf("markdown", { state: "completed", parts })).toContain(
      "`````json\n```\n````\n# out\n`````",
    );
  });

  it("as HTML has no markup but its own, whatever a model or a tool says", async () => {
    const parts = [
      part("reasoning_text", HOSTILE),
      part("output_text", HOSTILE),
      part("tool_call", HOSTILE, HOSTILE),
    ];
    const notices = [{ level: "warn", text: HOSTILE }] as const;
    const html = await textOf("html", { model: HOSTILE, name: HOSTILE, parts, notices }, "run()");
    // The document, the code, the part that every page may need, and the one for the tool's JSON.
    expect(html.match(/<script/g)).toHaveLength(4);
    expect(html.match(/<\/script/g)).toHaveLength(4);
    expect(html).not.toMatch(/<img|<!--/);
    expect(html).toContain("default-src 'none'");
  });

  it("as HTML carries the document it is drawn from", async () => {
    const parts = [part("output_text", HOSTILE)];
    const html = await textOf("html", { state: "completed", parts }, "run()");
    const json = /<script type="application\/json" data-stream-widget>(.*?)<\/script>/s.exec(html);
    expect(JSON.parse(json?.[1] ?? "{}").runs[0].parts[0].text).toBe(HOSTILE);
  });

  it("as HTML carries the parts that its texts may need", async () => {
    const carried = async (text: string) => {
      const scene = { state: "completed", parts: [part("output_text", text)] } as const;
      const html = await textOf("html", scene, "run()");
      return [...html.matchAll(/data-stream-widget-asset="(\w+)"/g)].map(([, name]) => name);
    };
    expect(await carried("plain")).toEqual(["tools"]);
    expect(await carried("```py\n1\n```")).toEqual(["tools", "colour"]);
    expect(await carried("\\(x\\)")).toEqual(["tools", "maths"]);
    const json = await textOf("html", { text_format: "json" }, "run()");
    expect(json).toContain('data-stream-widget-asset="json"');
  });

  it("as HTML says of the runs what it knows, below what is drawn as well", async () => {
    const html = await textOf("html", SCENES["done"] ?? {}, "run()");
    const [, footer = ""] = html.split("<footer>");
    expect(footer).toContain("<dt>Tokens</dt>");
    expect(html).toContain("main[data-stream-widget-plain]~footer details{display:none}");
  });

  it("as HTML keeps a script that ends a script in its strings", async () => {
    const html = await textOf("html", SCENES["done"] ?? {}, 'say("</script><!--")');
    const code = /<script>(.*?)<\/script>/s.exec(html)?.[1] ?? "";
    const said: string[] = [];
    new Function("say", code)((word: string) => said.push(word));
    expect(said).toEqual(["</script><!--"]);
  });

  it("as HTML carries the parts that its texts need, where they can be had", async () => {
    const parts = [part("output_text", "```py\n1\n```\n$x$")];
    const models = [modelOf({ state: "completed", parts })];
    const source = (name: string) =>
      name === "maths" ? noScript() : Promise.resolve(`say("</script>", "${name}")`);
    const { text } = await makeExport("html", models, "stack", source);
    const assets = [...text.matchAll(/data-stream-widget-asset="(\w+)">(.*?)<\/script>/gs)];
    expect(assets.map(([, name, json]) => [name, JSON.parse(json ?? "")])).toEqual([
      ["tools", 'say("</script>", "tools")'],
      ["colour", 'say("</script>", "colour")'],
    ]);
  });

  it("as HTML lets no script run but its own", async () => {
    const html = await textOf("html", SCENES["done"] ?? {}, "run()");
    // printf 'run()' | openssl dgst -sha256 -binary | base64
    expect(html).toContain(
      "script-src 'sha256-AvyuiL0SD1mVY3NNxR+V2uo+lhk6RMFrytWmRt6CrJQ=' blob:;",
    );
    expect(await textOf("html", SCENES["done"] ?? {})).toContain("script-src 'none';");
  });

  it("as HTML still draws itself where the browser makes no digests", async () => {
    vi.stubGlobal("crypto", {});
    const html = await textOf("html", SCENES["done"] ?? {}, "run()");
    vi.unstubAllGlobals();
    expect(html).toContain("script-src 'unsafe-inline' blob:;");
    expect(html).toContain("<script>run()</script>");
  });

  it("as HTML can be read where there is nothing to draw it with", async () => {
    const html = await textOf("html", SCENES["done"] ?? {});
    expect(html).not.toContain("<script");
    expect(html).toContain("<details><summary>Reasoning</summary>");
    expect(html).toContain("reported by the provider");
  });

  it("has a name that any file system takes", async () => {
    const { name } = await makeExport("json", [modelOf({ model: "a/b:c*?" })], "stack", noScript);
    expect(name).toMatch(/^a-b-c-\d{4}-\d\d-\d\d-\d{4}\.json$/);
  });
});
