/** Small tools for making nodes; text becomes text nodes, never markup. */

type Tag = keyof HTMLElementTagNameMap;

/** Makes an element with a class and children; a string child is a text node. */
export function make<K extends Tag>(
  tag: K,
  className: string,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  node.className = className;
  node.append(...children);
  return node;
}

/** Writes only what changed: an equal write would still cost a layout. */
export function setText(node: Element, text: string): void {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

export function setHidden(node: HTMLElement, hidden: boolean): void {
  if (node.hidden !== hidden) {
    node.hidden = hidden;
  }
}

export function setData(node: HTMLElement, name: string, value: string): void {
  if (node.dataset[name] !== value) {
    node.dataset[name] = value;
  }
}

export function setPressed(node: Element, pressed: boolean): void {
  setAttribute(node, "aria-pressed", String(pressed));
}

export function setAttribute(node: Element, name: string, value: string): void {
  if (node.getAttribute(name) !== value) {
    node.setAttribute(name, value);
  }
}

/**
 * What grows no more: the browser may skip it while it is off screen, and takes it to be so many
 * lines tall before it has seen it. Told to this element alone: a variable would be handed down, and
 * all that is in it would be styled anew, in the frame in which it ends.
 */
export function markFinished(node: HTMLElement, lines: number): void {
  node.style.containIntrinsicBlockSize = `auto ${lines}lh`;
  node.classList.add("sw-finished");
}

/** What has the focus in the document or shadow root that holds `node`. */
export function focusedNear(node: Node): Element | null {
  return (node.getRootNode() as Document | ShadowRoot).activeElement ?? null;
}

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  play: "M5 3l8 5-8 5z",
  stop: "M4 4h8v8H4z",
  copy: "M3 2h7v1.5H4.5V11H3zM6 5h7v9H6zm1.5 1.5v6h4v-6z",
  restart: "M8 3a5 5 0 1 1-4.9 6h1.6A3.5 3.5 0 1 0 8 4.5V7L4.2 3.8 8 .6z",
  check: "M6.3 10.6L3.5 7.8l-1.1 1.1 3.9 3.9 7.4-7.4-1.1-1.1z",
  expand: "M8 1.5l3.5 3.5H9v6h2.5L8 14.5 4.5 11H7V5H4.5z",
  live: "M3 3l5 5-5 5zM8 3l5 5-5 5z",
  search:
    "M7 2a5 5 0 1 0 2.9 9.1l3.2 3.2 1.1-1.1-3.2-3.2A5 5 0 0 0 7 2zm0 1.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7z",
  more: "M2.5 6.8h2.4v2.4H2.5zM6.8 6.8h2.4v2.4H6.8zM11.1 6.8h2.4v2.4h-2.4z",
  up: "M8 4.5l5 5-1.1 1.1L8 6.7l-3.9 3.9L3 9.5z",
  down: "M8 11.5l5-5-1.1-1.1L8 9.3 4.1 5.4 3 6.5z",
  close: "M4.1 3L8 6.9 11.9 3 13 4.1 9.1 8l3.9 3.9-1.1 1.1L8 9.1 4.1 13 3 11.9 6.9 8 3 4.1z",
} as const;

export type IconName = keyof typeof ICONS;

export function makeIcon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  path.setAttribute("fill-rule", "evenodd");
  svg.append(path);
  return svg;
}

/** A button that says what it does in an icon and in words. */
export class Button {
  readonly element: HTMLButtonElement;
  readonly #words: HTMLSpanElement;
  #icon: IconName;

  constructor(icon: IconName, name: string, className: string, pressed: () => void) {
    this.#icon = icon;
    this.#words = make("span", "sw-words", name);
    this.element = make("button", `sw-button ${className}`, makeIcon(icon), this.#words);
    this.element.type = "button";
    this.element.addEventListener("click", pressed);
    this.update({ icon, name });
  }

  /** `name` is the accessible name; `words`, and `more` behind them, are what stands on the button. */
  update({
    icon,
    name,
    words = name,
    more = "",
  }: {
    icon: IconName;
    name: string;
    words?: string;
    more?: string;
  }): void {
    if (icon !== this.#icon) {
      this.#icon = icon;
      this.element.firstChild?.replaceWith(makeIcon(icon));
    }
    setAttribute(this.element, "aria-label", name);
    setAttribute(this.element, "title", name + more);
    setText(this.#words, words);
    // Drawn by CSS: what is read out as the button's name does not count along.
    setData(this.#words, "more", more);
  }
}

/** A button that is on or off; what it does is what stands on it. */
export function makeChip(words: string, title: string, pressed: () => void): HTMLButtonElement {
  const chip = make("button", "sw-chip", words);
  chip.type = "button";
  chip.title = title;
  chip.addEventListener("click", pressed);
  return chip;
}
