"""What of a call travels between logs: its row, how its text came, what was noted on its run."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias, assert_never, cast

from stream_widget.call_log.columns import KINDS, ColumnKind
from stream_widget.call_log.migrations import LATEST
from stream_widget.call_log.period import microseconds
from stream_widget.errors import InvalidRequestError
from stream_widget.run import Timeline

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping

    from stream_widget.call_log.filters import Filters

__all__ = [
    "EXCHANGED",
    "MARK",
    "Exchanged",
    "ForeignFileError",
    "check_version",
    "from_text",
    "json_value",
    "read_exchanged",
    "stored",
    "time_text",
]

Exchanged: TypeAlias = "dict[str, Any]"
"""Values by name, as the tables hold them; ``None`` is null."""

MARK: Final = "stream_widget_log"
"""The first column of every file; it holds the version of the log."""

EXCHANGED: Final[Mapping[str, ColumnKind]] = {
    **KINDS,
    "parts": "json",
    "timeline": "text",
    "rating": "real",
    "note": "text",
    "noted_at": "time",
}
_SOURCES: Final[Mapping[str, str]] = {
    "parts": "streams",
    "timeline": "streams",
    "rating": "annotations",
    "note": "annotations",
    "noted_at": "annotations",
}
_NEEDED: Final = frozenset(
    {"call_id", "run_id", "attempt", "started_at", "provider", "request_model", "state", "tags"}
)
_START: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LARGEST: Final = 2**63
_BOOLEANS: Final[Mapping[str, int]] = {"true": 1, "false": 0, "1": 1, "0": 0}


class ForeignFileError(InvalidRequestError):
    """A file is no log of ours, damaged, or newer than this version; nothing of it was taken."""


def read_exchanged(
    db: sqlite3.Connection, filters: Filters, *, latest: int | None = None
) -> Iterator[Exchanged]:
    """The calls that pass the filters, one at a time.

    Args:
        db: The log.
        filters: Which calls.
        latest: At most so many, newest first; ``None`` is all, oldest first.
    """
    columns = [f"{_SOURCES.get(name, 'calls')}.{name}" for name in EXCHANGED]
    condition, values = filters.where()
    order = "calls.started_at, calls.rowid"
    if latest is not None:
        order = "calls.started_at desc, calls.rowid desc limit ?"
    rows = db.execute(
        f"select {', '.join(columns)} from calls "  # noqa: S608 - names are ours, values are bound
        "left join streams on streams.call_id = calls.call_id "
        "left join annotations on annotations.run_id = calls.run_id "
        f"where {condition} order by {order}",
        values if latest is None else [*values, latest],
    )
    for row in rows:
        yield dict(zip(EXCHANGED, row, strict=True))


def check_version(version: object, place: str) -> None:
    """Refuse what is not a log of a version that is known.

    Raises:
        ForeignFileError: It is not.
    """
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise ForeignFileError(
            f"{place}: {MARK} should be the version of the log, a number from 1, not {version!r}."
        )
    if version > LATEST:
        raise ForeignFileError(
            f"{place} was written by a newer stream-widget (log version {version}); this one knows "
            f"up to {LATEST}. Upgrade with `pip install -U stream-widget`."
        )


def time_text(at: int) -> str:
    """Microseconds as ISO text in UTC; beyond the years that Python knows, as they are."""
    try:
        return (_START + timedelta(microseconds=at)).isoformat(timespec="microseconds")
    except OverflowError:
        return str(at)


def json_value(name: str, value: Any) -> object:
    """A value of a table as JSON has it: times as text, lists as lists."""
    if value is None:
        return None
    match EXCHANGED[name]:
        case "time":
            return time_text(value)
        case "boolean":
            return bool(value)
        case "json":
            return json.loads(value)
        case "text" | "integer" | "real":
            return value
        case _:
            assert_never(EXCHANGED[name])


def from_text(name: str, text: str, place: str) -> object:
    """A value that a file holds as text.

    Raises:
        ForeignFileError: It cannot be one of this column.
    """
    kind = EXCHANGED[name]
    try:
        match kind:
            case "text" | "json":
                return text
            case "integer":
                return int(text)
            case "real":
                return float(text)
            case "boolean":
                return _BOOLEANS[text.lower()]
            case "time":
                return int(text) if text.removeprefix("-").isdecimal() else _moment(text)
            case _:
                assert_never(kind)
    except (ValueError, KeyError, OverflowError):
        raise _wrong(name, text, place) from None


def stored(given: Mapping[str, object], place: str) -> Exchanged:
    """A call that a file holds, checked, with every name; what it lacks is null.

    Args:
        given: Its values, as the tables hold them.
        place: Where it stands, for the error.

    Raises:
        ForeignFileError: Something in it is not what it should be.
    """
    row: Exchanged = {"tags": "[]", **{name: given.get(name) for name in EXCHANGED}}
    row["tags"] = "[]" if row["tags"] is None else row["tags"]
    for name, value in row.items():
        if value is None:
            if name in _NEEDED:
                raise _wrong(name, value, place)
        elif not _fits(EXCHANGED[name], value):
            raise _wrong(name, value, place)
    _check_stream(row, place)
    return row


def _fits(kind: ColumnKind, value: object) -> bool:
    match kind:
        case "text":
            return isinstance(value, str)
        case "integer" | "time":
            whole = isinstance(value, int) and not isinstance(value, bool)
            return whole and -_LARGEST <= cast("int", value) < _LARGEST
        case "real":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "boolean":
            return value in {0, 1}
        case "json":
            return _is_list(value)
        case _:
            assert_never(kind)


def _is_list(value: object) -> bool:
    try:
        return isinstance(value, str) and isinstance(json.loads(value), list)
    except (ValueError, RecursionError):
        return False


def _check_stream(row: Exchanged, place: str) -> None:
    if (row["parts"] is None) != (row["timeline"] is None):
        missing = "parts" if row["parts"] is None else "timeline"
        raise ForeignFileError(f"{place} has no {missing}: parts and timeline come together.")
    try:
        Timeline.parse(row["timeline"] or "")
    except (ValueError, OverflowError):
        raise _wrong("timeline", row["timeline"], place) from None


def _moment(text: str) -> int:
    at = datetime.fromisoformat(text)
    return microseconds(at if at.tzinfo is not None else at.replace(tzinfo=UTC))


def _wrong(name: str, value: object, place: str) -> ForeignFileError:
    kind = EXCHANGED[name]
    return ForeignFileError(f"{place}: {name} should be a {kind}, not {str(value)[:60]!r}.")
