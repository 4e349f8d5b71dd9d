"""A JupyterLab in a browser with a scripted server beside it, and a plain table."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

# A program in tests/bench is started by its path: this makes `e2e` known to it, as to pytest.
sys.path.insert(0, str(Path(__file__).parents[1]))

from typing import TYPE_CHECKING, Final, TypeVar

from e2e import chromium
from e2e.kernels import KERNEL_7
from e2e.lab import Lab
from e2e.lab_pages import LabPages
from e2e.notebook import Notebook

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["machine", "open_notebook", "percentile", "show_table", "verdict"]

HERE: Final = Path(__file__).parent
AnyNotebook = TypeVar("AnyNotebook", bound=Notebook)


@contextmanager
def open_notebook(
    *cells: str, kind: type[AnyNotebook] = Notebook, script: str = ""
) -> Iterator[AnyNotebook]:
    """A notebook with these cells in a JupyterLab of its own; its kernel can import `in_kernel`.

    Args:
        cells: The sources of the cells.
        kind: The page object to drive it with.
        script: JavaScript that runs in the page before anything else does.
    """
    with (
        tempfile.TemporaryDirectory(prefix="stream-widget-bench-") as home,
        Lab(Path(home), None, variables={"PYTHONPATH": str(HERE)}) as lab,
        sync_playwright() as playwright,
    ):
        program = chromium.find_or_install(Path(playwright.chromium.executable_path))
        browser = playwright.chromium.launch(executable_path=program, args=[*chromium.ARGUMENTS])
        try:
            context = browser.new_context(viewport={"width": 1200, "height": 900})
            context.add_init_script(script)
            yield kind(
                lab,
                LabPages(lab, context),
                lab.write_notebook("bench.ipynb", cells, kernel=KERNEL_7),
            )
        finally:
            browser.close()


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def show_table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows as columns, the first row being the heads."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.rjust(width) if i else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        sys.stdout.write("  ".join(cells).rstrip() + "\n")


def verdict(value: float, budget: float) -> str:
    """Whether a value that should be small is."""
    return "within" if value <= budget else "OVER"


def machine() -> str:
    """What else a reader must know to judge a time: the cores, and how busy they were."""
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    return f"{os.cpu_count()} cores, load {load}, Python {platform.python_version()}"
