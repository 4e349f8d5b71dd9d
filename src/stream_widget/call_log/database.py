"""The file behind a log: made, opened and brought up to date when first needed."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import sqlite3
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from stream_widget.call_log.interrupted import finish_interrupted
from stream_widget.call_log.migrations import LATEST, migrate, version
from stream_widget.clock import monotonic_s, utc_now
from stream_widget.errors import StreamWidgetError

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

__all__ = ["Database", "ForeignLogError", "NewerLogError", "UnusableLogError"]

_BUSY_TIMEOUT_S: Final = 10.0
"""How long one statement waits for another process; only the writer thread ever does."""
_BUSY_PAUSE_S: Final = 0.005
_HOPELESS: Final = frozenset(
    {
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_AUTH,
        sqlite3.SQLITE_CORRUPT,
    }
)
"""Waiting mends a full or a locked disk, but none of these."""
_PASSING: Final = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EMFILE, errno.ENFILE, errno.EAGAIN}
)
"""Nor does it mend what the system refuses, but these."""

_FORK_WAIT_S: Final = 5.0
"""A transaction is over in a few milliseconds, unless it waits for a disk or another process."""

_log = logging.getLogger(__name__)


class UnusableLogError(StreamWidgetError):
    """The file is left as it is: this package would do harm to it."""


class ForeignLogError(UnusableLogError):
    """The file is somebody else's SQLite database."""

    def __init__(self, path: Path | None) -> None:
        super().__init__(
            f"{path} is a database of something else, and is left as it is. Name another file for "
            "the log in STREAM_WIDGET_LOG or sw.configure(log=…)."
        )
        self.path = path


class NewerLogError(UnusableLogError):
    """The log was written by a newer version of this package; it is left as it is."""

    def __init__(self, *, path: Path | None, found: int, known: int) -> None:
        super().__init__(
            f"The log {path} has version {found}; this stream-widget knows up to {known} and "
            "leaves it as it is. Upgrade with `pip install -U stream-widget`, or name another file "
            "in STREAM_WIDGET_LOG."
        )
        self.path = path
        self.found = found
        self.known = known


class Database:
    """One connection for the writer, a fresh one for each reader; in memory, one for both.

    Args:
        path: The file; ``None`` keeps everything in memory.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.problem: str | None = None
        """Why rows go to memory instead of the file; ``None`` while all is well."""
        self.news: str | None = None
        """What became of the file while it was used, until somebody has told it."""
        self._inode: int | None = None
        """Of the file that was opened last."""
        self._lock = threading.RLock()
        self._holds_for_fork = False
        self._kept: sqlite3.Connection | None = None
        self._kept_by = os.getpid()
        self._inherited: list[sqlite3.Connection] = []

    @contextmanager
    def writing(self) -> Generator[sqlite3.Connection, None, None]:
        """A transaction, committed at the end or rolled back by an error; one thread at a time."""
        with self._lock:
            db = self._keep()
            db.execute("begin immediate")
            try:
                yield db
                db.execute("commit")
            except BaseException:
                if db.in_transaction:  # a full disk has SQLite roll back by itself
                    db.execute("rollback")
                raise

    @contextmanager
    def reading(self) -> Generator[sqlite3.Connection, None, None]:
        """A connection that sees all that is committed; it waits for no writer of a file."""
        if self.path is None:
            with self._lock:
                yield self._keep()
            return
        try:
            db = self._connect()
        except (OSError, sqlite3.Error) as error:
            if not self.gave_up_file(error):
                raise
            with self._lock:
                yield self._keep()
            return
        try:
            finish_interrupted(db, self.path)
            db.execute("pragma query_only = on")
            yield db
        finally:
            db.close()

    def close(self) -> None:
        """Let go of the file; the next use opens it again. What was in memory is gone."""
        with self._lock:
            if self._kept is not None and self._kept_by == os.getpid():
                self._kept.close()
                self._kept = None

    def hold_for_fork(self) -> None:
        """Let no transaction be open while this process forks.

        SQLite remembers in memory which locks the process has on the file. The child has that
        memory but not the locks: a log that was being written would be locked in it for ever.
        """
        self._holds_for_fork = self._lock.acquire(timeout=_FORK_WAIT_S)

    def release_after_fork(self) -> None:
        """Let transactions be opened again, in the parent."""
        if self._holds_for_fork:
            self._holds_for_fork = False
            self._lock.release()

    def start_afresh(self) -> None:
        """Begin anew in a forked child, where a thread of the parent may have held the lock."""
        self._lock = threading.RLock()
        self._holds_for_fork = False

    def gave_up_file(self, error: Exception) -> bool:
        """Use another place from now on, if waiting cannot mend ``error``; False if it may.

        A log that is damaged is set aside and a new one begun; where there can be no file, rows are
        kept in memory.
        """
        with self._lock:
            if self.path is None or not _is_hopeless(error):
                return False
            if isinstance(error, sqlite3.Error) and _primary_code(error) == sqlite3.SQLITE_CORRUPT:
                with contextlib.suppress(OSError):
                    self._set_aside(self.path, error)
                    return True
            why = "it is a folder" if self.path.is_dir() else error
            self.problem = (
                f"The call log {self.path} cannot be written ({why}). Calls of this session are "
                "kept in memory and are gone when it ends. Name another file with "
                "sw.configure(log=…) or in STREAM_WIDGET_LOG."
            )
            _log.warning("%s", self.problem)
            self.close()
            self.path = None
            return True

    def _set_aside(self, path: Path, error: sqlite3.Error) -> None:
        """Rename a damaged log with its side files, unless another process has done so already."""
        self.close()
        if path.stat().st_ino != self._inode:
            return
        aside = f"{path.name}.broken-{utc_now():%Y%m%dT%H%M%S%fZ}"
        for suffix in ("-wal", "-shm", ""):
            with contextlib.suppress(FileNotFoundError):
                path.with_name(path.name + suffix).rename(path.with_name(aside + suffix))
        self.news = (
            f"The call log {path} is damaged ({error}). It is kept as {aside}, and a new log was "
            "begun."
        )
        _log.warning("%s", self.news)

    def _keep(self) -> sqlite3.Connection:
        if self._kept is not None and self._kept_by != os.getpid():
            # A forked child must neither use nor close its parent's connection.
            # https://www.sqlite.org/howtocorrupt.html#_carrying_an_open_database_file_across_a_fork_
            self._inherited.append(self._kept)
            self._kept = None
        if self._kept is None:
            self._kept = self._connect_or_give_up()
            self._kept_by = os.getpid()
        return self._kept

    def _connect_or_give_up(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except (OSError, sqlite3.Error) as error:
            if not self.gave_up_file(error):
                raise
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        if self.path is not None:
            _make_private_file(self.path)
        db = sqlite3.connect(
            ":memory:" if self.path is None else self.path,
            timeout=_BUSY_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            self._inode = None if self.path is None else self.path.stat().st_ino
            found = version(db)
            if found > LATEST:
                raise NewerLogError(path=self.path, found=found, known=LATEST)
            if not _is_ours(db):
                raise ForeignLogError(self.path)
            _use_wal(db)
            migrate(db)
        except BaseException:
            db.close()
            raise
        return db


def _is_ours(db: sqlite3.Connection) -> bool:
    """Whether it is a log, or an empty file that will be one."""
    tables: list[tuple[str]] = db.execute(
        "select name from sqlite_master where type = 'table'"
    ).fetchall()
    return not tables or ("calls",) in tables


def _make_private_file(path: Path) -> None:
    """SQLite gives its side files the mode of the main one, so that one has to be right."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _use_wal(db: sqlite3.Connection) -> None:
    """Let readers read while another process writes.

    A commit is safe against a killed process at once, and against a power cut with the next
    checkpoint; an fsync for each row would cost milliseconds and gain seconds of the log.
    """
    # The switch takes a lock that SQLite does not always wait for, so two kernels that open a new
    # file together would fail without asking again.
    give_up_s = monotonic_s() + _BUSY_TIMEOUT_S
    while not _is_wal(db):
        try:
            db.execute("pragma journal_mode = wal")
        except sqlite3.OperationalError as error:
            if _primary_code(error) != sqlite3.SQLITE_BUSY or monotonic_s() > give_up_s:
                raise
            time.sleep(_BUSY_PAUSE_S)
    db.execute("pragma synchronous = normal")


def _is_wal(db: sqlite3.Connection) -> bool:
    """Whether no switch is needed; a database in memory has no journal to switch."""
    row: tuple[str] = db.execute("pragma journal_mode").fetchone()
    return row[0] in {"wal", "memory"}


def _is_hopeless(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno not in _PASSING
    return isinstance(error, sqlite3.Error) and _primary_code(error) in _HOPELESS


def _primary_code(error: sqlite3.Error) -> int | None:
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF
