"""What the writer is given of a call, and how it goes into the tables."""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from stream_widget.call_log.cleaning import Cleaner, Redact
from stream_widget.call_log.columns import CONTENT_COLUMNS, STORED
from stream_widget.call_log.pieces import delete_pieces
from stream_widget.call_log.streamed import read_streamed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stream_widget.call_log.voice import Voice
    from stream_widget.redaction import Redactor
    from stream_widget.run.snapshot import Snapshot

__all__ = ["STREAMING", "Entry", "Row", "write_entry", "write_stream"]

Row: TypeAlias = "Mapping[str, object]"
"""A whole row, by the names of its columns, in the form the table holds."""

STREAMING: Final = "streaming"
"""The state of a call that is not over."""
_UPSERT: Final = (
    f"insert into calls ({', '.join(STORED)}, owner) "  # noqa: S608 - names are ours
    f"values ({', '.join('?' * len(STORED))}, ?) on conflict (call_id) do update set "
    + ", ".join(f"{name} = excluded.{name}" for name in (*STORED, "owner") if name != "call_id")
)
_STREAM: Final = "insert or replace into streams (call_id, parts, timeline) values (?, ?, ?)"
_ROW_FAULTS: Final = (
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    sqlite3.DataError,
    sqlite3.IntegrityError,
    OverflowError,
)
"""What one row can be guilty of: it is dropped, since it would never be taken."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row, and what streamed of its call; texts are put together and cleaned when it is written.

    Nothing of that is done by who hands it over: it takes longer than an engine may wait.
    """

    row: Row
    snapshot: Snapshot | None = None
    """What the attempt received; ``None`` where the row has its texts already."""
    redact: Redact | None = None
    log_content: bool = True
    voice: Voice | None = None
    """Speaks in the run."""

    @property
    def call_id(self) -> str:
        """The call's id."""
        return str(self.row["call_id"])

    @property
    def characters(self) -> int:
        """About how much memory it holds."""
        own = sum(len(value) for value in self.row.values() if isinstance(value, str))
        return own + (0 if self.snapshot is None else self.snapshot.received_characters)


def write_entry(
    db: sqlite3.Connection, entry: Entry, redactor: Redactor, *, owner: str | None
) -> None:
    """Write a row in place of an earlier one of its call; with its end, all of the call.

    Args:
        db: In a transaction.
        entry: The row.
        redactor: Knows the keys.
        owner: The process that will write the call's end.
    """
    cleaner = Cleaner(redactor, entry.redact)
    row, stream = _cleaned(entry, cleaner)
    if entry.voice is not None:
        entry.voice.tell_failure(cleaner.failure)
    over = row["state"] != STREAMING
    values = [*(row[name] for name in STORED), None if over else owner]
    try:
        db.execute(_UPSERT, cast("list[str | int | float | None]", values))
    except _ROW_FAULTS as error:
        _log.warning("The call %s cannot be logged: %s", row["call_id"], error)
        return
    if over:
        delete_pieces(db, entry.call_id)
    if stream is not None:
        write_stream(db, entry.call_id, stream)


def _cleaned(entry: Entry, cleaner: Cleaner) -> tuple[dict[str, object], tuple[str, str] | None]:
    """The row, and the parts and timeline of its stream if it has one."""
    unlogged = frozenset[str]() if entry.log_content else CONTENT_COLUMNS
    row = {
        name: None if name in unlogged else cleaner.column(name, entry.row[name]) for name in STORED
    }
    stream = None
    if entry.snapshot is not None:
        streamed = read_streamed(entry.snapshot, cleaner, log_content=entry.log_content)
        row |= streamed.columns() if entry.log_content else {}
        stream = streamed.stored() if streamed.parts else None
    return row, stream


def write_stream(db: sqlite3.Connection, call_id: str, stored: tuple[str, str]) -> None:
    """Write the parts and the timeline of a call that has ended."""
    db.execute(_STREAM, (call_id, *stored))
