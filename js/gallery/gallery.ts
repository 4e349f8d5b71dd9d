/**
 * A page with every state of the widget, and one that a test can drive.
 *
 * `?theme=dark|light|none`, `?only=<scene>`, `?live` for a stream that types itself.
 */

import type { Command, Message, NamedPatch, SentPatch } from "../src/protocol.ts";
import widget from "../src/widget.ts";
import { FakeModel } from "./fake-model.ts";
import { ANSWER, part, SCENES, view } from "./scenes.ts";

const page = new URLSearchParams(location.search);
const main = document.getElementById("gallery") ?? document.body;

function mount(title: string, model: FakeModel): HTMLElement {
  const heading = document.createElement("h2");
  heading.textContent = title;
  const el = document.createElement("div");
  el.setAttribute("data-scene", title);
  main.append(heading, el);
  widget.initialize({ model });
  widget.render({ model, el });
  return el;
}

function snapshot(run: string, change: Parameters<typeof view>[0]): Message {
  return { n: 1, patches: [{ type: "run-snapshot", run, seq: 0, view: view({ ...change, run }) }] };
}

/** Plays a stream at about 100 tokens a second until it is paused, cancelled or done. */
function playLive(): void {
  const run = "live";
  const model = new FakeModel("live", snapshot(run, { effort: "high", summary: "detailed" }));
  let n = 1;
  let seq = 0;
  const start = performance.now();
  const at_s = () => (performance.now() - start) / 1000;
  const push = (patches: (Omit<NamedPatch, "run" | "seq"> | string)[], done: string[] = []) => {
    n += 1;
    const sent = patches.map((patch): SentPatch => {
      seq += 1;
      return typeof patch === "string"
        ? [run, seq, 0, patch]
        : ({ ...patch, run, seq } as NamedPatch);
    });
    model.push({ n, patches: sent, done });
  };
  const state = (name: string, id?: string) =>
    push(
      [
        {
          type: "state-set",
          state: name,
          finish_reason: null,
          raw_finish_reason: null,
          at_s: at_s(),
        } as never,
      ],
      id === undefined ? [] : [id],
    );
  let over = false;
  model.answer = (command: Command) => {
    if (command.type === "ack" || command.type === "commands") {
      return;
    }
    const names = { pause: "paused", resume: "streaming", cancel: "cancelled" } as const;
    const name = names[command.type as keyof typeof names];
    over ||= command.type === "cancel";
    setTimeout(() => (name === undefined ? push([], [command.id]) : state(name, command.id)), 15);
  };
  mount("live", model);
  state("streaming");
  push([{ type: "part-start", part: 0, kind: "output_text", name: null, at_s: 0.8 } as never]);
  const text = `${ANSWER}\n\n`.repeat(Number(page.get("live")) || 5);
  let at = 0;
  const timer = setInterval(() => {
    const piece = text.slice(at, at + 7);
    at += 7;
    if (over || piece === "") {
      clearInterval(timer);
      return over || state("completed");
    }
    push([piece]);
  }, 16);
}

if (page.get("theme") !== "none") {
  document.body.className = page.get("theme") ?? "light";
}
if (page.has("live")) {
  playLive();
} else if (!page.has("empty")) {
  for (const [title, scene] of Object.entries(SCENES)) {
    if (!page.has("only") || page.get("only") === title) {
      const run = title.replaceAll(" ", "-");
      mount(title, new FakeModel(run, snapshot(run, scene)));
    }
  }
}

/** For tests that drive the page. */
Object.assign(globalThis, { gallery: { FakeModel, widget, mount, snapshot, part, view, ANSWER } });
