"""What it costs a browser to show one long Markdown answer while it streams, ours and others.

The same 81 kB (20,000 tokens: headings, nested lists, code, tables, quotes, maths, emoji) in about
20,300 deltas, 16 of them a frame, by turns in one browser, each time in a fresh page:

- our renderer, which works on the open end only;
- `streaming-markdown`, which only appends;
- `marked` and DOMPurify, the whole text each frame, as is usual;
- our whole widget in a real JupyterLab, and `update_display(Markdown(text))` there, 60 times a
  second, with a shorter answer: all that the main thread of the notebook's page does for them.

Told is processor time of the page's main thread: scripts, style, layout and paint. Blocks are
compared with what `marked` makes of the whole text at once.

    uv run python tests/bench/renderers.py [--tokens 20000] [--rounds 3] [--no-notebook]
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from contextlib import nullcontext
from dataclasses import dataclass, field
from random import Random
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from bench_page import BenchPage, built_page, open_browser
from finding import TIMES
from front_end_options import UNITS_PER_TOKEN
from growing import grow
from notebook_cpu import NotebookCpu
from rig import machine, open_notebook, show_table

if TYPE_CHECKING:
    from bench_page import Built
    from playwright.sync_api import Browser

_DELTAS_PER_FRAME: Final = 16
_UPDATES_PER_S: Final = 60
_NAMES: Final = {
    "ours": "stream_widget's renderer",
    "streaming-markdown": "streaming-markdown",
    "marked-dompurify": "marked + DOMPurify, whole text each frame",
}
_IN_NOTEBOOK: Final = {
    "watch_growing": "JupyterLab: stream_widget",
    "grow_markdown": "JupyterLab: update_display(Markdown(text))",
}


@dataclass(slots=True)
class _Rounds:
    """What the rounds of one renderer gave, in milliseconds of processor time."""

    whole: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    last: list[float] = field(default_factory=list)
    blocks: str = ""
    missing: list[str] = field(default_factory=list)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Renderers of streaming Markdown, compared.")
    parser.add_argument("--tokens", type=int, default=20_000, help="length of the answer")
    parser.add_argument(
        "--notebook-tokens", type=int, default=5_000, help="the same in JupyterLab, which is slow"
    )
    parser.add_argument("--rounds", type=int, default=3, help="turns of each")
    parser.add_argument("--no-notebook", action="store_true", help="leave JupyterLab out")
    given = parser.parse_args()
    notebook = nullcontext(None) if given.no_notebook else open_notebook("")
    units = given.tokens * UNITS_PER_TOKEN
    with built_page() as built:
        with open_browser() as browser:
            rounds = _in_page(browser, built, units, given.rounds)
            page = BenchPage(browser.new_page(), built.url)
            text = page.call("makeText", "mixed", given.notebook_tokens * UNITS_PER_TOKEN)
        _report(_NAMES, rounds, built.sizes)
        with notebook as opened:
            if opened is not None:
                _in_notebook(NotebookCpu(opened), text, given.rounds, rounds)
    if not given.no_notebook:
        _say(f"\nIn JupyterLab, {len(text):,} characters of the same")
        _report(_IN_NOTEBOOK, rounds, {})
    _say(f"\n{machine()}; Chromium headless, no GPU")


def _in_page(browser: Browser, built: Built, units: int, count: int) -> dict[str, _Rounds]:
    rounds: dict[str, _Rounds] = defaultdict(_Rounds)
    order = Random("bench")  # noqa: S311 - an order, no secret
    for number in range(count):
        for renderer in order.sample(list(_NAMES), len(_NAMES)):
            _tell(f"{renderer}, round {number + 1}")
            asked: dict[str, Any] = {"renderer": renderer, "kind": "mixed", "units": units}
            page = BenchPage(browser.new_page(), built.url)
            grown = grow(page, "openText", {**asked, "deltasPerFrame": _DELTAS_PER_FRAME})
            ended = page.call("endText")
            page.close()
            of = rounds[renderer]
            of.whole.append(grown.whole_ms)
            of.first.append(grown.first_ms)
            of.last.append(grown.last_ms)
            of.blocks = "{}/{}".format(*ended["equalBlocks"])
            of.missing = ended["missing"]
    return rounds


def _in_notebook(cpu: NotebookCpu, text: str, count: int, rounds: dict[str, _Rounds]) -> None:
    # As many deltas as there are in the page, on average: 3 to 5 units each.
    updates = len(text) // (UNITS_PER_TOKEN * _DELTAS_PER_FRAME)
    for number in range(count):
        for function in _IN_NOTEBOOK:
            _tell(f"{function}, round {number + 1}")
            grown = cpu.play(function, text, updates, per_s=_UPDATES_PER_S)
            of = rounds[function]
            of.whole.append(grown.whole_ms)
            of.first.append(grown.first_ms)
            of.last.append(grown.last_ms)


def _report(names: dict[str, str], rounds: dict[str, _Rounds], sizes: Any) -> None:
    measured = [name for name in names if name in rounds]
    rows = [["", "CPU, ms", f"{TIMES} ours", "a frame, first → last tenth, ms", "as GFM", "kB"]]
    for name in measured:
        of, ours = rounds[name], rounds[measured[0]]
        size = sizes.get(name)
        rows.append(
            [
                names[name],
                f"{median(of.whole):,.0f}",
                f"{median(of.whole) / median(ours.whole):.1f}",
                f"{median(of.first):.2f} → {median(of.last):.2f}",
                of.blocks,
                "" if size is None else f"{size['min'] / 1e3:.1f} ({size['gz'] / 1e3:.1f} gz)",
            ]
        )
    show_table(rows)
    for name in measured:
        for block in rounds[name].missing[:3]:
            _say(f"{name} draws otherwise: {block[:160]}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _tell(line: str) -> None:
    sys.stderr.write(f"{line} …\n")


if __name__ == "__main__":
    main()
