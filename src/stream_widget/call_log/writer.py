"""The thread that writes rows, so that nobody else waits for the disk."""

from __future__ import annotations

import logging
import sqlite3
import threading
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from stream_widget.call_log.columns import STORED
from stream_widget.call_log.database import NewerLogError
from stream_widget.clock import monotonic_s
from stream_widget.redaction import Redactor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stream_widget.call_log.database import Database

__all__ = ["Row", "Writer"]

Row: TypeAlias = "Mapping[str, object]"
"""A whole row, by the names of its columns, in the form the table holds."""

_MOST_PENDING: Final = 10_000
"""Rows kept for a disk that does not take them; beyond, the oldest go."""
_PAUSES_S: Final = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""Before the tries that follow a failure; the last holds for all later ones."""
_LAST_PAUSE: Final = len(_PAUSES_S) - 1

_UPSERT: Final = (
    f"insert into calls ({', '.join(STORED)}) values ({', '.join('?' * len(STORED))}) "  # noqa: S608 - names are ours
    "on conflict (call_id) do update set "
    + ", ".join(f"{name} = excluded.{name}" for name in STORED if name != "call_id")
)
_ROW_FAULTS: Final = (
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    sqlite3.DataError,
    sqlite3.IntegrityError,
    OverflowError,
)
"""What one row can be guilty of: it is dropped, since it would never be taken."""

_log = logging.getLogger(__name__)


class Writer:
    """Takes rows from any thread and writes the latest form of each, many in one transaction.

    A row that the disk does not take stays pending and is tried again, after longer and longer
    pauses, or at once when someone asks for a flush.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._pending: dict[str, Row] = {}
        self._put = 0
        self._written = 0
        self._failures = 0
        """Failed tries over all time."""
        self._failed_in_a_row = 0
        self._retry_at_s = 0.0
        self._dropped = 0
        self._closing = False
        self.problem: str | None = None
        """Why rows are waiting; ``None`` while the disk takes them."""

    def put(self, row: Row) -> None:
        """Have a row written soon, in place of an earlier one with its ``call_id``."""
        with self._changed:
            self._pending[str(row["call_id"])] = row
            self._trim()
            self._put += 1
            self._start()
            self._changed.notify_all()

    def flush(self, *, timeout_s: float | None = None) -> bool:
        """Wait until all rows put so far are on disk; False if the disk refused or time ran out."""
        with self._changed:
            goal, failures = self._put, self._failures
            if self._written >= goal:
                return True
            self._start()
            self._retry_at_s = 0.0
            self._changed.notify_all()
            self._changed.wait_for(
                lambda: self._written >= goal or self._failures > failures, timeout_s
            )
            return self._written >= goal

    def close(self, *, timeout_s: float = 5.0) -> None:
        """Write what is pending, end the thread and let go of the file; a later row starts anew."""
        with self._changed:
            thread, self._closing = self._thread, True
            self._retry_at_s = 0.0
            self._changed.notify_all()
        # The garbage collector may close a forgotten log on any thread, so on this one too.
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout_s)
        with self._changed:
            if self._thread is None or not self._thread.is_alive():
                self._database.close()

    def _start(self) -> None:
        # After a fork the child has the object but not its thread.
        if self._thread is None or not self._thread.is_alive():
            self._closing = False
            self._thread = threading.Thread(
                target=self._work, name="stream_widget log", daemon=True
            )
            self._thread.start()

    def _work(self) -> None:
        while (taken := self._take()) is not None:
            batch, goal = taken
            problem = self._write(batch)
            if problem is not None and self.problem is None:
                _log.warning("%s", problem)
            with self._changed:
                self._settle(batch, goal, problem)
                if self._closing and problem is not None:
                    self._thread = None
                    return

    def _take(self) -> tuple[dict[str, Row], int] | None:
        """Wait for rows that are due and take them all; ``None`` ends the thread."""
        with self._changed:
            while not (self._pending and monotonic_s() >= self._retry_at_s):
                if self._closing and not self._pending:
                    self._thread = None
                    return None
                self._changed.wait(self._pause_s())
            batch, self._pending = self._pending, {}
            return batch, self._put

    def _pause_s(self) -> float | None:
        """Seconds until the next try; ``None`` waits for a row."""
        return max(self._retry_at_s - monotonic_s(), 0.0) if self._pending else None

    def _settle(self, batch: dict[str, Row], goal: int, problem: str | None) -> None:
        if problem is None:
            self._written, self._failed_in_a_row, self.problem = goal, 0, None
        else:
            self._pending = {**batch, **self._pending}
            self._trim()
            self._retry_at_s = monotonic_s() + _PAUSES_S[min(self._failed_in_a_row, _LAST_PAUSE)]
            self._failures += 1
            self._failed_in_a_row += 1
            self.problem = problem
        self._changed.notify_all()

    def _trim(self) -> None:
        while len(self._pending) > _MOST_PENDING:
            del self._pending[next(iter(self._pending))]
            self._dropped += 1
            if self._dropped == 1:
                _log.warning("Too many calls wait for the disk: the oldest will not be logged.")

    def _write(self, batch: dict[str, Row]) -> str | None:
        """Write rows in one transaction; what hinders it, or ``None``."""
        try:
            redactor = Redactor()
            with self._database.writing() as db:
                for row in batch.values():
                    _upsert(db, row, redactor)
        except NewerLogError as error:
            return str(error)
        except (sqlite3.Error, OSError) as error:
            if self._database.gave_up_file(error):
                return self._write(batch)
            return f"The call log cannot be written now ({error}); rows are kept until it can be."
        return None


def _upsert(db: sqlite3.Connection, row: Row, redactor: Redactor) -> None:
    values = [_clean(name, row[name], redactor) for name in STORED]
    try:
        db.execute(_UPSERT, cast("list[str | int | float | None]", values))
    except _ROW_FAULTS as error:
        _log.warning("The call %s cannot be logged: %s", row["call_id"], error)


def _clean(name: str, value: object, redactor: Redactor) -> object:
    """Text without keys and without half characters, which SQLite does not take."""
    if not isinstance(value, str):
        return value
    redacted = redactor.error(value) if name == "error_message" else redactor.content(value)
    return redacted if redacted.isascii() else redacted.encode(errors="replace").decode()
