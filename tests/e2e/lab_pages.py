"""Pages with JupyterLab in them, used again: loading one takes longer than most tests."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Final

from e2e.as_written import AS_WRITTEN

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from e2e.lab import Lab

__all__ = ["LabPages"]

_SCRIPT: Final = Path(__file__).with_name("notebook.js").read_text("utf-8")


class LabPages:
    """Pages of one person's browser; each is lent to one notebook at a time."""

    def __init__(self, lab: Lab, context: BrowserContext, *, name: str = "page") -> None:
        self._lab = lab
        self._name = name
        self._context = context
        self._free: list[Page] = []
        self._numbers = itertools.count(1)

    def take(self) -> Page:
        """A page in which JupyterLab shows no document."""
        return self._free.pop() if self._free else self._load()

    def give_back(self, page: Page) -> None:
        """Close the page's documents, whatever is unsaved in them, and keep the page."""
        if not page.is_closed():
            page.evaluate("() => e2e.clear()")
            self._free.append(page)

    def _load(self) -> Page:
        page = self._context.new_page()
        page.add_init_script(AS_WRITTEN)
        page.add_init_script(_SCRIPT)
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(self._lab.address_of_workspace(f"{self._name}-{next(self._numbers)}"))
        page.wait_for_function("() => e2e.isLoaded()", timeout=60_000)
        return page
