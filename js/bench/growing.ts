/** The one text that grows on the page, in a renderer alone or in a whole widget. */

import type { Growth, Stretch } from "./growth.ts";
import { openGrowth } from "./growth.ts";
import { framesPass } from "./meter.ts";
import { openRendering, type Rendered, type RenderOptions } from "./render.ts";
import { Shown } from "./shown.ts";
import { type Kind, makeText, splitDeltas } from "./workload.ts";

export type StreamOptions = {
  readonly kind: Kind;
  readonly units: number;
  readonly deltasPerFrame: number;
};

type Size = Pick<Growth, "frames" | "deltas">;

let growth: Growth | null = null;
let end: () => Promise<Rendered> = () => Promise.reject(new Error("Nothing was rendered."));

/** A renderer alone in a scroll box. */
export function openText(options: RenderOptions): Size {
  const opened = openRendering(options);
  end = opened.end;
  return sized(opened);
}

/** A run in a whole widget, by one message a frame. */
export async function openStream(options: StreamOptions): Promise<Size> {
  const deltas = splitDeltas(makeText(options.kind, options.units));
  const shown = new Shown({ runs: 1 }).mount();
  await framesPass(10);
  return sized(openGrowth(deltas, options.deltasPerFrame, (text) => shown.push([text])));
}

export async function advance(frames: number): Promise<Stretch> {
  return growth === null ? { writeMs: [], workMs: [] } : growth.advance(frames);
}

/** What the renderer has drawn, compared with what it should have. */
export function endText(): Promise<Rendered> {
  return end();
}

function sized(opened: Growth): Size {
  growth = opened;
  return { frames: opened.frames, deltas: opened.deltas };
}
