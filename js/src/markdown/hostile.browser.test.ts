import { afterAll, beforeAll, expect, test } from "vitest";
import corpus from "../../../tests/fixtures/hostile/corpus.json";
import * as colour from "../assets/colour.ts";
import * as maths from "../assets/maths.ts";
import { MarkdownFlow } from "./markdown-flow.ts";

const MATHML = "http://www.w3.org/1998/Math/MathML";
const HTML = "http://www.w3.org/1999/xhtml";
/** All that may appear, whatever the model wrote. */
const TAGS = new Set(
  (
    "div p h1 h2 h3 h4 h5 h6 blockquote ul ol li hr br em strong del code pre span a button bdi sup input " +
    "table colgroup col thead tbody tr th td"
  ).split(" "),
);
const ATTRIBUTES = new Set(
  (
    "class dir title href rel target type role aria-label tabindex start disabled checked style " +
    "data-language"
  ).split(" "),
);
const SCHEME = /^(?:https?:\/\/|mailto:|#)/i;

function faultsOf(node: Element): string[] {
  if (node.namespaceURI === MATHML) {
    const names = [...node.attributes].map(({ name }) => name);
    return names.filter((name) => /^on|href|src|:/.test(name));
  }
  const faults = [...node.attributes]
    .filter(({ name }) => !ATTRIBUTES.has(name))
    .map(({ name, value }) => `${node.localName} ${name}=${value}`);
  if (node.namespaceURI !== HTML || !TAGS.has(node.localName)) {
    faults.push(`<${node.localName}>`);
  }
  if (/url|expression|import/i.test(node.getAttribute("style") ?? "")) {
    faults.push(`style ${node.getAttribute("style")}`);
  }
  return [...faults, ...linkFaults(node)];
}

function linkFaults(node: Element): string[] {
  const href = node.getAttribute("href");
  if (href === null) {
    return [];
  }
  const isSafe =
    SCHEME.test(href) &&
    node.localName === "a" &&
    /^(?:https?|mailto):$/.test((node as HTMLAnchorElement).protocol) &&
    node.getAttribute("rel") === "noopener noreferrer nofollow" &&
    node.getAttribute("target") === "_blank";
  return isSafe ? [] : [`href ${href}`];
}

function check(host: Element, what: string): void {
  for (const node of host.querySelectorAll("*")) {
    const faults = faultsOf(node);
    if (faults.length > 0) {
      expect.fail(`${what}: ${faults.join("; ")}`);
    }
  }
}

const asked: string[] = [];
const observer = new PerformanceObserver((list) => {
  asked.push(...list.getEntries().map(({ name }) => name));
});
const page = globalThis as { alert: unknown };
const realAlert = page.alert;
let alerts = 0;

beforeAll(() => {
  // From here on nothing may become markup, no image may be fetched, and nothing else either.
  const policy = document.createElement("meta");
  policy.httpEquiv = "Content-Security-Policy";
  policy.content = "require-trusted-types-for 'script'; img-src 'none'; media-src 'none'";
  document.head.append(policy);
  observer.observe({ type: "resource" });
  page.alert = () => {
    alerts += 1;
  };
});

afterAll(() => {
  page.alert = realAlert;
});

test("there are at least 150 payloads", () => {
  expect(corpus.length).toBeGreaterThanOrEqual(150);
});

test("at every place where a payload may be cut, only plain nodes and safe links are on the page", async () => {
  const host = document.createElement("div");
  document.body.append(host);
  for (const { text } of corpus) {
    for (let cut = 0; cut <= text.length; cut += 1) {
      host.replaceChildren();
      const flow = new MarkdownFlow(host);
      flow.append(text.slice(0, cut));
      if (cut % 7 === 0) {
        check(host, JSON.stringify(text.slice(0, cut)));
      }
      flow.append(text.slice(cut));
      flow.finish();
    }
    check(host, JSON.stringify(text));
  }
  await new Promise((resolve) => requestAnimationFrame(resolve));
  asked.push(...observer.takeRecords().map(({ name }) => name));
  expect(asked.filter((name) => !name.startsWith(location.origin))).toEqual([]);
  expect(alerts).toBe(0);
});

test("one unit at a time, with colours and maths, nothing else appears either", () => {
  const host = document.createElement("div");
  document.body.append(host);
  for (const { text } of corpus) {
    host.replaceChildren();
    const flow = new MarkdownFlow(host);
    for (const unit of text) {
      flow.append(unit);
      check(host, JSON.stringify(text));
    }
    flow.finish();
    for (const code of host.querySelectorAll<HTMLElement>(".sw-code")) {
      colour.makePainter(code.dataset["language"] ?? "html", code.querySelector("code") ?? code);
    }
    for (const tex of host.querySelectorAll<HTMLElement>(".sw-tex")) {
      maths.render(tex.textContent.replace(/^[$\\([]+|[$\\)\]]+$/g, ""), true, tex);
    }
    check(host, JSON.stringify(text));
  }
  expect(alerts).toBe(0);
});

test("the policy of this page is in force", () => {
  expect(() => document.createElement("div").setHTMLUnsafe("<b>x</b>")).toThrow(TypeError);
});
