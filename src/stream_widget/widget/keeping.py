"""Runs in files: as a page, as markdown, as JSON that loads again."""

from __future__ import annotations

import importlib.metadata
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict

from stream_widget.clock import utc_now
from stream_widget.errors import InvalidRequestError
from stream_widget.widget.facts import run_facts
from stream_widget.widget.page import html_page
from stream_widget.widget.read_document import SCHEMA
from stream_widget.widget.still import still_markdown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stream_widget.widget.protocol import Arrangement, RunView

__all__ = ["ExportedDocument", "export_runs", "exported_document", "markdown_of"]

_MARKUP: Final = re.compile(r"([\\`*_{}\[\]<>#|])")


class ExportedDocument(TypedDict):
    """Runs as a JSON file holds them; ``load`` reads it, and so does the page's own code."""

    schema: int
    layout: Arrangement
    made_by: str
    exported_at: str
    """In UTC, in the form of ISO 8601."""
    runs: list[RunView]


def exported_document(views: Sequence[RunView], arrangement: Arrangement) -> ExportedDocument:
    """The document of runs as they are now."""
    return {
        "schema": SCHEMA,
        "layout": arrangement,
        "made_by": f"stream_widget {importlib.metadata.version('stream-widget')}",
        "exported_at": utc_now().isoformat(timespec="seconds").replace("+00:00", "Z"),
        "runs": list(views),
    }


def markdown_of(views: Sequence[RunView]) -> str:
    """The runs as markdown, each with its facts above it."""
    return "\n---\n\n".join(f"{_facts(view)}\n\n{still_markdown(view)}" for view in views)


def export_runs(document: ExportedDocument, path: str | Path) -> Path:
    """Write runs to a file; its ending (.html, .md or .json) says in which form.

    Raises:
        InvalidRequestError: The ending is none of these.
    """
    path = Path(path)
    writers: dict[str, Callable[[], str]] = {
        ".html": lambda: html_page(document),
        ".md": lambda: markdown_of(document["runs"]),
        ".json": lambda: json.dumps(document, ensure_ascii=False, indent=1) + "\n",
    }
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise InvalidRequestError(
            f"export writes {', '.join(writers)}; {path.name!r} ends in none of them."
        )
    # Half a character, which a model may end with, is in no file.
    path.write_bytes(writer().encode("utf-8", "replace"))
    return path


def _facts(view: RunView) -> str:
    lines = [f"# {_line(view['name'] or view['model'])}", ""]
    lines += [f"- **{name}:** {_line(value)}" for name, value in run_facts(view)]
    return "\n".join(lines)


def _line(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
