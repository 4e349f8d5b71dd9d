/** What a rendered text would be in the HTML of the CommonMark specification, for comparison. */

const INLINE_TAGS = new Set(["EM", "STRONG", "DEL", "CODE"]);
const BLOCK_TAGS = new Set(["P", "H1", "H2", "H3", "H4", "H5", "H6", "BLOCKQUOTE"]);
const TABLE_TAGS = new Set(["TABLE", "THEAD", "TBODY", "TR"]);

/** Our nodes as the specification writes them; raw HTML, which we show as text, is HTML again. */
export function toSpecHtml(node: Node): string {
  if (node instanceof Text) {
    return node.data;
  }
  if (!(node instanceof HTMLElement)) {
    return "";
  }
  const tag = node.tagName.toLowerCase();
  if (INLINE_TAGS.has(node.tagName)) {
    return `<${tag}>${inner(node)}</${tag}>`;
  }
  if (BLOCK_TAGS.has(node.tagName)) {
    return isBareParagraph(node) ? inner(node) : `\n<${tag}>${inner(node)}</${tag}>\n`;
  }
  if (TABLE_TAGS.has(node.tagName)) {
    return `\n<${tag}>${inner(node)}</${tag}>\n`;
  }
  return special(node, tag);
}

function inner(node: Node): string {
  return [...node.childNodes].map(toSpecHtml).join("");
}

function special(node: HTMLElement, tag: string): string {
  if (tag === "ol") {
    const start = node.getAttribute("start");
    return `\n<ol${start === null ? "" : ` start="${start}"`}>${inner(node)}</ol>\n`;
  }
  switch (tag) {
    case "br":
      return "<br />\n";
    case "hr":
      return "\n<hr />\n";
    case "ul":
    case "li":
      return `\n<${tag}>${inner(node)}</${tag}>\n`;
    case "th":
    case "td": {
      const align = node.style.textAlign;
      return `\n<${tag}${align === "" ? "" : ` align="${align}"`}>${inner(node)}</${tag}>\n`;
    }
    case "input":
      return node.hasAttribute("checked")
        ? '<input checked="" disabled="" type="checkbox">'
        : '<input disabled="" type="checkbox">';
    default:
      return ours(node);
  }
}

function ours(node: HTMLElement): string {
  const { classList } = node;
  if (classList.contains("sw-code")) {
    const language = node.dataset["language"];
    const named = language === undefined ? "" : ` class="language-${language}"`;
    return `\n<pre><code${named}>${node.querySelector("pre")?.textContent ?? ""}</code></pre>\n`;
  }
  if (classList.contains("sw-html")) {
    return `\n${node.textContent.trimEnd()}\n`;
  }
  return classList.contains("sw-mark") && isResolved(node.parentElement) ? "" : addressed(node);
}

function addressed(node: HTMLElement): string {
  if (node.classList.contains("sw-image")) {
    return image(node, node.textContent.split(": ").slice(1).join(": "));
  }
  if (node.classList.contains("sw-no-image")) {
    return image(node, node.textContent);
  }
  return isResolved(node) ? link(node) : inner(node);
}

/** A link, also one whose address we refuse: it is named in its title. */
function isResolved(node: HTMLElement | null): boolean {
  return node?.matches("a, .sw-no-link") === true && node.title !== "";
}

function link(node: HTMLElement): string {
  const { href, title } = readTitle(node);
  return `<a href="${href}"${title}>${inner(node)}</a>`;
}

function image(node: HTMLElement, alt: string): string {
  const { href, title } = readTitle(node);
  return `<img src="${href}" alt="${alt}"${title} />`;
}

/** The title we give a link is its own and, on a line below, its address. */
function readTitle(node: HTMLElement): { href: string; title: string } {
  const lines = node.title.split("\n");
  const href = node.getAttribute("href") ?? lines.at(-1) ?? "";
  const title = lines.slice(0, -1).join("\n");
  return { href, title: title === "" ? "" : ` title="${title}"` };
}

/** A paragraph in an item of a tight list is written without its tag. */
function isBareParagraph(node: HTMLElement): boolean {
  const list = node.parentElement?.parentElement;
  const isInItem = node.parentElement?.tagName === "LI";
  return node.tagName === "P" && isInItem && list?.classList.contains("sw-loose") === false;
}

/** Equal for HTML that a reader cannot tell apart: blanks around blocks, escapes, encoded addresses. */
export function canonical(html: string): string {
  const pieces = html.split(/(<pre>[\s\S]*?<\/pre>)/);
  const text = pieces
    .map((piece, index) => (index % 2 === 1 ? piece : collapse(piece)))
    .join("")
    .replace(/\s+(?=<pre>)|(?<=<\/pre>)\s+/g, "");
  return decode(text).trim();
}

const BLOCK = "(?:p|h[1-6]|blockquote|ul|ol|li|hr|pre|table|thead|tbody|tr|th|td)";

function collapse(html: string): string {
  return html
    .replace(new RegExp(`\\s*(</?${BLOCK}\\b[^>]*>)\\s*`, "g"), "$1")
    .replace(/\s*<br \/>\s*/g, "<br />")
    .replace(/\s+/g, " ");
}

function decode(html: string): string {
  const text = html
    .replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
  return text.replace(/(href|src)="([^"]*)"/g, (whole, name: string, address: string) => {
    try {
      return `${name}="${decodeURI(address)}"`;
    } catch {
      return whole;
    }
  });
}
