"""Calls of another log, or of an export, taken into this one: each once, all or none."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from stream_widget.call_log.cleaning import Cleaner
from stream_widget.call_log.columns import STORED
from stream_widget.call_log.database import Database, UnusableLogError
from stream_widget.call_log.entry import write_stream
from stream_widget.call_log.exchanged import ForeignFileError, read_exchanged, stored
from stream_widget.call_log.file_formats import READERS
from stream_widget.call_log.filters import Filters
from stream_widget.call_log.pieces import delete_pieces
from stream_widget.errors import InvalidRequestError
from stream_widget.redaction import Redactor

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from stream_widget.call_log.exchanged import Exchanged

__all__ = ["DATABASES", "Imported", "calls_of", "import_calls"]

DATABASES: Final = frozenset({".db", ".sqlite", ".sqlite3"})
"""How the names of log files end."""

_SET: Final = ", ".join(f"{name} = excluded.{name}" for name in STORED if name != "call_id")
_UPSERT: Final = (
    f"insert into calls ({', '.join(STORED)}) values ({', '.join('?' * len(STORED))}) "  # noqa: S608 - ours
    f"on conflict (call_id) do update set {_SET}, owner = null"
)


class Imported(NamedTuple):
    """How many calls an import took."""

    added: int
    """New here."""
    updated: int
    """Unfinished here, finished there."""
    skipped: int
    """Here already."""


@contextmanager
def calls_of(path: Path) -> Generator[Iterator[Exchanged], None, None]:
    """The calls of a file, checked one by one as they are read.

    Raises:
        InvalidRequestError: The name's ending says no form that is known.
        ForeignFileError: It is no log, damaged, or newer than this version.
        OSError: It cannot be read.
    """
    ending = path.suffix.lower()
    if ending in DATABASES:
        with _calls_of_log(path) as calls:
            yield calls
        return
    if ending not in READERS:
        raise InvalidRequestError(
            f"{path} cannot be imported: its name should end in .parquet, .csv, .jsonl or .db."
        )
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    reading = READERS[ending](path)
    yield (stored(each, f"{path}, call {n}") for n, each in enumerate(reading, start=1))


@contextmanager
def _calls_of_log(path: Path) -> Generator[Iterator[Exchanged], None, None]:
    """Of a copy: an older file is brought up to date, and the given one stays as it is."""
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    with tempfile.TemporaryDirectory(prefix="stream_widget_") as folder:
        copy = Path(folder) / "calls.db"
        try:
            with (
                closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as given,
                closing(sqlite3.connect(copy)) as target,
            ):
                given.backup(target)
                found = _tables(target)
            if "calls" not in found:
                raise ForeignFileError(f"{path} is no call log: it has no table of calls.")
            database = Database(copy)
            with closing(database), database.reading() as db:
                yield (
                    stored(each, f"{path}, call {n}")
                    for n, each in enumerate(read_exchanged(db, Filters()), start=1)
                )
        except UnusableLogError as error:
            raise ForeignFileError(str(error).replace(str(copy), str(path))) from None
        except sqlite3.DatabaseError as error:
            raise ForeignFileError(f"{path} is no call log, or damaged: {error}.") from None


def _tables(db: sqlite3.Connection) -> set[str]:
    return {name for (name,) in db.execute("select name from sqlite_master where type = 'table'")}


def import_calls(db: sqlite3.Connection, calls: Iterable[Exchanged]) -> Imported:
    """Take calls, in the transaction that is open.

    A call that is here already is left alone, unless it is unfinished here and finished there. Of
    two notes on one run the later counts.
    """
    cleaner = Cleaner(Redactor())
    added = updated = skipped = 0
    for given in calls:
        call = {name: cleaner.column(name, value) for name, value in given.items()}
        here: tuple[int | None] | None = db.execute(
            "select ended_at from calls where call_id = ?", (call["call_id"],)
        ).fetchone()
        _note(db, call)
        if here is None:
            added += 1
        elif here[0] is None and call["ended_at"] is not None:
            updated += 1
        else:
            skipped += 1
            continue
        _put(db, call)
    return Imported(added, updated, skipped)


def _put(db: sqlite3.Connection, call: Exchanged) -> None:
    db.execute(_UPSERT, [call[name] for name in STORED])
    delete_pieces(db, call["call_id"])
    if call["parts"] is not None:
        write_stream(db, call["call_id"], (call["parts"], call["timeline"]))


def _note(db: sqlite3.Connection, call: Exchanged) -> None:
    if call["rating"] is None and call["note"] is None:
        return
    db.execute(
        "insert into annotations (run_id, rating, note, noted_at) values (?, ?, ?, ?) "
        "on conflict (run_id) do update set rating = excluded.rating, note = excluded.note, "
        "noted_at = excluded.noted_at where excluded.noted_at > annotations.noted_at",
        (call["run_id"], call["rating"], call["note"], call["noted_at"] or call["started_at"]),
    )
