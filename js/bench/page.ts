/** The page of the measurements in `tests/bench`: they call `bench` from Python. */

import * as markdown from "../src/assets/markdown.ts";
import { setAssetSource } from "../src/assets.ts";
import { provideMarkdown } from "../src/view/markdown-look.ts";
import { holdAndRelease, pressCancel } from "./buttons.ts";
import { watchFlicker } from "./flicker.ts";
import { advance, endText, openStream, openText } from "./growing.ts";
import { holdLong, mountAndUnmount } from "./memory.ts";
import { playPlain } from "./plain.ts";
import { search } from "./search.ts";
import { playMany } from "./stream.ts";
import { startHidden, takeHidden } from "./unseen.ts";
import { makeText, splitDeltas } from "./workload.ts";

// It comes right behind the module: no measurement should have to wait for that.
provideMarkdown(markdown);
setAssetSource(async (name) => (await fetch(`assets/${name}.js`)).text());

Object.assign(globalThis, {
  bench: {
    advance,
    endText,
    holdAndRelease,
    holdLong,
    makeText,
    mountAndUnmount,
    openStream,
    openText,
    playMany,
    playPlain,
    pressCancel,
    search,
    splitDeltas,
    startHidden,
    takeHidden,
    watchFlicker,
  },
});
