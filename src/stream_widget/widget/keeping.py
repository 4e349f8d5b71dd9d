"""Runs in files: as a page, as markdown, as JSON."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from stream_widget.errors import InvalidRequestError
from stream_widget.widget.still import still_html, still_markdown, still_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stream_widget.widget.protocol import RunView

__all__ = ["export_runs"]


def export_runs(views: Sequence[RunView], path: str | Path) -> Path:
    """Write runs to a file; its ending (.html, .md or .json) says in which form.

    Raises:
        InvalidRequestError: The ending is none of these.
    """
    path = Path(path)
    writers: dict[str, Callable[[], str]] = {
        ".html": lambda: _html_page(views),
        ".md": lambda: "\n---\n\n".join(map(still_markdown, views)),
        ".json": lambda: json.dumps(views[-1], ensure_ascii=False, indent=1),
    }
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise InvalidRequestError(
            f"export writes {', '.join(writers)}; {path.name!r} ends in none of them."
        )
    path.write_text(writer(), encoding="utf-8", newline="\n")
    return path


def _html_page(views: Sequence[RunView]) -> str:
    title = "\n\n".join(map(still_text, views)).splitlines()[0]
    return (
        '<!doctype html>\n<html><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title>"
        '<meta name="color-scheme" content="light dark"></head>'
        '<body style="font-family:system-ui,sans-serif;max-width:60em;margin:2em auto">'
        f"{''.join(map(still_html, views))}</body></html>\n"
    )
