"""SQL on the log that can read and nothing else."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from stream_widget.call_log.columns import KINDS
from stream_widget.call_log.frame import make_series
from stream_widget.errors import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

__all__ = ["Value", "read_query"]

_MAY: Final = frozenset(
    {
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_FUNCTION,
        sqlite3.SQLITE_RECURSIVE,
    }
)
_HARMFUL: Final = frozenset({"load_extension", "writefile", "readfile", "edit", "fts3_tokenizer"})
_TIMES: Final = ("started_at", "ended_at")
_VIEW: Final = "log"

Value: TypeAlias = str | int | float | bytes | None
"""What SQLite can be given for a mark."""


def read_query(
    db: sqlite3.Connection, query: str, params: Sequence[Value] | Mapping[str, Value]
) -> pd.DataFrame:
    """What a query finds; nothing it says can write, attach a file or load a library.

    Beside the tables there is a view ``log``: the calls with times as ISO text in UTC, and what
    was noted on their runs.

    Raises:
        InvalidRequestError: It wants to write, is more than one statement, or wrong SQL; the
            message says which, and what columns there are.
    """
    import pandas as pd  # noqa: PLC0415 - only who asks for a frame pays it

    # Setting it aside for a moment is of no use to the query, which has not begun.
    before: tuple[int] = db.execute("pragma query_only").fetchone()
    db.execute("pragma query_only = off")
    _make_view(db)
    db.execute("pragma query_only = on")
    # With the authorizer a statement that would write is not even prepared.
    db.set_authorizer(_authorize)
    try:
        found = db.execute(query, params)
        rows = found.fetchall()
    except (sqlite3.Error, sqlite3.Warning, OverflowError) as error:
        raise InvalidRequestError(_explained(error)) from None
    finally:
        db.set_authorizer(None)
        db.execute(f"pragma query_only = {before[0]}")
    if found.description is None:
        raise InvalidRequestError("The query is empty: write one such as 'select * from log'.")
    names = _distinct([str(column[0]) for column in found.description])
    columns: Sequence[Sequence[object]] = list(zip(*rows, strict=True)) or [()] * len(names)
    series = [_series(name, cells) for name, cells in zip(names, columns, strict=True)]
    return pd.DataFrame(dict(zip(names, series, strict=True)))


def _authorize(action: int, _first: str | None, second: str | None, *_: object) -> int:
    harmful = action == sqlite3.SQLITE_FUNCTION and second in _HARMFUL
    return sqlite3.SQLITE_OK if action in _MAY and not harmful else sqlite3.SQLITE_DENY


def _make_view(db: sqlite3.Connection) -> None:
    columns = ", ".join(_as_text(name) for name in KINDS)
    db.execute(
        f"create temp view if not exists {_VIEW} as select {columns}, "  # noqa: S608 - ours
        "annotations.rating, annotations.note "
        "from main.calls left join main.annotations using (run_id)"
    )


def _as_text(name: str) -> str:
    if name not in _TIMES:
        return f"calls.{name}" if name != "run_id" else "run_id"
    # Not "subsec": that came with SQLite 3.42, and rounds to milliseconds.
    fraction = f"(calls.{name} % 1000000 + 1000000) % 1000000"
    return (
        f"strftime('%Y-%m-%dT%H:%M:%S', (calls.{name} - {fraction}) / 1000000, 'unixepoch') || "
        f"printf('.%06d+00:00', {fraction}) as {name}"
    )


def _series(name: str, cells: Sequence[object]) -> pd.Series:
    """Columns of the log have the frame's dtypes, texts too; of others pandas decides."""
    import pandas as pd  # noqa: PLC0415 - as above

    kind = KINDS.get(name)
    fits: Mapping[str, tuple[type, ...]] = {
        "text": (str,),
        "integer": (int,),
        "real": (float, int),
    }
    if kind in fits and _fit(cells, fits[kind]):
        return make_series(cells, kind)
    if any(isinstance(cell, str) for cell in cells) and _fit(cells, (str,)):
        return make_series(cells, "text")
    return pd.Series(list(cells), dtype="object").infer_objects()


def _fit(cells: Sequence[object], types: tuple[type, ...]) -> bool:
    return all(cell is None or isinstance(cell, types) for cell in cells)


def _distinct(names: Sequence[str]) -> list[str]:
    """Two columns of one name would become one."""
    seen: dict[str, int] = {}
    distinct: list[str] = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        distinct.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return distinct


def _explained(error: Any) -> str:
    text = str(error).rstrip(".")
    if "not authorized" in text or "prohibited" in text or "readonly" in text:
        return (
            f"sql() only reads ({text}). To change the log use annotate(), prune(), reprice() or "
            "import_()."
        )
    if "one statement" in text:
        return "sql() takes one statement at a time."
    if "no such column" in text or "no such table" in text:
        return (
            f"The query is wrong: {text}. The views and tables are log, calls, streams and "
            f"annotations; log has the columns {', '.join(KINDS)}, rating, note."
        )
    return f"The query is wrong: {text}."
