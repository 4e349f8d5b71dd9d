/** Links that leave the page only when they are clicked, and images that come only when asked for. */

import { make } from "../../view/dom.ts";
import { describeAddress, safeImage, safeLink } from "./safe-url.ts";

/** Gives a link its address; one that must not be used is named where the pointer rests. */
export function pointAt(link: HTMLElement, address: string, title: string): void {
  const href = safeLink(address);
  if (href !== null && link instanceof HTMLAnchorElement) {
    link.href = href;
    link.rel = "noopener noreferrer nofollow";
    link.target = "_blank";
  }
  const shown = href === null ? address : describeAddress(href);
  link.title = title === "" ? shown : `${title}\n${shown}`;
}

/** `children` are the link's words. An address of another kind leaves the words alone. */
export function makeLink(address: string, title: string, children: readonly Node[]): HTMLElement {
  const isLink = safeLink(address) !== null;
  const link = isLink ? make("a", "", ...children) : make("span", "sw-no-link", ...children);
  pointAt(link, address, title);
  return link;
}

/** A button that names the image's host; the image is fetched when it is pressed. */
export function makeImage(address: string, title: string, alt: string): HTMLElement {
  const image = safeImage(address);
  const words = alt === "" ? "Image" : alt;
  if (image === null) {
    const refused = make("span", "sw-no-image", words);
    refused.title = title === "" ? address : `${title}\n${address}`;
    return refused;
  }
  const host = make("bdi", "sw-image-host", image.host);
  const button = make("button", "sw-image", "Show image from ", host, alt === "" ? "" : `: ${alt}`);
  button.type = "button";
  button.title = title === "" ? image.url : `${title}\n${image.url}`;
  button.addEventListener("click", () => button.replaceWith(loadImage(image.url, title, alt)));
  return button;
}

function loadImage(url: string, title: string, alt: string): HTMLImageElement {
  const shown = make("img", "sw-loaded-image");
  shown.referrerPolicy = "no-referrer";
  shown.alt = alt;
  shown.title = title;
  shown.src = url;
  return shown;
}
