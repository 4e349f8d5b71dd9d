"""What `test_fault_table` found, as a table for the summary of the test run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stream_widget.widget import StreamWidget

__all__ = ["PROPERTY", "lines", "row"]

PROPERTY: Final = "fault table"
"""Rows travel with their tests' reports: they may come from another process."""

_HEAD = ("fault", "wire", "at", "state", "kind", "attempts", "reasoning", "answer")


def row(fault: str, wire: str, at: str, w: StreamWidget) -> list[str]:
    """How a run ended; lengths are in characters."""
    kind = "" if w.error is None else w.error.kind
    kept = (str(len(w.reasoning_text)), str(len(w.output_text)))
    return [fault, wire, at, w.state, kind, str(len(w.calls)), *kept]


def lines(rows: Iterable[list[str]]) -> list[str]:
    """The table."""
    table = [_HEAD, *sorted(rows)]
    widths = [max(len(cells[column]) for cells in table) for column in range(len(_HEAD))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
        for cells in table
    ]
