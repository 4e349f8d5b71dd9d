"""A notebook from somebody else: its outputs are there, its kernel is not, and nobody trusts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbformat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import ConsoleMessage, Locator, Page, Request

    from e2e.lab import Lab
    from e2e.lab_pages import LabPages

__all__ = ["NO_SUCH_KERNEL", "SavedNotebook", "write_saved"]

NO_SUCH_KERNEL = "no-such-kernel"


def write_saved(lab: Lab, name: str, bundles: Sequence[dict[str, Any]], kernel: str) -> None:
    """Write a notebook with a cell for each of these outputs."""
    cells = [
        nbformat.v4.new_code_cell("w", outputs=[nbformat.v4.new_output("display_data", bundle)])
        for bundle in bundles
    ]
    about = {"kernelspec": {"name": kernel, "display_name": kernel, "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(metadata=about, cells=cells), lab.root / name)


class SavedNotebook:
    """One in a page of JupyterLab, with no kernel; a context manager."""

    def __init__(self, pages: LabPages, name: str) -> None:
        self._pages = pages
        self._name = name
        self.page: Page = pages.take()
        self.requests: list[str] = []
        """Where the page went since the notebook was opened."""
        self.errors: list[str] = []
        """What the page wrote to its console as an error."""

    def __enter__(self) -> SavedNotebook:
        self.page.on("request", self._note_request)
        self.page.on("console", self._note_console)
        self.page.evaluate("name => e2e.open(name)", self._name)
        dialog = self.page.locator(".jp-Dialog")
        dialog.get_by_role("button", name="No Kernel").click()
        dialog.wait_for(state="detached")
        return self

    def __exit__(self, *_: object) -> None:
        self.page.remove_listener("request", self._note_request)
        self.page.remove_listener("console", self._note_console)
        self._pages.give_back(self.page)

    def cell(self, cell: int) -> Locator:
        """A cell on screen."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(cell)

    def is_trusted(self, cell: int) -> bool:
        """Whether Lab trusts a cell's output."""
        return bool(
            self.page.evaluate("([name, cell]) => e2e.isTrusted(name, cell)", [self._name, cell])
        )

    def foreign_requests(self, address: str) -> list[str]:
        """Requests to any place but this; what a page makes itself is of its own place."""
        return [url for url in self.requests if not url.removeprefix("blob:").startswith(address)]

    def _note_request(self, request: Request) -> None:
        self.requests.append(request.url)

    def _note_console(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.errors.append(said.text)
