/** What blocks are, and what one line does to those that are open. */

/** A block that holds blocks. */
export type Container =
  | { readonly type: "quote" }
  | {
      readonly type: "list";
      readonly ordered: boolean;
      readonly start: number;
      /** The mark, or what stands after the number; another one starts another list. */
      readonly mark: string;
    }
  | {
      readonly type: "item";
      /** Columns that a line must be indented by to belong to it. */
      readonly indent: number;
    }
  | { readonly type: "note"; readonly label: string };

export type ListStart = Extract<Container, { type: "list" }>;

export type Align = "left" | "center" | "right" | null;

/** What the planner must know of the block that takes text now. */
export type OpenLeaf =
  | {
      readonly type: "paragraph";
      /** What may still become a heading or a table: the last line, unless it is too long. */
      readonly lastLine: string | null;
    }
  | { readonly type: "fence"; readonly fence: Fence }
  | { readonly type: "indented" }
  | { readonly type: "html"; readonly end: RegExp | null }
  | { readonly type: "maths"; readonly close: string }
  | { readonly type: "table" };

export type Fence = {
  readonly char: string;
  readonly length: number;
  readonly indent: number;
  readonly info: string;
};

/** What a line means for the text-taking block, once containers are dealt with. */
export type Step =
  | { readonly type: "blank" }
  | { readonly type: "text"; readonly text: string; readonly continues: boolean }
  | { readonly type: "heading"; readonly level: number; readonly text: string }
  | { readonly type: "setext"; readonly level: number }
  | { readonly type: "rule" }
  | { readonly type: "fence-open"; readonly fence: Fence }
  | { readonly type: "fence-close" }
  | { readonly type: "code"; readonly text: string; readonly continues: boolean }
  | { readonly type: "html"; readonly text: string; readonly start: HtmlStart | null }
  | { readonly type: "maths-open"; readonly open: string; readonly close: string }
  | { readonly type: "maths"; readonly text: string; readonly closes: boolean }
  | { readonly type: "table"; readonly aligns: readonly Align[] }
  | { readonly type: "row"; readonly text: string };

/** `end` is what ends the block on its line; `null` is a blank line. */
export type HtmlStart = { readonly end: RegExp | null };

export type Plan = {
  /** How many of the open containers stay open. */
  readonly kept: number;
  readonly opens: readonly Container[];
  readonly step: Step;
  /** For a line without its newline: true where no further text can change `kept`, `opens`, `step`. */
  readonly isCertain: boolean;
};
