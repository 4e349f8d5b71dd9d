/** Which MathML may stand in the page: what is not listed here is left out, whatever made it. */

const NAMESPACE = "http://www.w3.org/1998/Math/MathML";

const ELEMENTS = new Set(
  (
    "math mrow mi mn mo ms mtext mspace mfrac msqrt mroot mstyle mpadded mphantom menclose msub msup " +
    "msubsup munder mover munderover mmultiscripts mprescripts none mtable mtr mtd"
  ).split(" "),
);

const ATTRIBUTES = new Set(
  (
    "display displaystyle scriptlevel mathvariant stretchy symmetric fence separator form lspace rspace " +
    "minsize maxsize accent accentunder linethickness movablelimits largeop dir width height depth " +
    "voffset notation rowspan columnspan columnalign rowalign rowspacing columnspacing"
  ).split(" "),
);

const STYLES = [
  "color",
  "background-color",
  "border",
  "border-top",
  "border-right",
  "border-bottom",
  "border-left",
  "padding",
  "padding-top",
  "padding-right",
  "padding-bottom",
  "padding-left",
  "margin-left",
  "margin-right",
  "width",
  "text-align",
  "font-weight",
  "font-style",
  "font-size",
  "math-style",
  "math-depth",
  "math-shift",
  "vertical-align",
] as const;

/** Deeper maths is none that somebody reads. */
const MAX_DEPTH = 120;

/** Copies what is allowed; gives `null` for anything that is not MathML. */
export function copyAllowed(node: Element, depth = 0): Element | null {
  if (node.namespaceURI !== NAMESPACE || !ELEMENTS.has(node.localName) || depth > MAX_DEPTH) {
    return null;
  }
  const copy = document.createElementNS(NAMESPACE, node.localName);
  for (const { name, value } of node.attributes) {
    if (ATTRIBUTES.has(name) || (name === "class" && /^[\w -]{1,60}$/.test(value))) {
      copy.setAttribute(name, value);
    }
  }
  copyStyle(node, copy);
  const children = [...node.childNodes].map((child) => copyChild(child, depth + 1));
  copy.append(...children.filter((child) => child !== null));
  return copy;
}

function copyChild(node: Node, depth: number): Node | null {
  return node instanceof Element ? copyAllowed(node, depth) : copyText(node);
}

function copyText(node: Node): Text | null {
  return node instanceof Text ? document.createTextNode(node.data) : null;
}

/** Property by property: a style as one text could name an address. */
function copyStyle(from: Element, to: Element): void {
  if (!(from instanceof MathMLElement && to instanceof MathMLElement)) {
    return;
  }
  for (const name of STYLES) {
    const value = from.style.getPropertyValue(name);
    if (value !== "" && !/[\\(]/.test(value.replace(/^(?:rgb|calc)\([\w\s,.%+*/-]*\)/, ""))) {
      to.style.setProperty(name, value);
    }
  }
}
