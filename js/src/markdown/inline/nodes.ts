/** What stands inside a paragraph, before it becomes nodes of the page. */

export type Inline =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "code"; readonly text: string }
  /** A tag, shown as it was written. */
  | { readonly type: "html"; readonly text: string }
  | { readonly type: "emphasis" | "strong" | "deleted"; readonly children: readonly Inline[] }
  | {
      readonly type: "link";
      readonly href: string;
      readonly title: string;
      readonly children: readonly Inline[];
    }
  | { readonly type: "image"; readonly src: string; readonly title: string; readonly alt: string }
  | {
      readonly type: "maths";
      readonly tex: string;
      readonly display: boolean;
      readonly source: string;
    }
  | { readonly type: "note"; readonly label: string }
  /** Brackets whose definition has not come yet; it may. `marks` are not seen once it has. */
  | {
      readonly type: "reference";
      readonly label: string;
      readonly text: string;
      readonly marks: readonly [before: string, after: string];
    }
  | { readonly type: "break" };

export type Definition = { readonly href: string; readonly title: string };

/** Finds a definition that came before. */
export type Lookup = (label: string) => Definition | undefined;

/** Labels are equal whatever their case and blanks. */
export function normaliseLabel(label: string): string {
  return label
    .trim()
    .replace(/[ \t\n]+/g, " ")
    .toLowerCase()
    .toUpperCase();
}

/** The words of nodes without their looks: what an image says of itself. */
export function plainText(nodes: readonly Inline[]): string {
  return nodes.map(wordsOf).join("");
}

function wordsOf(node: Inline): string {
  switch (node.type) {
    case "text":
    case "code":
    case "html":
      return node.text;
    case "image":
      return node.alt;
    case "maths":
      return node.source;
    case "note":
      return "";
    case "reference":
      return node.marks[0] + node.text + node.marks[1];
    case "break":
      return "\n";
    default:
      return plainText(node.children);
  }
}
