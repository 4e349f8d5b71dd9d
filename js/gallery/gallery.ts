/**
 * A page with every state of the widget, and one that a test can drive.
 *
 * `?theme=dark|light|none`, `?only=<scene>`, `?live=<times>` for a stream that types itself, with
 * `&runs=<count>&layout=<layout>` for several of them, `?empty` for none.
 */

import { setAssetSource } from "../src/assets.ts";
import type { Message } from "../src/protocol.ts";
import widget from "../src/widget.ts";
import { FakeModel } from "./fake-model.ts";
import { MANY } from "./many.ts";
import { Player } from "./player.ts";
import { ANSWER, part, SCENES, view } from "./scenes.ts";

setAssetSource(async (name) => (await fetch(`assets/${name}.js`)).text());

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

function snapshots(runs: readonly ReturnType<typeof view>[]): Message {
  const patches = runs.map((one) => ({
    type: "run-snapshot" as const,
    run: one.run,
    seq: 0,
    view: one,
  }));
  return { n: 1, patches };
}

/** Plays streams at about 100 tokens a second until they are cancelled or done. */
function playLive(): Player {
  const count = Number(page.get("runs")) || 1;
  const runs = count === 1 ? ["live"] : Array.from({ length: count }, (_, at) => `live-${at}`);
  const player = new Player("live", runs, page.get("layout") ?? "stack");
  mount("live", player.model);
  player.begin(runs);
  player.type(runs, `${ANSWER}\n\n`.repeat(Number(page.get("live")) || 5), 7);
  return player;
}

function showScenes(): void {
  const wanted = (title: string) => !page.has("only") || page.get("only") === title;
  for (const [title, scene] of Object.entries(SCENES)) {
    if (wanted(title)) {
      const run = title.replaceAll(" ", "-");
      mount(title, new FakeModel(run, snapshot(run, scene)));
    }
  }
  for (const [title, [layout, runs]] of Object.entries(MANY)) {
    if (wanted(title)) {
      mount(title, new FakeModel(title, snapshots(runs), layout));
    }
  }
}

if (page.get("theme") !== "none") {
  document.body.className = page.get("theme") ?? "light";
}
const player = page.has("live") ? playLive() : undefined;
if (!page.has("live") && !page.has("empty")) {
  showScenes();
}

/** For tests that drive the page. */
Object.assign(globalThis, {
  gallery: { FakeModel, Player, player, widget, mount, snapshot, snapshots, part, view, ANSWER },
});
