"""A tab that nobody sees while eight answers stream, and the moment it is shown again.

Playwright makes every page believe that it is seen, so this browser is started without it and a
second tab is put in front of the measured one. How soon a browser draws a tab that it shows again
varies more than what there is to draw: beside ours, tabs with the same texts in boxes that only
grow are hidden and shown again.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from bench_page import BenchPage
from finding import TIMES, Finding
from playwright.sync_api import sync_playwright

from e2e import chromium
from e2e.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from front_end_options import Options
    from playwright.sync_api import BrowserContext, Playwright

__all__ = ["measure"]

_RUNS: Final = 8
_TOKENS_PER_S: Final = 60
_RETURN_MS: Final = 100.0
_BLINK_S: Final = 2.0
"""Hardly anything streams in that time: what is left is what any return to the tab costs."""


def measure(url: str, options: Options) -> list[Finding]:
    """Check 16: on return the page paints soon, and all the text."""
    return [
        *_measure_returns(url, options.hidden_s, options.rounds, _RETURN_MS),
        *_measure_returns(url, _BLINK_S, options.rounds, None),
    ]


def _measure_returns(
    url: str, hidden_s: float, rounds: int, budget_ms: float | None
) -> list[Finding]:
    """Ours and, hidden as long at the same time, the same texts in plain boxes."""
    ours: list[_Return] = []
    plain: list[_Return] = []
    for number in range(rounds):
        with sync_playwright() as playwright, ExitStack() as stack:
            tabs = [
                (
                    returns,
                    _HiddenTab(stack.enter_context(_plain_browser(playwright)), url, plain=at == 1),
                )
                for at, returns in enumerate((ours, plain))
            ]
            time.sleep(hidden_s)
            for returns, tab in tabs if number % 2 == 0 else reversed(tabs):
                returns.append(tab.show(hidden_s))
    name = f"{_RUNS} runs, tab hidden for {hidden_s:.0f} s"
    first_ms = [one.first_ms for one in ours]
    plain_ms = median(one.first_ms for one in plain)
    whole_ms = median(one.whole_ms for one in ours)
    busy = median(one.busy for one in ours)
    note = f"{min(first_ms):.0f} to {max(first_ms):.0f}; all text after {whole_ms:.0f} ms"
    return [
        Finding(
            f"{name}: first paint on return",
            median(first_ms),
            budget_ms,
            "ms",
            f"{note}; main thread busy {busy:.1%} while hidden",
        ),
        Finding(
            f"{name}: the same / {_RUNS} plain boxes that only grow",
            median(first_ms) / plain_ms,
            unit=TIMES,
            note=f"these {plain_ms:.0f} ms",
        ),
    ]


@dataclass(frozen=True, slots=True)
class _Return:
    """What one tab did when it was shown again."""

    first_ms: float
    whole_ms: float
    busy: float
    """Share of the time it was hidden in which its main thread had work."""


class _HiddenTab:
    """A page of streams behind another tab."""

    def __init__(self, context: BrowserContext, url: str, *, plain: bool) -> None:
        self._tab = BenchPage(context.pages[0], url)
        asked = {"runs": _RUNS, "tokensPerS": _TOKENS_PER_S, "plain": plain}
        self._tab.call("startHidden", asked)
        context.new_page().bring_to_front()
        if self._tab.page.evaluate("() => document.visibilityState") != "hidden":
            raise RuntimeError("The tab would not hide.")
        self._busy_s = self._tab.busy_s()

    def show(self, hidden_s: float) -> _Return:
        """Bring it to the front, after so long, and wait until all its text is there."""
        busy = (self._tab.busy_s() - self._busy_s) / hidden_s
        self._tab.page.bring_to_front()
        result = self._tab.call("takeHidden")
        return _Return(result["firstMs"], result["wholeMs"], busy)


@contextmanager
def _plain_browser(playwright: Playwright) -> Iterator[BrowserContext]:
    with tempfile.TemporaryDirectory(
        prefix="stream-widget-bench-", ignore_cleanup_errors=True
    ) as home:
        program = chromium.find_or_install(Path(playwright.chromium.executable_path))
        arguments = [
            "--headless=new",
            "--remote-debugging-port=0",
            f"--user-data-dir={home}",
            # All runs fit: what is off screen need not be drawn.
            "--window-size=1600,2400",
            *chromium.ARGUMENTS,
            "about:blank",
        ]
        process = subprocess.Popen([program, *arguments], stderr=subprocess.DEVNULL)
        try:
            file = Path(home) / "DevToolsActivePort"
            port = wait_until(lambda: file.exists() and file.read_text("utf-8"), "Chromium listens")
            address = f"http://127.0.0.1:{port.split()[0]}"
            browser = playwright.chromium.connect_over_cdp(address, no_defaults=True)
            yield browser.contexts[0]
            browser.close()
        finally:
            process.terminate()
            process.wait(timeout=20)
