"""The thread that writes, so that nobody else waits for the disk."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import weakref
from typing import TYPE_CHECKING, Final

from stream_widget.call_log.database import UnusableLogError
from stream_widget.call_log.entry import write_entry
from stream_widget.call_log.owners import Owner
from stream_widget.call_log.pieces import write_piece
from stream_widget.call_log.waiting import Waiting
from stream_widget.clock import monotonic_s
from stream_widget.redaction import Redactor

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stream_widget.call_log.database import Database
    from stream_widget.call_log.entry import Entry
    from stream_widget.call_log.following import Following

__all__ = ["Writer"]

_BEAT_S: Final = 0.15
"""Between two looks at calls that stream: with the writing, their text is on disk in 0.25 s."""
_PAUSES_S: Final = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""Before the tries that follow a failure; the last holds for all later ones."""
_LAST_PAUSE: Final = len(_PAUSES_S) - 1
_WRITTEN_AGAIN: Final = "The call log is written again."

_log = logging.getLogger(__name__)


class Writer:
    """Takes rows from any thread and writes the latest form of each, many in one transaction.

    Between a call's first row and its last it looks at what streams, and writes what is new. What
    the disk does not take stays and is tried again, after longer and longer pauses, or at once when
    someone asks for a flush.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._owner = Owner()
        self._start_afresh()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(
                before=_unless_gone(database.hold_for_fork),
                after_in_parent=_unless_gone(database.release_after_fork),
                after_in_child=_unless_gone(self._start_in_child),
            )

    def _start_in_child(self) -> None:
        # What was pending is the parent's to write, and its locks may be held by its threads.
        self._database.start_afresh()
        self._start_afresh()

    def _start_afresh(self) -> None:
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._waiting = Waiting()
        self._open: dict[str, Following] = {}
        self._beat_at_s = 0.0
        self._asked = 0
        """Counts rows put and flushes asked for; `_written` is how far the disk has come."""
        self._written = 0
        self._failures = 0
        """Failed tries over all time."""
        self._failed_in_a_row = 0
        self._retry_at_s = 0.0
        self._closing = False
        self.problem: str | None = None
        """Why rows are waiting; ``None`` while the disk takes them."""

    def put(self, entry: Entry, *, follow: Following | None = None) -> None:
        """Have a row written soon, in place of an earlier one of its call.

        Args:
            entry: The row.
            follow: What to look at until the call's next row.
        """
        with self._changed:
            self._waiting.add(entry)
            self._open.pop(entry.call_id, None)
            if follow is not None:
                self._open[entry.call_id] = follow
            self._asked += 1
            self._start()
            self._changed.notify_all()

    def flush(self, *, timeout_s: float | None = None) -> bool:
        """Wait until all that came before is on disk; False if it refused or time ran out."""
        with self._changed:
            if self._open:
                self._asked += 1
                self._beat_at_s = 0.0
            goal, failures = self._asked, self._failures
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
            self._retry_at_s = self._beat_at_s = 0.0
            self._changed.notify_all()
        # The garbage collector may close a forgotten log on any thread, so on this one too.
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout_s)
        with self._changed:
            if self._thread is None or not self._thread.is_alive():
                self._database.close()
                if not self._open and not self._waiting:
                    self._owner.release()

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._closing = False
            self._thread = threading.Thread(
                target=self._work, name="stream_widget log", daemon=True
            )
            self._thread.start()

    def _work(self) -> None:
        while (taken := self._take()) is not None:
            batch, calls, goal = taken
            problem = self._write(batch, calls)
            if problem is not None and self.problem is None:
                _log.warning("%s", problem)
            with self._changed:
                self._settle(batch, goal, problem)
                told = [*self._open.values()]
                ends = self._closing and (problem is not None or not self._waiting)
                if ends:
                    self._thread = None
            self._tell(told, problem)
            if ends:
                return

    def _take(self) -> tuple[dict[str, Entry], list[Following], int] | None:
        """Wait for what is due and take it; ``None`` ends the thread."""
        with self._changed:
            while (pause_s := self._pause_s()) is None or pause_s > 0:
                if self._closing and not self._waiting:
                    self._thread = None
                    return None
                self._changed.wait(pause_s)
            self._beat_at_s = monotonic_s() + _BEAT_S
            return self._waiting.take(), [*self._open.values()], self._asked

    def _pause_s(self) -> float | None:
        """Seconds until something is due; ``None`` waits for a row."""
        if self._waiting:
            due_s = self._retry_at_s
        elif self._open or self._written < self._asked:
            due_s = max(self._beat_at_s, self._retry_at_s)
        else:
            return None
        return due_s - monotonic_s()

    def _settle(self, batch: dict[str, Entry], goal: int, problem: str | None) -> None:
        if problem is None:
            self._written, self._failed_in_a_row, self.problem = goal, 0, None
        else:
            self._waiting.put_back(batch)
            self._retry_at_s = monotonic_s() + _PAUSES_S[min(self._failed_in_a_row, _LAST_PAUSE)]
            self._failures += 1
            self._failed_in_a_row += 1
            self.problem = self._waiting.with_losses(problem)
        self._changed.notify_all()

    def _tell(self, calls: Sequence[Following], problem: str | None) -> None:
        """Say in the runs that stream what becomes of their log."""
        lasting = self._database.problem
        news, self._database.news = self._database.news, None
        for call in calls:
            if news is not None:
                call.voice.tell_news(news)
            if problem is not None or lasting is not None:
                call.voice.tell_problem(problem or lasting or "")
            else:
                call.voice.tell_mended(self._waiting.with_losses(_WRITTEN_AGAIN))

    def _write(self, batch: dict[str, Entry], calls: Sequence[Following]) -> str | None:
        """Write rows and pieces in one transaction; what hinders it, or ``None``."""
        redactor = Redactor()
        pieces = [(call, piece) for call in calls if (piece := call.look(redactor)) is not None]
        if not batch and not pieces:
            return None
        try:
            with self._database.writing() as db:
                owner = self._owner.hold(self._database.path)
                for entry in batch.values():
                    write_entry(db, entry, redactor, owner=owner)
                for _, piece in pieces:
                    write_piece(db, piece)
        except UnusableLogError as error:
            return str(error)
        except (sqlite3.Error, OSError) as error:
            if self._database.gave_up_file(error):
                return self._write(batch, calls)
            return f"The call log cannot be written now ({error}); rows are kept until it can be."
        for call, _ in pieces:
            call.written()
        return None


def _unless_gone(method: Callable[[], None]) -> Callable[[], object]:
    """Calls a method as long as its object lives, and does not keep it alive."""
    reference = weakref.WeakMethod(method)
    return lambda: (found := reference()) and found()
