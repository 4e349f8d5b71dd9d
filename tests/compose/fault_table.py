"""What `test_fault_table` found, as a table for the summary of the test run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stream_widget.widget import StreamWidget

__all__ = ["lines", "note"]

_HEAD = ("fault", "wire", "at", "state", "kind", "attempts", "reasoning", "answer")
_rows: list[tuple[str, ...]] = []


def note(fault: str, wire: str, at: str, w: StreamWidget) -> None:
    """Take down how a run ended."""
    kind = "" if w.error is None else w.error.kind
    kept = (str(len(w.reasoning_text)), str(len(w.output_text)))
    _rows.append((fault, wire, at, w.state, kind, str(len(w.calls)), *kept))


def lines() -> list[str]:
    """The table, empty if nothing was taken down; lengths are in characters."""
    if not _rows:
        return []
    rows = [_HEAD, *sorted(_rows)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
