"""A tab that nobody sees while eight answers stream, and the moment it is shown again.

Playwright makes every page believe that it is seen, so this browser is started without it and a
second tab is put in front of the measured one.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench_page import BenchPage
from finding import Finding
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
        _measure_return(url, options.hidden_s, _RETURN_MS),
        _measure_return(url, _BLINK_S, None),
    ]


def _measure_return(url: str, hidden_s: float, budget_ms: float | None) -> Finding:
    with sync_playwright() as playwright, _plain_browser(playwright) as context:
        page = BenchPage(context.pages[0], url)
        page.call("startHidden", {"runs": _RUNS, "tokensPerS": _TOKENS_PER_S})
        in_front = context.new_page()
        in_front.bring_to_front()
        if page.page.evaluate("() => document.visibilityState") != "hidden":
            raise RuntimeError("The tab would not hide.")
        busy_s = page.busy_s()
        time.sleep(hidden_s)
        busy = (page.busy_s() - busy_s) / hidden_s
        page.page.bring_to_front()
        result = page.call("takeHidden")
    name = f"{_RUNS} runs, tab hidden for {hidden_s:.0f} s"
    whole = f"all text after {result['wholeMs']:.0f} ms"
    note = f"{whole}; main thread busy {busy:.1%} while hidden"
    return Finding(f"{name}: first paint on return", result["firstMs"], budget_ms, "ms", note)


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
