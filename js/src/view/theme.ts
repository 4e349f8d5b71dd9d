/**
 * Tells CSS whether the page is light or dark.
 *
 * Front ends say so in a dozen ways. What all have in common is the colour our own background
 * resolves to, from their variables or from the system's preference; so that is what we look at.
 */

import { setData } from "./dom.ts";

/** A theme's stylesheet may arrive after the attribute that announces it. */
const LATER_MS = [50, 400, 1500];

export function followTheme(element: HTMLElement, { signal }: { signal: AbortSignal }): void {
  const apply = () => setData(element, "theme", isDark(element) ? "dark" : "light");
  const applySoon = () => {
    apply();
    for (const delayMs of LATER_MS) {
      setTimeout(apply, delayMs);
    }
  };
  apply();
  // Not attached yet while `render` runs, and then no colour resolves.
  requestAnimationFrame(apply);
  const media = matchMedia("(prefers-color-scheme: dark)");
  media.addEventListener("change", applySoon, { signal });
  const observer = new MutationObserver(applySoon);
  const attributeFilter = ["class", "style", "data-jp-theme-light", "data-vscode-theme-kind"];
  for (const node of [document.documentElement, document.body]) {
    observer.observe(node, { attributes: true, attributeFilter });
  }
  signal.addEventListener("abort", () => observer.disconnect(), { once: true });
}

function isDark(element: HTMLElement): boolean {
  const [red, green, blue, alpha = 1] = readColour(getComputedStyle(element).backgroundColor);
  if (red === undefined || green === undefined || blue === undefined || alpha === 0) {
    return matchMedia("(prefers-color-scheme: dark)").matches;
  }
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}

/** `rgb(…)` in 0–255, or `color(srgb …)` in 0–1, as 0–255. */
function readColour(colour: string): number[] {
  const numbers = (colour.match(/[\d.]+(?:e-?\d+)?/g) ?? []).map(Number);
  return colour.startsWith("color(") ? numbers.map((part) => part * 255) : numbers;
}
