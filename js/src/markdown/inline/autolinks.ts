/** Addresses that are links by themselves; https://github.github.com/gfm/#autolinks-extension- */

import type { Definition } from "./nodes.ts";

const ANGLED_URL = /<([a-z][a-z\d+.-]{1,31}:[^\s<>]*)>/iy;
const ANGLED_MAIL =
  /<([\w.!#$%&'*+/=?^`{|}~-]+@[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)*)>/iy;

export type Autolink = Definition & { readonly text: string; readonly end: number };

export function readAngled(text: string, at: number): Autolink | null {
  for (const [pattern, scheme] of [
    [ANGLED_URL, ""],
    [ANGLED_MAIL, "mailto:"],
  ] as const) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) {
      const words = found[1] ?? "";
      return { href: scheme + words, title: "", text: words, end: at + found[0].length };
    }
  }
  return null;
}

const BARE = /(?:https?:\/\/|www\.)[^\s<]+/iy;
const DOMAIN = /^(?:https?:\/\/)?(?:[\w-]+(?::[\w-]*)?@)?[\w\u0080-\uffff-]+(?:\.[\w\u0080-\uffff-]+)*(?=[:/?#]|$)/i;
const MAIL = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/y;

/** An address in running text that starts at `at`; it ends with the word it stands in. */
export function readBare(text: string, at: number): Autolink | null {
  BARE.lastIndex = at;
  const found = BARE.exec(text);
  if (found === null) {
    return null;
  }
  const words = trimAddress(found[0]);
  const domain = DOMAIN.exec(words)?.[0] ?? "";
  const isWww = !words.toLowerCase().startsWith("http");
  const labels = domain.split(".");
  const isDomain = domain !== "" && labels.slice(-2).every((label) => !label.includes("_"));
  if (!isDomain || (isWww && labels.length < 2)) {
    return null;
  }
  return {
    href: isWww ? `http://${words}` : words,
    title: "",
    text: words,
    end: at + words.length,
  };
}

/** A mail address whose first character is at `at`. */
export function readMail(text: string, at: number): Autolink | null {
  MAIL.lastIndex = at;
  const found = MAIL.exec(text)?.[0].replace(/\.+$/, "");
  if (found === undefined || /[-_]$/.test(found) || !/@[^.]+\./.test(found)) {
    return null;
  }
  return { href: `mailto:${found}`, title: "", text: found, end: at + found.length };
}

/** Without what more likely belongs to the sentence than to the address. */
function trimAddress(found: string): string {
  let end = found.length;
  let surplus = count(found, ")") - count(found, "(");
  for (;;) {
    const last = found[end - 1] ?? "";
    if (last === ")" && surplus > 0) {
      surplus -= 1;
      end -= 1;
    } else if (/[?!.,:*_~'"]/.test(last)) {
      end -= 1;
    } else if (last === ";") {
      const entity = /&[a-z\d]{1,32};$/i.exec(found.slice(Math.max(0, end - 40), end));
      end -= entity?.[0].length ?? 1;
    } else {
      return found.slice(0, end);
    }
  }
}

function count(text: string, unit: string): number {
  return text.split(unit).length - 1;
}
