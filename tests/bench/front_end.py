"""What the front end costs in a browser: work for each frame, memory, and how soon a click shows.

The page of `js/bench` holds whole widgets whose kernel is the page itself (a stand-in for
anywidget's model, the one of the gallery), in a headless Chromium. The work of a frame is the
processor time of the page's main thread: messages, callbacks, style, layout and paint. It does not
grow when the machine has other things to do; what is told by the clock does. Budgets are those of
DESIGN and of the checks of FRONTEND. Every part repeats in a fresh page; told is the median.

    uv run python tests/bench/front_end.py                       # everything, about 27 minutes
    uv run python tests/bench/front_end.py --only many --seconds 20
    uv run python tests/bench/front_end.py --short               # everything, about 4 minutes
"""

from __future__ import annotations

import argparse
import math
import sys
from typing import TYPE_CHECKING, Final

import front_end_clicks
import front_end_growth
import front_end_many
import front_end_memory
import front_end_unseen
from bench_page import built_page, open_browser
from finding import Finding, show_findings
from playwright.sync_api import Error
from rig import machine

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from front_end_options import Options

from front_end_options import read_options

_PARTS: Final[Mapping[str, Callable[..., Sequence[Finding]]]] = {
    "growth": front_end_growth.measure,
    "rows": front_end_growth.measure_rows,
    "many": front_end_many.measure,
    "memory": front_end_memory.measure,
    "clicks": front_end_clicks.measure,
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What the front end costs in a browser.")
    parser.add_argument("--only", choices=[*_PARTS, "unseen"], action="append", help="these parts")
    options = read_options(parser)
    findings: list[Finding] = []
    with built_page() as built:
        with open_browser() as browser:
            for name in (part for part in _PARTS if _is_asked(part, options)):
                _tell(name)
                findings += _measured(name, _PARTS[name], browser, built.url, options)
        if _is_asked("unseen", options):
            _tell("unseen")
            findings += _measured("unseen", front_end_unseen.measure, built.url, options)
    show_findings(findings)
    sys.stdout.write(f"\n{machine()}; Chromium headless, no GPU\n")


def _measured(
    part: str, measure: Callable[..., Sequence[Finding]], *given: object
) -> Sequence[Finding]:
    """What a part gives; where the page fails, that is told beside what the others gave."""
    try:
        return measure(*given)
    except Error as error:
        return [Finding(f"{part}: failed", math.nan, note=error.message.splitlines()[0])]


def _is_asked(part: str, options: Options) -> bool:
    return not options.only or part in options.only


def _tell(part: str) -> None:
    sys.stderr.write(f"{part} …\n")


if __name__ == "__main__":
    main()
