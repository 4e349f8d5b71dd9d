"""Old calls out of the log, with all that belongs to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stream_widget.call_log.entry import STREAMING

if TYPE_CHECKING:
    import sqlite3

    from stream_widget.call_log.filters import Filters

__all__ = ["count_prunable", "prune_calls"]


def count_prunable(db: sqlite3.Connection, filters: Filters) -> int:
    """How many calls `prune_calls` would delete."""
    condition, values = _prunable(filters)
    found: tuple[int] = db.execute(
        f"select count(*) from calls where {condition}",  # noqa: S608 - names are ours, values are bound
        values,
    ).fetchone()
    return found[0]


def prune_calls(db: sqlite3.Connection, filters: Filters) -> int:
    """Delete the calls that pass the filters and have ended, in the open transaction; how many."""
    condition, values = _prunable(filters)
    db.execute(
        f"delete from streams where call_id in (select call_id from calls where {condition})",  # noqa: S608 - as above
        values,
    )
    gone = db.execute(f"delete from calls where {condition}", values).rowcount  # noqa: S608 - as above
    db.execute(
        "delete from annotations where not exists "
        "(select 1 from calls where calls.run_id = annotations.run_id)"
    )
    return gone


def _prunable(filters: Filters) -> tuple[str, list[str | int]]:
    """What still streams stays: somebody will write its end."""
    condition, values = filters.where()
    return f"calls.state <> '{STREAMING}' and {condition}", values
