"""What has changed in a log since somebody looked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from stream_widget.call_log.columns import KINDS
from stream_widget.call_log.reading_run import with_pieces

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from stream_widget.call_log.filters import Filters

__all__ = ["News", "read_news"]

_SELECT: Final = f"select rowid, {', '.join(f'calls.{name}' for name in KINDS)} from calls"  # noqa: S608 - names are ours


class News(NamedTuple):
    """Calls that are new, or were unfinished, in the order in which they came."""

    mark: int
    """To be given to the next question."""
    calls: list[dict[str, Any]]
    """As the table holds them; one that still streams with its text as far as it is on disk."""


def read_news(
    db: sqlite3.Connection,
    after: int,
    unfinished: Iterable[str],
    filters: Filters,
    *,
    latest: int | None = None,
) -> News:
    """The calls behind a mark that pass the filters, and those of these ids in any case.

    Args:
        db: The log.
        after: The mark.
        unfinished: Ids of calls.
        filters: Which of the new ones.
        latest: Of the new ones, at most so many of the latest; ``None`` is all.
    """
    condition, values = filters.where()
    # A mark before the rows: one that comes between the two is news the next time.
    newest: tuple[int | None] = db.execute("select max(rowid) from calls").fetchone()
    rows: list[tuple[Any, ...]] = db.execute(
        f"{_SELECT} where calls.rowid > ? and {condition} order by calls.rowid desc limit ?",
        (after, *values, -1 if latest is None else latest),
    ).fetchall()
    rows += db.execute(
        f"{_SELECT} where calls.rowid <= ? and call_id in (select value from json_each(?))",  # noqa: S608 - ours
        (after, json.dumps([*unfinished])),
    ).fetchall()
    calls = [
        with_pieces(db, dict(zip(KINDS, row[1:], strict=True)))
        for row in sorted(rows, key=lambda row: row[0])
    ]
    return News(max(after, newest[0] or 0, *(row[0] for row in rows), 0), calls)
