"""The page of the measurements: built from `js/bench`, served here, and driven from Python."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import sync_playwright

# A program in tests/bench is started by its path: this makes `e2e` known to it, as to pytest.
sys.path.insert(0, str(Path(__file__).parents[1]))

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from e2e import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playwright.sync_api import Browser, CDPSession, Page

__all__ = ["BenchPage", "Built", "built_page", "open_browser"]

_BUILD: Final = Path(__file__).parents[2] / "js" / "hatch_build.py"
_TIMEOUT_MS: Final = 600_000


class Built(NamedTuple):
    """The page, served as long as its context is open."""

    url: str
    sizes: Mapping[str, Mapping[str, int]]
    """Bytes of each renderer by itself, minified and compressed."""


class _Handler(SimpleHTTPRequestHandler):
    """Tells the browser that the page is by itself: its clock is finer then."""

    def end_headers(self) -> None:
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


class BenchPage:
    """One fresh page of the measurements, and the browser's own numbers about it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.cdp: CDPSession = page.context.new_cdp_session(page)
        page.set_default_timeout(_TIMEOUT_MS)
        page.goto(url)
        page.wait_for_function("() => globalThis.bench !== undefined")
        # Of the thread's own time, in which other work of the machine does not count.
        self.cdp.send("Performance.enable", {"timeDomain": "threadTicks"})

    def call(self, function: str, *arguments: object) -> Any:
        """What a function of the page gives for these arguments."""
        return self.page.evaluate(
            f"(given) => bench.{function}(...given)", json.loads(json.dumps(arguments))
        )

    def metrics(self) -> dict[str, float]:
        """The browser's counters: seconds of tasks, bytes of heap, nodes, listeners."""
        counters = self.cdp.send("Performance.getMetrics")["metrics"]
        return {counter["name"]: counter["value"] for counter in counters}

    def busy_s(self) -> float:
        """Processor time that all tasks of the page's main thread have taken so far."""
        return self.metrics()["TaskDuration"]

    def collect_garbage(self) -> None:
        """Free what nobody can reach."""
        for _ in range(3):
            self.cdp.send("HeapProfiler.collectGarbage")

    def close(self) -> None:
        """Close the page."""
        self.page.close()


@contextmanager
def built_page() -> Iterator[Built]:
    """Build the page and serve it on loopback."""
    with tempfile.TemporaryDirectory(prefix="stream-widget-bench-page-") as folder:
        subprocess.run(
            [sys.executable, str(_BUILD), "run", "--silent", "bench", "--", folder], check=True
        )
        handler = partial(_Handler, directory=folder)
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, name="bench page", daemon=True).start()
        try:
            url = f"http://127.0.0.1:{server.server_port}/index.html"
            yield Built(url, json.loads(Path(folder, "sizes.json").read_text("utf-8")))
        finally:
            server.shutdown()
            server.server_close()


@contextmanager
def open_browser() -> Iterator[Browser]:
    """A Chromium without a notebook."""
    with sync_playwright() as playwright:
        program = chromium.find_or_install(Path(playwright.chromium.executable_path))
        browser = playwright.chromium.launch(executable_path=program, args=[*chromium.ARGUMENTS])
        try:
            yield browser
        finally:
            browser.close()
