/** Examples of the CommonMark specification (0.31, counted from 1) that we render otherwise, and why. */

const LATE =
  "a link is used before its definition: it becomes a link in place, but what is on the page is not rewritten";
const LATE_IMAGE = "an image is used before its definition: what is on the page is not rewritten";
const NOWHERE = "an address that leads nowhere makes no link";
const GFM = "GitHub's Markdown makes links of addresses in running text";

const REASONS: readonly (readonly [reason: string, ...examples: number[]])[] = [
  [LATE, 23, 33, 203, 204, 214, 218, 528, 529, 530, 531, 532, 533, 534, 535, 540, 542, 543, 545],
  [LATE, 553, 554, 555, 556, 557, 558, 559, 560, 561, 562, 566, 568, 569, 570, 571, 593],
  [LATE_IMAGE, 573, 576, 577, 582, 583, 584, 585, 586, 587, 588, 589, 591],
  [NOWHERE, 200, 485, 486, 487, 567],
  [GFM, 608, 611, 612],
  ["only common names of characters are known", 25],
  ["a blank line at the end of raw HTML is not kept", 148],
  ["a title's unbreakable blank is compared as a blank", 507],
  ["an image without words is called an image", 581],
];

export const KNOWN_DIFFERENCES: ReadonlyMap<number, string> = new Map(
  REASONS.flatMap(([reason, ...examples]) => examples.map((example) => [example, reason] as const)),
);
