"""The log of calls: rows go in by a thread, a DataFrame comes out."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import weakref
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from stream_widget.call_log.analysis import LogAnalysis
from stream_widget.call_log.answers import RecentAnswers, read_recent_answers
from stream_widget.call_log.database import Database, UnusableLogError
from stream_widget.call_log.entry import Entry
from stream_widget.call_log.otel_attributes import read_otel
from stream_widget.call_log.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Generator

    from stream_widget.call_log.entry import Row
    from stream_widget.call_log.following import Following
    from stream_widget.call_log.otel_attributes import OtelAttributes
    from stream_widget.call_log.otel_names import Spelling
    from stream_widget.call_log.plots import AttemptArrivals, Plots

__all__ = ["CallLog"]

_IN_MEMORY: Final = ":memory:"
_FLUSH_TIMEOUT_S: Final = 15.0
"""Longer than one statement waits for another process."""

_log = logging.getLogger(__name__)


class CallLog(LogAnalysis):
    """A table of calls in a file that several kernels may write at once.

    Making one touches no disk: the file is made with its first row or its first reader. Every
    method may be called from any thread.

    Args:
        path: The file; ``":memory:"`` keeps rows as long as the log lives; ``None`` is the file
            that ``STREAM_WIDGET_LOG`` names when the log is first used, else ``calls.db`` in the
            user's data folder.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self._asked = path
        self._lock = threading.Lock()
        self._opened: tuple[Database, Writer] | None = None

    @property
    def path(self) -> Path | None:
        """The file; ``None`` for a log in memory, also where the file asked for cannot be used."""
        opened = self._opened
        return _path(self._asked) if opened is None else opened[0].path

    @property
    def problem(self) -> str | None:
        """Why calls are not reaching the disk, in a sentence to show; ``None`` while they are."""
        opened = self._opened
        return None if opened is None else opened[1].problem or opened[0].problem

    def put(self, row: Row) -> None:
        """Have a whole row written soon, in place of an earlier one with its ``call_id``.

        Returns at once, whatever the disk does.
        """
        self._open()[1].put(Entry(row))

    def put_call(self, entry: Entry, *, follow: Following | None = None) -> None:
        """Have the row of a call written soon, as `put` does.

        Args:
            entry: The row, and at the call's end what streamed of it.
            follow: What to look at until the call's next row: it is on disk a quarter of a second
                after it came.
        """
        self._open()[1].put(entry, follow=follow)

    def flush(self, *, timeout_s: float | None = _FLUSH_TIMEOUT_S) -> bool:
        """Wait until all rows put so far are written.

        Args:
            timeout_s: Seconds to wait at most; ``None`` waits for as long as it takes.

        Returns:
            Whether they are; if not, `problem` says why, and they are written when they can be.
        """
        opened = self._opened
        return opened is None or opened[1].flush(timeout_s=timeout_s)

    def close(self) -> None:
        """Write what is pending, end the writer's thread and let go of the file.

        The log stays usable: the next row or reader opens it again. Rows in memory are gone.
        """
        opened = self._opened
        if opened is not None:
            opened[1].close()

    def to_otel(
        self, run_or_call_id: str, *, content: bool = False, spelling: Spelling = "newest"
    ) -> list[OtelAttributes]:
        """Calls as attributes of OpenTelemetry spans: the one call, or each attempt of the run.

        Args:
            run_or_call_id: A ``run_id`` or a ``call_id`` of `to_frame`.
            content: True adds the prompt and the answer, which the log may not have.
            spelling: The conventions' ``"newest"`` names, or those they had ``"previous"``ly.

        Raises:
            UnknownRunError: The log has no such run and no such call; it holds the nearest ids.
            InvalidRequestError: There is no such spelling.
            NewerLogError: The file was written by a newer version of this package.
        """
        with self._reading() as db:
            return read_otel(db, run_or_call_id, spelling=spelling, content=content)

    @property
    def plot(self) -> Plots:
        """Charts: ``cost()``, ``tokens()``, ``latency()`` and ``timeline(run_id)``."""
        from stream_widget.call_log.plots import Plots  # noqa: PLC0415 - only who draws pays it

        return Plots(self.to_frame, self._arrivals)

    def _arrivals(self, run_id: str) -> list[AttemptArrivals]:
        from stream_widget.call_log.plots import read_arrivals  # noqa: PLC0415 - as above

        with self._reading() as db:
            return read_arrivals(db, run_id)

    def recent_answers(self, model: str, *, limit: int = 50) -> RecentAnswers:
        """What the latest completed calls of a request model were like; quick in a log of any size.

        It serves an estimate, so it waits for no writer, and a log that cannot be read knows
        nothing instead of raising.
        """
        try:
            with self._open()[0].reading() as db:
                return read_recent_answers(db, model, limit=limit)
        except (sqlite3.Error, UnusableLogError) as error:
            _log.warning("Past answers of %s cannot be read: %s", model, error)
            return RecentAnswers(0, None, None)

    def __enter__(self) -> CallLog:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"CallLog({str(self.path or _IN_MEMORY)!r})"

    @contextmanager
    def _reading(self) -> Generator[sqlite3.Connection, None, None]:
        database, writer = self._open()
        writer.flush(timeout_s=_FLUSH_TIMEOUT_S)
        with database.reading() as db:
            yield db

    @contextmanager
    def _writing(self) -> Generator[sqlite3.Connection, None, None]:
        database, writer = self._open()
        writer.flush(timeout_s=_FLUSH_TIMEOUT_S)
        with database.writing() as db:
            yield db

    def _open(self) -> tuple[Database, Writer]:
        with self._lock:
            if self._opened is None:
                database = Database(_path(self._asked))
                writer = Writer(database)
                # Also at the end of the process: what is pending then is still written.
                weakref.finalize(self, writer.close)
                self._opened = database, writer
            return self._opened


def _path(asked: str | Path | None) -> Path | None:
    wanted = asked or os.environ.get("STREAM_WIDGET_LOG")
    if wanted is None or wanted == "":
        import platformdirs  # noqa: PLC0415 - only for the default place

        return platformdirs.user_data_path("stream_widget") / "calls.db"
    return None if str(wanted) == _IN_MEMORY else Path(wanted).expanduser()
