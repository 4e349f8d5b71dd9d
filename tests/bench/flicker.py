"""What jumps, vanishes or comes back on screen while a run streams, and a recording to look at.

A run with reasoning that folds and an answer with headings, lists, code, tables, quotes and maths
streams in the page of `js/bench`. After every frame each block on screen is compared with where it
was, relative to its text; the browser's layout shifts are counted beside it. With ``--frames`` the
screen is recorded, a picture a frame as far as the machine keeps up, named by the milliseconds.

    uv run python tests/bench/flicker.py [--units 6000] [--width 900] [--frames FOLDER]
"""

from __future__ import annotations

import argparse
import base64
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bench_page import BenchPage, built_page, open_browser
from finding import Finding, show_findings
from rig import machine

if TYPE_CHECKING:
    from collections.abc import Sequence

_KINDS: Final = {
    "jumps": "blocks that moved up or down in their text",
    "slides": "blocks that moved left or right",
    "gone": "blocks that were taken from the page",
    "replaced": "of those, drawn again in another node",
    "parts": "parts of the card that moved in it",
}
_GOOD_SHIFT: Final = 0.1
"""What https://web.dev/articles/cls calls good."""
_TOLD: Final = 8


def main() -> None:
    """Watch and print."""
    parser = argparse.ArgumentParser(description="What flickers while a run streams.")
    parser.add_argument("--units", type=int, default=6000, help="length of the answer")
    parser.add_argument("--width", type=int, default=900, help="of the page, in CSS pixels")
    parser.add_argument("--frames", type=Path, help="a folder for the recording")
    given = parser.parse_args()
    viewport = {"width": given.width, "height": 800}
    with built_page() as built, open_browser() as browser:
        page = BenchPage(browser.new_page(viewport=viewport), built.url)
        if given.frames is not None:
            _record(page, given.frames)
        flicker = page.call("watchFlicker", {"units": given.units})
        page.close()
    _report(flicker)


def _record(page: BenchPage, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)

    def keep(frame: dict[str, Any]) -> None:
        name = f"{frame['metadata']['timestamp'] * 1000:.0f}.jpg"
        folder.joinpath(name).write_bytes(base64.b64decode(frame["data"]))
        page.cdp.send("Page.screencastFrameAck", {"sessionId": frame["sessionId"]})

    page.cdp.on("Page.screencastFrame", keep)
    page.cdp.send("Page.startScreencast", {"format": "jpeg", "quality": 80})


def _report(flicker: dict[str, Any]) -> None:
    score = sum(event["by"] for event in flicker["shifts"])
    findings = [Finding("layout shifts, all together", score, _GOOD_SHIFT, "points")]
    for kind, what in _KINDS.items():
        events = flicker[kind]
        frames = len({event["atMs"] for event in events})
        findings.append(Finding(what, len(events), note=f"in {frames} frames"))
    show_findings(findings)
    for kind in ["shifts", *_KINDS]:
        _tell_some(kind, flicker[kind])
    sys.stdout.write(f"\n{flicker['frames']} frames; {machine()}; Chromium headless\n")


def _tell_some(kind: str, events: Sequence[dict[str, Any]]) -> None:
    """The largest of a kind, and when."""
    for event in sorted(events, key=lambda one: -abs(one["by"]))[:_TOLD]:
        at_s = event["atMs"] / 1000
        sys.stdout.write(f"{kind}: {event['by']:.3g} at {at_s:.1f} s: {event['what'][:240]}\n")


if __name__ == "__main__":
    main()
