/**
 * Runs as one page that needs nothing else: it can be read without a script, and with one it draws
 * itself as the live view.
 *
 * This is the only place that writes markup as text, and it is for a file. Everything that is not
 * ours goes through `escapeHtml`.
 */

import { isReasoning, type PartModel, type RunModel } from "../run-model.ts";
import { wholeText } from "../text.ts";
import type { RunDocument } from "./document.ts";
import { listFacts } from "./facts.ts";
import { joinParts } from "./markdown.ts";

const STYLE =
  ":root{color-scheme:light dark}body{max-width:60rem;margin:2rem auto;padding:0 1rem;" +
  "font:15px/1.55 system-ui,sans-serif}h1{font-size:1.3rem}h2,summary{font-size:1rem;" +
  "font-weight:600;margin:1rem 0 .3rem}pre{white-space:pre-wrap;overflow-wrap:anywhere;" +
  "font:inherit;margin:0}code{font:13px/1.5 ui-monospace,monospace}dl{display:grid;" +
  "grid-template-columns:auto 1fr;gap:.1rem 1rem;margin:0;font-size:.85rem;opacity:.8}dd{margin:0}" +
  "article{border-top:1px solid #8884;padding:1rem 0}summary{cursor:pointer}" +
  "footer{margin-top:2rem;font-size:.8rem;opacity:.75}" +
  // What it says stands at each run for as long as they are not drawn.
  "main[data-stream-widget-plain]~footer details{display:none}";

/** What draws the document, and by name the parts it may ask for. */
export type PageCode = {
  readonly script: string;
  readonly assets: Readonly<Record<string, string>>;
};

/** Without code the page stays as it is. */
export async function toHtml(
  document: RunDocument,
  models: readonly RunModel[],
  given: PageCode | null,
): Promise<string> {
  const title = [...new Set(models.map((model) => model.name ?? model.model))].join(", ");
  const about = `<details><summary>About these runs</summary>${models.map(describeFacts).join("")}</details>`;
  const code = given && { ...given, script: inMarkup(given.script) };
  const policy = makePolicy(code === null ? "'none'" : `${await sourceOf(code.script)} blob:`);
  const made = `${document.made_by}, ${document.exported_at}`;
  return [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width">',
    `<title>${escapeHtml(title)}</title><style>${STYLE}</style></head>`,
    `<body><main data-stream-widget-plain>${models.map(describeRun).join("")}</main>`,
    ...(code === null ? [] : drawing(document, code)),
    `<footer>${about}<p>${escapeHtml(made)}</p></footer></body></html>\n`,
  ].join("\n");
}

/** These scripts may run, and what they unpack of the page itself; nothing may be fetched. */
function makePolicy(scripts: string): string {
  return (
    `default-src 'none'; script-src ${scripts}; style-src 'unsafe-inline'; ` +
    "img-src data:; base-uri 'none'; form-action 'none'"
  );
}

/** This very script; any in the page, where the browser makes no digests: on pages that came unsafely. */
async function sourceOf(script: string): Promise<string> {
  const digests: SubtleCrypto | undefined = globalThis.crypto.subtle;
  if (digests === undefined) {
    return "'unsafe-inline'";
  }
  const digest = await digests.digest("SHA-256", new TextEncoder().encode(script));
  return `'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`;
}

/** In our own script it may stand in strings and expressions alike, where this means the same. */
function inMarkup(script: string): string {
  return script.replace(/<(?=\/script|!--)/gi, "\\x3c");
}

function drawing(document: RunDocument, { script, assets }: PageCode): string[] {
  return [
    ...Object.entries(assets).map(([name, text]) =>
      data(`data-stream-widget-asset="${escapeHtml(name)}"`, text),
    ),
    data("data-stream-widget", document),
    `<script>${script}</script>`,
  ];
}

function data(attribute: string, value: unknown): string {
  // In JSON a "<" is only ever inside a string, and may be written as its number there.
  const json = JSON.stringify(value).replaceAll("<", "\\u003c");
  return `<script type="application/json" ${attribute}>${json}</script>`;
}

function describeRun(model: RunModel): string {
  const notices = model.notices.map(({ text }) => `<p>${escapeHtml(text)}</p>`);
  const reasoning = joinParts(model, (part) => isReasoning(part.kind), "\n\n");
  const folded = `<details><summary>Reasoning</summary>${preformatted(reasoning)}</details>`;
  return [
    `<article><h1>${escapeHtml(model.name ?? model.model)}</h1>`,
    describeFacts(model),
    ...notices,
    reasoning === "" ? "" : folded,
    section(
      "Answer",
      joinParts(model, (part) => part.kind === "output_text", ""),
    ),
    section(
      "Refusal",
      joinParts(model, (part) => part.kind === "refusal", ""),
    ),
    ...model.parts.filter((part) => part.kind === "tool_call").map(describeCall),
    "</article>",
  ].join("\n");
}

function describeFacts(model: RunModel): string {
  const facts = listFacts(model).map(
    ([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`,
  );
  return `<dl>${facts.join("")}</dl>`;
}

function section(heading: string, text: string): string {
  return text === "" ? "" : `<h2>${escapeHtml(heading)}</h2>${preformatted(text)}`;
}

function describeCall(part: PartModel): string {
  return section(`Tool call: ${part.name ?? "unnamed"}`, wholeText(part.text));
}

function preformatted(text: string): string {
  return `<pre dir="auto">${escapeHtml(text)}</pre>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
