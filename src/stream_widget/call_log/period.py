"""Reads "the last 7 days" and the other ways to name a moment."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from stream_widget.clock import utc_now
from stream_widget.errors import InvalidRequestError

__all__ = ["microseconds", "moment"]

_AGO: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([smhdw])\s*")
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_START: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def microseconds(at: datetime) -> int:
    """An aware time as whole microseconds since 1970 UTC, exactly."""
    return (at - _START) // _MICROSECOND


def moment(value: object, *, name: str) -> datetime:
    """The moment that an argument names.

    Args:
        value: A time ago ("30m", "24h", "7d"), an aware datetime, or an ISO 8601 text; a text
            without an offset is UTC, as all times of the log are.
        name: The argument's name, for the error.

    Raises:
        InvalidRequestError: It is none of these.
    """
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value
    if isinstance(value, datetime):
        raise InvalidRequestError(
            f"{name} is a time without a zone: write {name}={name}.astimezone() for local time, "
            f"or {name}={name}.replace(tzinfo=datetime.UTC)."
        )
    found = _ago(value) or _iso(value) if isinstance(value, str) else None
    if found is None:
        raise InvalidRequestError(
            f"{name} must be a time ago such as '30m', '24h' or '7d', an aware datetime, or an ISO "
            f"date such as '2026-11-20' or '2026-11-20T09:30+01:00', not {value!r}."
        )
    return found


def _ago(value: str) -> datetime | None:
    parts = _AGO.fullmatch(value)
    if parts is None:
        return None
    try:
        return utc_now() - timedelta(**{_UNITS[parts[2]]: float(parts[1])})
    except OverflowError:
        return _START


def _iso(value: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
