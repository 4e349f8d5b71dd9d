"""Calls into a file: whole or not at all, readable by its owner only."""

from __future__ import annotations

import os
import secrets
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from stream_widget.call_log.database import Database
from stream_widget.call_log.exchanged import read_exchanged
from stream_widget.call_log.file_formats import WRITERS
from stream_widget.call_log.importing import DATABASES, import_calls
from stream_widget.errors import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from stream_widget.call_log.exchanged import Exchanged
    from stream_widget.call_log.filters import Filters

__all__ = ["check_place", "export_calls"]


def check_place(path: Path, own: Path | None) -> None:
    """Refuse what cannot be exported to.

    Args:
        path: The file to write.
        own: That of the log itself.

    Raises:
        InvalidRequestError: Its ending says no form that is known, or it is the log.
        FileNotFoundError: There is no folder for it.
    """
    if path.suffix.lower() not in {*WRITERS, *DATABASES}:
        raise InvalidRequestError(
            f"{path} cannot be written: its name should end in .parquet, .csv, .jsonl or .db."
        )
    if not path.parent.is_dir():
        raise FileNotFoundError(f"There is no folder {path.parent} to write {path.name} into.")
    if own is not None and path.resolve() == own.resolve():
        raise InvalidRequestError(f"{path} is the log itself: export to another file.")


def export_calls(db: sqlite3.Connection, path: Path, filters: Filters) -> int:
    """Write the calls that pass the filters in the form that the name's ending says; how many.

    A file that is there is replaced when the new one is whole.
    """
    count = 0

    def counted() -> Iterator[Exchanged]:
        nonlocal count
        for call in read_exchanged(db, filters):
            count += 1
            yield call

    ending = path.suffix.lower()
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}{ending}")
    try:
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        WRITERS.get(ending, _write_log)(unfinished, counted())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return count


def _write_log(path: Path, calls: Iterable[Exchanged]) -> None:
    with closing(Database(path)) as database, database.writing() as db:
        import_calls(db, calls)
    # One file with all in it: with a write-ahead log beside it, moving it would lose something.
    with closing(sqlite3.connect(path)) as db:
        db.execute("pragma journal_mode = delete")
