"""The gallery page: the whole front end with a model of its own, and no kernel."""

from __future__ import annotations

import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlencode

from e2e.one_at_a_time import first_of_this_run, one_at_a_time

if TYPE_CHECKING:
    from types import TracebackType

    from playwright.sync_api import BrowserContext, Page

__all__ = ["AXE", "SETTLED", "Gallery"]

JS = Path(__file__).parents[2] / "js"
AXE = JS / "node_modules" / "axe-core" / "axe.min.js"


SETTLED = """
() => {
  const many = document.querySelectorAll(".sw-runs:not([data-arrangement='stack'])");
  const totals = [...document.querySelectorAll(".sw-totals")];
  return totals.length === many.length && totals.every((each) => each.textContent !== "");
}
"""
"""What several runs in one view need is loaded, and drawn."""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        """Say nothing: what is asked for is no news."""


def _build() -> None:
    done = subprocess.run(
        [sys.executable, JS / "hatch_build.py", "run", "gallery"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"The gallery was not built:\n{done.stdout}\n{done.stderr}"


class Gallery:
    """The built page, served on loopback while this is open."""

    def __enter__(self) -> Self:
        with one_at_a_time("gallery"):
            if first_of_this_run("gallery"):
                _build()
        handler = partial(_Quiet, directory=JS / "dist" / "gallery")
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def open(self, context: BrowserContext, **query: str | int) -> Page:
        """A page that shows what the query asks for; see ``js/gallery/gallery.ts``."""
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{self._server.server_port}/index.html?{urlencode(query)}")
        page.wait_for_function("() => 'gallery' in globalThis")
        if "only" in query:  # of all scenes most are off screen, and drawn seldom
            page.wait_for_function(SETTLED)
        return page
