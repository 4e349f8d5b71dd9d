"""Rows of the table as a pandas DataFrame, with the same dtypes whatever the rows hold."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, assert_never, cast

from stream_widget.call_log.columns import COLUMNS, CONTENT_COLUMNS, KINDS, ColumnKind
from stream_widget.call_log.period import microseconds, moment

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import pandas as pd

__all__ = ["Filters", "read_frame"]


_DTYPES: Final[Mapping[ColumnKind, str]] = {
    "text": "string",
    "integer": "Int64",
    "real": "float64",
    "boolean": "boolean",
}
_NOT_A_TIME: Final = -(2**63)
"""What pandas keeps for NaT."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which calls a frame holds; ``None`` is "all"."""

    since: str | datetime | None = None
    until: str | datetime | None = None
    tag: str | None = None
    name: str | None = None
    provider: str | None = None
    model: str | None = None
    state: str | None = None
    run_id: str | None = None

    def where(self) -> tuple[str, list[str | int]]:
        """The condition in SQL, and the values it is bound to.

        Raises:
            InvalidRequestError: ``since`` or ``until`` names no moment.
        """
        conditions: list[str] = []
        values: list[str | int] = []
        for name, comparison in (("since", ">="), ("until", "<")):
            value = self.since if name == "since" else self.until
            if value is not None:
                conditions.append(f"started_at {comparison} ?")
                values.append(microseconds(moment(value, name=name)))
        for condition, value in (
            ("exists (select 1 from json_each(tags) where value = ?)", self.tag),
            ("name = ?", self.name),
            ("provider = ?", self.provider),
            ("? in (request_model, response_model, provider || ':' || request_model)", self.model),
            ("state = ?", self.state),
            ("run_id = ?", self.run_id),
        ):
            if value is not None:
                conditions.append(condition)
                values.append(value)
        return " and ".join(conditions) or "true", values


def read_frame(
    db: sqlite3.Connection, filters: Filters, *, content: bool, tool_calls: bool
) -> pd.DataFrame:
    """The calls that pass the filters, oldest first."""
    names = [name for name in COLUMNS if content or name not in CONTENT_COLUMNS]
    names += ["tool_calls"] if tool_calls else []
    condition, values = filters.where()
    rows: list[tuple[object, ...]] = db.execute(
        f"select {', '.join(names)} from calls where {condition} order by started_at, rowid",  # noqa: S608 - names are ours, values are bound
        values,
    ).fetchall()
    columns: Sequence[Sequence[object]] = list(zip(*rows, strict=True)) or [()] * len(names)

    import pandas as pd  # noqa: PLC0415 - half a second: only who asks for a frame pays it

    return pd.DataFrame(
        {name: _series(cells, KINDS[name]) for name, cells in zip(names, columns, strict=True)}
    )


def _series(cells: Sequence[object], kind: ColumnKind) -> pd.Series:
    import pandas as pd  # noqa: PLC0415 - as above

    match kind:
        case "time":
            # An integer for "none": with a float or an object among them, pandas parses each cell.
            whole = [_NOT_A_TIME if cell is None else cell for cell in cells]
            naive = pd.Series(whole, dtype="int64").astype("datetime64[us]")  # pyright: ignore[reportUnknownMemberType] - pandas types half of it
            return cast("pd.Series", naive.dt.tz_localize("UTC"))  # pyright: ignore[reportUnknownMemberType] - as above
        case "json":
            return pd.Series([_list(cell) for cell in cells], dtype="object")
        case "text" | "integer" | "real" | "boolean":
            return pd.Series(cells, dtype=_DTYPES[kind])
        case _:
            assert_never(kind)


def _list(cell: object) -> list[object]:
    return json.loads(cell) if isinstance(cell, str) and cell != "[]" else []
