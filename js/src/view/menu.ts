/** A button with a menu: the rarer things one can do, out of the way until they are wanted. */

import { Button, focusedNear, make } from "./dom.ts";

export type MenuItem = {
  readonly words: string;
  readonly act: () => void;
  /** A thin line above it. */
  readonly starts?: boolean;
};

const EDGE_PX = 8;
const GAP_PX = 4;

export class Menu {
  readonly element: HTMLElement;
  readonly #button: Button;
  readonly #list = make("div", "sw-menu");
  readonly #items: () => readonly MenuItem[];

  /** `items` is asked each time the menu opens. */
  constructor(name: string, items: () => readonly MenuItem[]) {
    this.#items = items;
    this.#button = new Button("more", name, "sw-more", () => this.#toggle());
    const { element } = this.#button;
    element.setAttribute("aria-haspopup", "menu");
    element.setAttribute("aria-expanded", "false");
    element.addEventListener("keydown", (event) => this.#onButtonKey(event));
    this.#list.setAttribute("role", "menu");
    this.#list.setAttribute("aria-label", name);
    // The browser's own top layer: no card that clips, no page that covers; a click elsewhere and
    // Escape close it.
    this.#list.popover = "auto";
    this.#list.addEventListener("keydown", (event) => this.#onKey(event));
    this.#list.addEventListener("toggle", (event) => this.#onToggle(event));
    this.element = make("span", "sw-menu-box", element, this.#list);
  }

  get #isOpen(): boolean {
    return this.#list.matches(":popover-open");
  }

  get #entries(): HTMLElement[] {
    return [...this.#list.querySelectorAll<HTMLElement>("[role=menuitem]")];
  }

  #toggle(): void {
    if (this.#isOpen) {
      this.#close();
    } else {
      this.#open("first");
    }
  }

  #open(focus: "first" | "last"): void {
    this.#list.replaceChildren(...this.#items().map((item) => this.#makeItem(item)));
    this.#list.showPopover();
    this.#place();
    this.#entries.at(focus === "first" ? 0 : -1)?.focus();
  }

  #close(): void {
    this.#list.hidePopover();
    this.#button.element.focus({ preventScroll: true });
  }

  #makeItem({ words, act, starts }: MenuItem): HTMLElement {
    const item = make("button", "sw-menu-item", words);
    item.type = "button";
    item.tabIndex = -1;
    item.setAttribute("role", "menuitem");
    item.classList.toggle("sw-starts", starts === true);
    item.addEventListener("click", () => {
      this.#close();
      act();
    });
    return item;
  }

  /** Below the button, its right edges meeting; above it, or moved in, where there is no room. */
  #place(): void {
    const button = this.#button.element.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.#list;
    const below = button.bottom + GAP_PX;
    const fits = below + height + EDGE_PX <= innerHeight;
    const top = fits ? below : Math.max(EDGE_PX, button.top - GAP_PX - height);
    const left = Math.min(Math.max(EDGE_PX, button.right - width), innerWidth - width - EDGE_PX);
    Object.assign(this.#list.style, { top: `${top}px`, left: `${Math.max(0, left)}px` });
  }

  #onToggle(event: Event): void {
    const open = (event as ToggleEvent).newState === "open";
    this.#button.element.setAttribute("aria-expanded", String(open));
    if (open) {
      // It stands where the button stood: once the page scrolls it would point at nothing.
      addEventListener("scroll", () => this.#isOpen && this.#list.hidePopover(), {
        capture: true,
        once: true,
        passive: true,
      });
    }
  }

  #onButtonKey(event: KeyboardEvent): void {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.#open(event.key === "ArrowDown" ? "first" : "last");
    }
  }

  #onKey(event: KeyboardEvent): void {
    const entries = this.#entries;
    const at = entries.indexOf(focusedNear(this.element) as HTMLElement);
    const next = nextIndex(event.key, at, entries);
    if (next !== null) {
      event.preventDefault();
      entries[next]?.focus();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.#close();
    } else if (event.key === "Tab") {
      this.#close();
    }
  }
}

/** Where a key leads from the entry at `at`; `null` for a key that leads nowhere. */
function nextIndex(key: string, at: number, entries: readonly HTMLElement[]): number | null {
  const count = entries.length;
  switch (key) {
    case "ArrowDown":
      return (at + 1) % count;
    case "ArrowUp":
      return (at - 1 + count) % count;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return key.length === 1 && key !== " " ? findByLetter(key, at, entries) : null;
  }
}

function findByLetter(key: string, at: number, entries: readonly HTMLElement[]): number | null {
  const letter = key.toLowerCase();
  const starts = (index: number) =>
    entries[index]?.textContent?.toLowerCase().startsWith(letter) === true;
  const order = entries.map((_, index) => (at + 1 + index) % entries.length);
  return order.find(starts) ?? null;
}
