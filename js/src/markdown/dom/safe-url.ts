/** Which addresses a link or an image may have: what a model writes is not to be trusted. */

const LINK = /^(?:https?:\/\/[^/]|mailto:|#)/i;
const IMAGE = /^https?:\/\/[^/]/i;

/** As browsers read it: blanks around it and line ends in it do not count. */
function clean(address: string): string {
  return address.replace(/[\t\n\r]/g, "").replace(/^[\p{Cc} ]+|[\p{Cc} ]+$/gu, "");
}

/** The address to use, or `null` where it must not be used. */
export function safeLink(address: string): string | null {
  const cleaned = clean(address);
  return LINK.test(cleaned) && isReadable(cleaned, /^(?:https?|mailto):$/) ? cleaned : null;
}

export function safeImage(address: string): { url: string; host: string } | null {
  const cleaned = clean(address);
  if (!IMAGE.test(cleaned) || !isReadable(cleaned, /^https?:$/)) {
    return null;
  }
  return { url: cleaned, host: new URL(cleaned).host };
}

/** The browser must see the same scheme as we do. */
function isReadable(address: string, schemes: RegExp): boolean {
  if (address.startsWith("#")) {
    return true;
  }
  try {
    return schemes.test(new URL(address).protocol);
  } catch {
    return false;
  }
}

/** What is said of a link: the address the browser would go to, other alphabets spelled out. */
export function describeAddress(address: string): string {
  try {
    return address.startsWith("#") ? address : new URL(address).href;
  } catch {
    return address;
  }
}
