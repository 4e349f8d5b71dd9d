/** Puts text on the clipboard, also on plain http pages, where the modern way is switched off. */

import { focusedNear } from "./dom.ts";

export async function copyText(text: string, near: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text, near);
  }
}

/** Copies a selection inside one source text as it was written, whatever blocks it is drawn in. */
export function copyExactly(event: ClipboardEvent, within: HTMLElement): void {
  const root = within.getRootNode() as Document;
  const selection = root.getSelection?.() ?? document.getSelection();
  if (selection === null || selection.isCollapsed) {
    return;
  }
  const range = selection.getRangeAt(0);
  const { commonAncestorContainer: common } = range;
  const element = common instanceof Element ? common : common.parentElement;
  if (element?.closest(".sw-source, .sw-code") && within.contains(element)) {
    event.clipboardData?.setData("text/plain", range.toString());
    event.preventDefault();
  }
}

/** The old way: select the text in a field nobody sees, and let the page copy it. */
function copyBySelection(text: string, near: HTMLElement): boolean {
  const focused = focusedNear(near);
  const field = document.createElement("textarea");
  field.className = "sw-unseen";
  field.value = text;
  near.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) {
    focused.focus({ preventScroll: true });
  }
  return copied;
}
