import { afterEach, expect, test } from "vitest";
import { CHUNK_UNITS, CODE_LINES, TABLE_ROWS } from "./limits.ts";
import { MarkdownFlow } from "./markdown-flow.ts";
import { HOSTILE_SHAPES, LONG_BLOCKS, makeDocument } from "./testing/document.ts";
import { cutAtRandom, cutEvery, render } from "./testing/render.ts";

const NODE_LIMIT = 8192;

afterEach(() => document.body.replaceChildren());

function open(): { host: HTMLElement; flow: MarkdownFlow } {
  const host = document.createElement("div");
  document.body.append(host);
  return { host, flow: new MarkdownFlow(host) };
}

/** Blocks that another block or chunk follows: nothing may change in them any more. */
function finishedBlocks(host: HTMLElement): Element[] {
  const chunks = [...host.children];
  return chunks.flatMap((chunk, index) => {
    const blocks = [...chunk.children];
    return index < chunks.length - 1 ? blocks : blocks.slice(0, -1);
  });
}

test("no node of a finished block is added, removed or rewritten, to the end of the stream", () => {
  const { host, flow } = open();
  const seen = new Map<Element, string>();
  const changes: string[] = [];
  const observer = new MutationObserver(() => undefined);
  observer.observe(host, { childList: true, characterData: true, subtree: true });
  const look = () => {
    const changed = observer.takeRecords().map(({ target }) => target);
    const broken = [...seen.keys()].filter((block) => changed.some((node) => block.contains(node)));
    changes.push(...broken.map((block) => block.textContent));
    for (const block of finishedBlocks(host).filter((one) => !seen.has(one))) {
      seen.set(block, block.textContent);
    }
  };
  for (const piece of cutAtRandom(makeDocument(5, 16_000), 5, 30)) {
    flow.append(piece);
    look();
  }
  flow.finish();
  look();
  expect(changes).toEqual([]);
  expect(seen.size).toBeGreaterThan(50);
  for (const [block, text] of seen) {
    expect(block.isConnected && block.textContent === text).toBe(true);
  }
});

test("a selection in a finished block is the same when more has come", () => {
  const { host, flow } = open();
  flow.append("A first paragraph to **select** in.\n\n- an item\n- another\n\nand more");
  const range = document.createRange();
  range.selectNodeContents(host.querySelector("p") ?? host);
  const selection = document.getSelection();
  selection?.removeAllRanges();
  selection?.addRange(range);
  flow.append(makeDocument(6, 20_000));
  flow.finish();
  expect(selection?.toString()).toBe("A first paragraph to select in.");
});

test.each([...Object.entries(LONG_BLOCKS), ...Object.entries(HOSTILE_SHAPES)])(
  "no text node of %j is over 8 kB, and no text is lost",
  (_name, make) => {
    const host = render(cutEvery(make(20_000), 500));
    const nodes = document.createNodeIterator(host, NodeFilter.SHOW_TEXT);
    for (let node = nodes.nextNode(); node !== null; node = nodes.nextNode()) {
      expect((node as Text).length).toBeLessThanOrEqual(NODE_LIMIT);
    }
    expect(depthOf(host)).toBeLessThan(120);
  },
);

function depthOf(node: Element): number {
  return 1 + Math.max(0, ...[...node.children].map(depthOf));
}

test("long blocks stand in pieces that are laid out by themselves", () => {
  const list = render([LONG_BLOCKS["list"]?.(40_000) ?? ""]);
  const chunks = [...list.querySelectorAll(".sw-chunk")];
  expect(chunks.length).toBeGreaterThan(4);
  for (const chunk of chunks) {
    expect(chunk.textContent.length).toBeLessThan(2 * CHUNK_UNITS);
  }
  const table = render([LONG_BLOCKS["table"]?.(40_000) ?? ""]);
  for (const one of table.querySelectorAll("table")) {
    expect(one.querySelectorAll("tbody tr").length).toBeLessThanOrEqual(TABLE_ROWS);
  }
  const code = render([LONG_BLOCKS["code"]?.(40_000) ?? ""]);
  for (const group of code.querySelectorAll(".sw-lines")) {
    expect(group.textContent.split("\n").length - 1).toBeLessThanOrEqual(CODE_LINES);
  }
});

test("numbers of a list go on in the next chunk", () => {
  const items = Array.from({ length: 400 }, (_, at) => `${at + 1}. item ${"x".repeat(40)}`);
  const host = render([items.join("\n")]);
  const starts = [...host.querySelectorAll("ol")].map((list) => list.start);
  expect(starts.length).toBeGreaterThan(2);
  let next = 1;
  for (const list of host.querySelectorAll("ol")) {
    expect(list.start).toBe(next);
    next += list.children.length;
  }
});

test("the copy button copies the code as it was written", async () => {
  const { host, flow } = open();
  flow.append("> ```py\n> a = 1\n>\n>   b = '\u202e'\n> ```\n");
  flow.finish();
  const copied: string[] = [];
  const { clipboard } = navigator;
  Object.defineProperty(navigator, "clipboard", {
    configurable: true,
    value: { writeText: (text: string) => Promise.resolve(void copied.push(text)) },
  });
  const button = host.querySelector<HTMLButtonElement>("button[aria-label='Copy code']");
  button?.click();
  await expect.poll(() => button?.textContent).toBe("Copied");
  Object.defineProperty(navigator, "clipboard", { configurable: true, value: clipboard });
  expect(copied).toEqual(["a = 1\n\n  b = '\u202e'\n"]);
});
