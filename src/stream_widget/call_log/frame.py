"""Rows of the table as a pandas DataFrame, with the same dtypes whatever the rows hold."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, assert_never, cast

from stream_widget.call_log.columns import COLUMNS, CONTENT_COLUMNS, KINDS, ColumnKind

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from stream_widget.call_log.filters import Filters

__all__ = ["make_frame", "make_series", "read_frame"]


_DTYPES: Final[Mapping[ColumnKind, str]] = {
    "text": "string",
    "integer": "Int64",
    "real": "float64",
    "boolean": "boolean",
}
_NOT_A_TIME: Final = -(2**63)
"""What pandas keeps for NaT."""
_ANNOTATIONS: Final[Mapping[str, ColumnKind]] = {"rating": "real", "note": "text"}


def read_frame(
    db: sqlite3.Connection,
    filters: Filters,
    *,
    content: bool,
    tool_calls: bool,
    annotations: bool = False,
) -> pd.DataFrame:
    """The calls that pass the filters, oldest first."""
    names = [name for name in COLUMNS if content or name not in CONTENT_COLUMNS]
    names += ["tool_calls"] if tool_calls else []
    kinds: dict[str, ColumnKind] = {name: KINDS[name] for name in names}
    columns = [f"calls.{name}" for name in names]
    source = "calls"
    if annotations:
        kinds |= _ANNOTATIONS
        columns += [f"annotations.{name}" for name in _ANNOTATIONS]
        source = "calls left join annotations on annotations.run_id = calls.run_id"
    condition, values = filters.where()
    rows: list[tuple[object, ...]] = db.execute(
        f"select {', '.join(columns)} from {source} where {condition} "  # noqa: S608 - names are ours, values are bound
        "order by calls.started_at, calls.rowid",
        values,
    ).fetchall()
    return make_frame(rows, kinds)


def make_frame(rows: Sequence[tuple[object, ...]], kinds: Mapping[str, ColumnKind]) -> pd.DataFrame:
    """A frame of rows as the table holds them, with a column of its kind for each name."""
    import pandas as pd  # noqa: PLC0415 - half a second: only who asks for a frame pays it

    columns: Iterable[Sequence[object]] = list(zip(*rows, strict=True)) or [()] * len(kinds)
    return pd.DataFrame(
        {
            name: make_series(cells, kind)
            for (name, kind), cells in zip(kinds.items(), columns, strict=True)
        }
    )


def make_series(cells: Sequence[object], kind: ColumnKind) -> pd.Series:
    """A column of cells as the table holds them."""
    import pandas as pd  # noqa: PLC0415 - as above

    match kind:
        case "time":
            # An integer for "none": with a float or an object among them, pandas parses each cell.
            whole = [_NOT_A_TIME if cell is None else cell for cell in cells]
            naive = pd.Series(whole, dtype="int64").astype("datetime64[us]")  # pyright: ignore[reportUnknownMemberType] - pandas types half of it
            return cast("pd.Series", naive.dt.tz_localize("UTC"))  # pyright: ignore[reportUnknownMemberType] - as above
        case "json":
            return pd.Series(_lists(cells), dtype="object")
        case "integer":
            return _integers(cells)
        case "text" | "real" | "boolean":
            return pd.Series(cast("Any", cells), dtype=_DTYPES[kind])
        case _:
            assert_never(kind)


def _integers(cells: Sequence[object]) -> pd.Series:
    """As ``pd.Series(cells, dtype="Int64")``, which looks at each cell several times."""
    import numpy as np  # noqa: PLC0415 - comes with pandas
    import pandas as pd  # noqa: PLC0415 - as above

    whole: Any = np.fromiter(cast("Any", cells), dtype=object, count=len(cells))
    missing: Any = whole == None  # noqa: E711 - of each cell
    whole[missing] = 0
    return pd.Series(pd.arrays.IntegerArray(whole.astype(np.int64), missing))


def _lists(cells: Sequence[object]) -> list[list[object]]:
    """Each cell's own list; a text of tags is parsed once, however many calls have it."""
    known: dict[object, list[object]] = {None: [], "[]": []}
    lists: list[list[object]] = []
    for cell in cells:
        items = known.get(cell)
        if items is None:
            items = _list(cell)
            # What could be changed in one call's list must not be in another's.
            if all(isinstance(item, str) for item in items):
                known[cell] = items
        lists.append([*items])
    return lists


def _list(cell: object) -> list[object]:
    return json.loads(cell) if isinstance(cell, str) else []
