/**
 * Puts our style sheet where a view is: into the document, or into the shadow root around the view.
 *
 * It comes with the module, once, and not with each widget as anywidget's `_css` would.
 */

import core from "./style.css?inline";

type Root = Document | ShadowRoot;

/** The module's own style, and those of the parts that were loaded since. */
const texts = [core];
let sheet: CSSStyleSheet | undefined;
const styled = new WeakSet<Root>();
/** Where a root takes no sheet of ours. */
const elements: HTMLStyleElement[] = [];

/** Adds the style of a part, wherever ours is; a part that comes twice adds nothing. */
export function addStyle(css: string): void {
  if (texts.includes(css)) {
    return;
  }
  texts.push(css);
  sheet?.replaceSync(texts.join("\n"));
  for (const element of elements) {
    element.textContent = texts.join("\n");
  }
}

/** Styles what is in `element`, also when it is attached only later, or to another root. */
export function styleRootOf(element: HTMLElement, { signal }: { signal: AbortSignal }): void {
  const style = () => styleRoot(element.getRootNode());
  // A view is often drawn before it is attached; then this is nearly always the right place.
  styleRoot(document);
  style();
  const attached = new ResizeObserver(style);
  attached.observe(element);
  signal.addEventListener("abort", () => attached.disconnect(), { once: true });
}

function styleRoot(root: Node): void {
  if (!isRoot(root) || styled.has(root)) {
    return;
  }
  styled.add(root);
  try {
    sheet ??= makeSheet();
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  } catch {
    // No constructed sheets here, or one of another document.
    const style = document.createElement("style");
    style.textContent = texts.join("\n");
    elements.push(style);
    (root instanceof Document ? root.head : root).append(style);
  }
}

function makeSheet(): CSSStyleSheet {
  const made = new CSSStyleSheet();
  made.replaceSync(texts.join("\n"));
  return made;
}

function isRoot(node: Node): node is Root {
  return node instanceof Document || node instanceof ShadowRoot;
}
