"""What sixteen runs cost a page, and how fast a long answer is searched.

Run it with ``uv run python tests/bench/many_runs.py``; it needs no kernel. A frame's work is what
the page's one loop does in it: all that is painted, and the layout that reading it forces.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright
from rig import machine, percentile, show_table, verdict

from e2e import chromium
from e2e.gallery import Gallery

WORK_MS: Final = 8.0
SEARCH_MS: Final = 50.0

_MEASURE = """
(() => {
  const real = globalThis.requestAnimationFrame.bind(globalThis);
  globalThis.works = [];
  globalThis.gaps = [];
  let last;
  const beat = (now) => {
    if (last !== undefined) gaps.push(now - last);
    last = now;
    real(beat);
  };
  real(beat);
  globalThis.requestAnimationFrame = (callback) => real((now) => {
    const began = performance.now();
    callback(now);
    works.push(performance.now() - began);
  });
})();
"""

_SEARCH = """
async () => {
  const text = "Some words and now and then a needle, in a line of its own.\\n\\n".repeat(6600);
  const player = new gallery.Player("long", ["long"]);
  gallery.mount("long", player.model);
  player.begin(["long"]);
  player.push([["long", text]]);
  const part = document.querySelector("[data-part='output']");
  const frame = () => new Promise(requestAnimationFrame);
  while (part.textContent.length < text.length) await frame();
  document.querySelector(".sw-find").click();
  while (document.querySelector(".sw-search-field") === null) await frame();
  const field = document.querySelector(".sw-search-field");
  const times = [];
  for (const query of ["needle", "now", "line of", "nowhere", "needle"]) {
    field.value = query;
    const began = performance.now();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    times.push(performance.now() - began);
    await frame();
  }
  return [times, document.querySelector(".sw-search-count").textContent, text.length];
}
"""


def main() -> int:
    """Measure both and print what came out."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=int, default=20)
    seconds = arguments.parse_args().seconds
    heads = ("runs", "work p50 ms", "p99", "frame p50 ms", "p99", "frames > 50 ms", "work")
    rows: list[tuple[str, ...]] = [heads]
    within: list[bool] = []
    with Gallery() as gallery, sync_playwright() as playwright:
        program = chromium.find_or_install(Path(playwright.chromium.executable_path))
        browser = playwright.chromium.launch(executable_path=program, args=[*chromium.ARGUMENTS])
        for runs in (1, 4, 16):
            context = browser.new_context(viewport={"width": 1600, "height": 1000})
            context.add_init_script(_MEASURE)
            page = gallery.open(context, live=400, runs=runs, layout="grid")
            page.wait_for_timeout(seconds * 1000)
            works, gaps = page.evaluate("[works.slice(60), gaps.slice(60)]")
            slow = sum(gap > 50 for gap in gaps)
            work = percentile(works, 50)
            times = [percentile(of, part) for of in (works, gaps) for part in (50, 99)]
            told = [f"{time:.1f}" for time in times]
            rows.append((str(runs), *told, str(slow), verdict(work, WORK_MS)))
            within.append(work <= WORK_MS)
            context.close()
        context = browser.new_context()
        times, count, units = gallery.open(context, empty=1).evaluate(_SEARCH)
        within.append(max(times) <= 50)
        browser.close()
    show_table(rows)
    sys.stdout.write(
        f"\nsearch in {units:,} characters ({count}): "
        f"{', '.join(f'{time:.1f}' for time in times)} ms, {verdict(max(times), SEARCH_MS)}\n"
        f"{machine()}\n"
    )
    return 0 if all(within) else 1


if __name__ == "__main__":
    raise SystemExit(main())
