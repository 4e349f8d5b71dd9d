/** Runs as Markdown: the model's own text as it wrote it, between headings that say whose it is. */

import { isReasoning, type PartModel, type RunModel } from "../run-model.ts";
import { wholeText } from "../text.ts";
import { listFacts } from "./facts.ts";

export function toMarkdown(models: readonly RunModel[]): string {
  return `${models.map(describeRun).join("\n\n---\n\n")}\n`;
}

function describeRun(model: RunModel): string {
  const facts = listFacts(model).map(([name, value]) => `- **${name}:** ${toOneLine(value)}`);
  const notices = model.notices.map(({ text }) => `- ${toOneLine(text)}`);
  return [
    `# ${toOneLine(model.name ?? model.model)}`,
    facts.join("\n"),
    section("Notices", notices.join("\n")),
    section(
      "Reasoning",
      joinParts(model, (part) => isReasoning(part.kind), "\n\n"),
    ),
    section(
      "Answer",
      joinParts(model, (part) => part.kind === "output_text", ""),
    ),
    section(
      "Refusal",
      joinParts(model, (part) => part.kind === "refusal", ""),
    ),
    ...model.parts.filter((part) => part.kind === "tool_call").map(describeCall),
  ]
    .filter((text) => text !== "")
    .join("\n\n");
}

function section(heading: string, text: string): string {
  return text === "" ? "" : `## ${heading}\n\n${text}`;
}

/** The text of some of a run's parts. */
export function joinParts(
  model: RunModel,
  test: (part: PartModel) => boolean,
  separator: string,
): string {
  return model.parts
    .filter(test)
    .map((part) => wholeText(part.text))
    .join(separator);
}

function describeCall(part: PartModel): string {
  const text = wholeText(part.text);
  return section(`Tool call: ${toOneLine(part.name ?? "unnamed")}`, fence(text));
}

/** In a fence longer than any in the text: what is inside cannot end it. */
function fence(text: string): string {
  const runs = text.match(/`+/g) ?? [];
  const longest = runs.reduce((most, run) => Math.max(most, run.length), 2);
  const ticks = "`".repeat(longest + 1);
  return `${ticks}json\n${text}\n${ticks}`;
}

function toOneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
