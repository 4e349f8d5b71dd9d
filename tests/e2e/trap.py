"""A server that nobody should ever ask, and what a page does while it is watched."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self

from playwright.sync_api import Error

if TYPE_CHECKING:
    from playwright.sync_api import Dialog, Page, Request

__all__ = ["Trap", "Watched"]


class Trap:
    """Answers on loopback, and remembers who asked for what; a context manager."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        asked = self.asked

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(f"{self.command} {self.path}")
                self.send_response(200)
                self.send_header("Access-Control-Allow-Origin", "*")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_POST(self) -> None:
                self.do_GET()

            def do_OPTIONS(self) -> None:
                self.do_GET()

            def log_message(self, *_args: object) -> None:
                """Say nothing: it is remembered."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def host(self) -> str:
        """Its name and port, as they stand in an address."""
        return f"127.0.0.1:{self._server.server_port}"


class Watched:
    """What a page asks for, opens or runs while hostile texts are on it; a context manager.

    Args:
        page: The page.
        trap: Where the texts try to make it go.
    """

    def __init__(self, page: Page, trap: Trap) -> None:
        self.page = page
        self.requests: list[str] = []
        self._trap = trap
        self._dialogs: list[str] = []
        self._opened: list[str] = []

    def __enter__(self) -> Self:
        self.page.on("request", self._note_request)
        self.page.on("dialog", self._note_dialog)
        self.page.on("popup", self._note_popup)
        return self

    def __exit__(self, *_: object) -> None:
        self.page.remove_listener("request", self._note_request)
        self.page.remove_listener("dialog", self._note_dialog)
        self.page.remove_listener("popup", self._note_popup)

    def faults(self, *, scripts: bool = True) -> list[str]:
        """What the texts have made the page do; it has time to do it.

        Args:
            scripts: Whether the page may run any; one that may not is ready when it is loaded.
        """
        if scripts:
            # Whatever a new node starts has started two frames later.
            self.page.evaluate(
                "() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))"
            )
            if self.page.evaluate("() => globalThis.pwned"):
                self._opened.append("a script of a text has run")
        tried = [url for url in self.requests if self._trap.host in url]
        return [*self._trap.asked, *tried, *self._dialogs, *self._opened]

    def _note_request(self, request: Request) -> None:
        self.requests.append(request.url)

    def _note_dialog(self, dialog: Dialog) -> None:
        self._dialogs.append(f"dialog {dialog.message}")
        # The page may have a listener of its own that was quicker.
        try:
            dialog.dismiss()
        except Error as error:
            self._dialogs.append(error.message)

    def _note_popup(self, popup: Page) -> None:
        self._opened.append(f"opened {popup.url}")
