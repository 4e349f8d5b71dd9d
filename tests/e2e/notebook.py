"""A notebook in a browser's page: what a person does with it, and what they see."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

from e2e.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import ConsoleMessage, Error, Locator, Page, WebSocket

    from e2e.lab import Lab
    from e2e.lab_pages import LabPages

__all__ = ["Notebook"]

_LABS_OWN = (
    "Could not restore the debugger state",
    "Canceled future for create_subshell_request message",
)
"""What Lab says when a kernel restarts or goes while Lab asks it something (2026-11, Lab 4.6)."""


class Notebook:
    """One notebook in one page."""

    def __init__(self, lab: Lab, pages: LabPages, path: Path) -> None:
        self.path = path
        self.page_errors: list[str] = []
        """Errors that no code of the page caught."""
        self.console_errors: list[str] = []
        """What the page wrote to its console as an error, but for what is Lab's own business."""
        self.frames: list[str | bytes] = []
        """What came from the kernels over websockets, in order."""
        self.sent_frames: list[str | bytes] = []
        self.lab = lab
        self._pages = pages
        self._tabs: list[Notebook] = []
        self.page: Page = pages.take()
        self.page.on("websocket", self._listen)
        self.page.on("pageerror", self._note_error)
        self.page.on("console", self._note_console)
        self._call("open")
        self.wait_until_ready()

    def close(self) -> None:
        """Close the notebook in all its tabs; its kernel goes on."""
        for tab in self._tabs:
            tab.close()
        self.page.remove_listener("websocket", self._listen)
        self.page.remove_listener("pageerror", self._note_error)
        self.page.remove_listener("console", self._note_console)
        self._pages.give_back(self.page)

    # The page

    def wait_until_ready(self) -> None:
        """Wait until the notebook is shown and its kernel answers."""
        self.page.wait_for_function("name => e2e.isReady(name)", arg=self.path.name, timeout=60_000)

    def reload(self) -> None:
        """Save, and load the page anew."""
        self.save()
        self.page.goto(self.lab.address_of(self.path.name))
        self.wait_until_ready()

    def second_tab(self) -> Notebook:
        """The same notebook in another page."""
        self._tabs.append(Notebook(self.lab, self._pages, self.path))
        return self._tabs[-1]

    def second_view(self, cell: int) -> None:
        """Show a cell's output a second time, in a panel of its own."""
        self._call("secondView", cell)

    def use_theme(self, name: Literal["JupyterLab Light", "JupyterLab Dark"]) -> None:
        """Change the colours of the whole page."""
        self._call("useTheme", name)

    def screenshot(self, path: Path) -> None:
        """Write a picture of what is on screen."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path)

    # Cells and kernel

    def run(self, cell: int, *, timeout_s: float = 30.0) -> None:
        """Run a cell and wait until it is done."""
        self.start(cell)
        self.wait_until_done(cell, timeout_s=timeout_s)

    def start(self, cell: int) -> None:
        """Run a cell; do not wait."""
        self._call("start", cell)

    def is_done(self, cell: int) -> bool:
        """Whether the last `start` of a cell came to its end."""
        return bool(self._call("isDone", cell))

    def wait_until_done(self, cell: int, *, timeout_s: float = 30.0) -> None:
        """Wait until a started cell has come to its end."""
        try:
            self.page.wait_for_function(
                "([name, cell]) => e2e.isDone(name, cell)",
                arg=[self.path.name, cell],
                timeout=timeout_s * 1000,
            )
        except Exception as error:
            error.add_note(f"cell {cell}: {self.outputs(cell)!r}")
            raise

    def run_all(self) -> None:
        """Run every cell and wait."""
        for cell in range(self._call("count")):
            self.run(cell)

    def set_source(self, cell: int, source: str) -> None:
        """Write another text into a cell."""
        self._call("setSource", cell, source)

    def kernel_status(self) -> str:
        """What Lab thinks of the kernel: idle, busy, restarting…"""
        return str(self._call("status"))

    def wait_for_kernel(self, status: str) -> None:
        """Wait until Lab thinks so of the kernel."""
        wait_until(lambda: self.kernel_status() == status, f"the kernel is {status}")

    def interrupt_kernel(self) -> None:
        """What the Interrupt button does."""
        self._call("interrupt")

    def restart_kernel(self) -> None:
        """Restart the kernel and wait until the new one answers."""
        self._call("restart")
        self.wait_until_ready()

    # What is there to read

    def outputs(self, cell: int) -> list[dict[str, Any]]:
        """The outputs of a cell as the notebook file would hold them."""
        return list(self._call("outputs", cell))

    def printed(self, cell: int) -> str:
        """What a cell printed; an error's last line if it ended with one."""
        text = ""
        for output in self.outputs(cell):
            text += "".join(output.get("text", ""))
            if output["output_type"] == "error":
                text += f"{output['ename']}: {output['evalue']}"
        return text

    def value(self, cell: int, kind: str = "text/plain") -> str:
        """What a cell shows of its value in this MIME type; ``""`` for nothing."""
        for output in self.outputs(cell):
            if kind in output.get("data", {}):
                return "".join(output["data"][kind])
        return ""

    def wait_for_value(self, cell: int, kind: str) -> str:
        """Wait until a cell shows its value in this MIME type as well; the value."""
        return wait_until(lambda: self.value(cell, kind), f"cell {cell} has {kind}")

    def save(self) -> None:
        """Save the notebook's file."""
        self._call("save")

    def saved(self) -> dict[str, Any]:
        """The notebook's file as it is on disk."""
        return dict(json.loads(self.path.read_text("utf-8")))

    def cell(self, cell: int) -> Locator:
        """A cell on screen."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(cell)

    def all_frames(self) -> bytes:
        """Everything that went over the websockets, both ways."""
        frames = [*self.frames, *self.sent_frames]
        return b"\n".join(f if isinstance(f, bytes) else f.encode() for f in frames)

    def _call(self, function: str, *arguments: object) -> Any:
        expression = f"([name, ...rest]) => e2e.{function}(name, ...rest)"
        return self.page.evaluate(expression, [self.path.name, *arguments])

    def _listen(self, socket: WebSocket) -> None:
        if "/api/kernels/" in socket.url:
            socket.on("framereceived", self._note_received)
            socket.on("framesent", self._note_sent)

    def _note_received(self, frame: str | bytes) -> None:
        self.frames.append(frame)

    def _note_sent(self, frame: str | bytes) -> None:
        self.sent_frames.append(frame)

    def _note_error(self, error: Error) -> None:
        if not _is_labs_own(error.message):
            self.page_errors.append(f"{error.message}\n{error.stack or ''}")

    def _note_console(self, said: ConsoleMessage) -> None:
        if said.type == "error" and not _is_labs_own(said.text):
            self.console_errors.append(said.text)


def _is_labs_own(words: str) -> bool:
    return words.removeprefix("Error: ").startswith(_LABS_OWN)
