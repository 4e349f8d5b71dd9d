"""An export that a page makes by itself, as the file a person gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

__all__ = ["save_export"]


def save_export(page: Page, kind: str, folder: Path, menu: str = "More") -> Path:
    """Export by the menu of a run, or by another one; where the file is."""
    page.get_by_role("button", name=menu, exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=f"Export as {kind}").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path
