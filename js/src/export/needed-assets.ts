/** Which rarely needed parts of the front end a page of these runs may ask for. */

import type { RunModel } from "../run-model.ts";
import { wholeText } from "../text.ts";

const SIGNS: readonly (readonly [name: string, sign: RegExp])[] = [
  ["colour", /```|~~~/],
  ["maths", /\$|\\[([]/],
];

export function neededAssets(models: readonly RunModel[]): string[] {
  const texts = models.flatMap(({ parts }) => parts.map(({ text }) => wholeText(text)));
  const signs = SIGNS.filter(([, sign]) => texts.some((text) => sign.test(text)));
  return [
    "tools",
    ...(models.length > 1 ? ["many"] : []),
    ...(models.some(hasJson) ? ["json"] : []),
    ...signs.map(([name]) => name),
  ];
}

function hasJson({ text_format, parts }: RunModel): boolean {
  return text_format === "json" || parts.some(({ kind }) => kind === "tool_call");
}
