"""Ends the calls of processes that are no more, with all that had reached the disk."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Final

from stream_widget.call_log.entry import STREAMING, write_stream
from stream_widget.call_log.owners import is_gone
from stream_widget.call_log.period import microseconds
from stream_widget.call_log.pieces import delete_pieces, read_pieces
from stream_widget.clock import utc_now

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stream_widget.call_log.streamed import Streamed

__all__ = ["finish_interrupted"]

_MESSAGE: Final = (
    "The process that ran this call ended before the call did; its text is what had reached the "
    "disk by then."
)
_UNFINISHED: Final = f"ended_at is null and state = '{STREAMING}'"
"""Its first half is the condition of an index, which makes the question quick."""
_PATIENCE_US: Final = 24 * 3600 * 1_000_000
"""After this, a call that names no process is over: none streams for a day."""
_WAIT_MS: Final = 1000
"""For other processes that write; the next reader will end the calls."""


def finish_interrupted(db: sqlite3.Connection, path: Path) -> None:
    """End what nobody will end any more; quick where there is nothing, and never twice.

    A file that cannot be written, or only by waiting, stays as it is: its calls are seen as they
    were last, until somebody can.

    Args:
        db: A connection to the log that is in no transaction.
        path: The log's file.
    """
    rows: list[tuple[str | None]] = db.execute(
        f"select distinct owner from calls where {_UNFINISHED}"  # noqa: S608 - words of ours
    ).fetchall()
    gone = [owner for (owner,) in rows if owner is None or is_gone(path, owner)]
    if not gone:
        return
    before: tuple[int] = db.execute("pragma busy_timeout").fetchone()
    try:
        db.execute(f"pragma busy_timeout = {_WAIT_MS}")
        _finish(db, gone)
    except sqlite3.OperationalError:
        if db.in_transaction:
            db.execute("rollback")
    finally:
        db.execute(f"pragma busy_timeout = {before[0]}")


def _finish(db: sqlite3.Connection, gone: Sequence[str | None]) -> None:
    latest = microseconds(utc_now()) - _PATIENCE_US
    db.execute("begin immediate")
    for owner in gone:
        # Asked again under the lock: another reader may have been quicker.
        rows: list[tuple[str, int, str | None]] = db.execute(
            "select call_id, started_at, output_text from calls "  # noqa: S608 - words of ours
            f"where {_UNFINISHED} and owner is ? and (owner is not null or started_at < ?)",
            (owner, latest),
        ).fetchall()
        for call_id, started_at, output_text in rows:
            found = read_pieces(db, call_id)
            at_s = None if found is None else found[1]
            db.execute(
                "update calls set state = 'failed', error_kind = 'interrupted', error_message = ?, "
                "ended_at = ?, duration_s = ?, owner = null where call_id = ?",
                (_MESSAGE, started_at + round((at_s or 0) * 1e6), at_s, call_id),
            )
            if found is not None:
                _write_texts(db, call_id, found[0], content=output_text is not None)
    db.execute("commit")


def _write_texts(
    db: sqlite3.Connection, call_id: str, streamed: Streamed, *, content: bool
) -> None:
    if content:
        columns = streamed.columns()
        db.execute(
            f"update calls set {', '.join(f'{name} = ?' for name in columns)} where call_id = ?",  # noqa: S608 - names are ours
            (*columns.values(), call_id),
        )
    if streamed.parts:
        write_stream(db, call_id, streamed.stored())
    delete_pieces(db, call_id)
