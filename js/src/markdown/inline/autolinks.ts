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
const HOST = /^[\w\u0080-\uffff-]+(?:\.[\w\u0080-\uffff-]+)*$/;

const MAIL = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/y;

/** An address in running text that starts at `at`; it ends with the word it stands in. */
export function readBare(text: string, at: number): Autolink | null {
  BARE.lastIndex = at;
  const found = BARE.exec(text);
  if (found === null) {
    return null;
  }
  const words = trimAddress(found[0]);
  const isWww = /^w/i.test(words);
  const [host = ""] = words.replace(/^https?:\/\/(?:[^/?#@]*@)?/i, "").split(/[/?#:]/);
  const isHost = HOST.test(host) && !host.split(".").slice(-2).join("").includes("_");
  if (!isHost || (isWww && !host.includes("."))) {
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

const SENTENCE_END = /(?:[?!.,:*_~'"]|&[a-z\d]{1,32};|;)$/i;

/** Without what more likely belongs to the sentence than to the address. */
function trimAddress(found: string): string {
  let address = found;
  let surplus = found.split(")").length - found.split("(").length;
  for (;;) {
    const isSurplus = address.endsWith(")") && surplus > 0;
    const end = isSurplus ? ")" : SENTENCE_END.exec(address.slice(-40))?.[0];
    if (end === undefined) {
      return address;
    }
    surplus -= isSurplus ? 1 : 0;
    address = address.slice(0, -end.length);
  }
}
