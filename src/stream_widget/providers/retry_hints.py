"""When a provider says that asking again may help: its headers, or the words of its error."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from stream_widget.clock import utc_now

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["retry_after_s", "should_retry"]

_UNITS_S: Final[Mapping[str, float]] = {
    "d": 86_400.0,
    "h": 3600.0,
    "m": 60.0,
    "s": 1.0,
    "ms": 0.001,
    "us": 0.000_001,
    "µs": 0.000_001,
    "ns": 0.000_000_001,
}
_PIECE: Final = r"(\d{1,12}(?:\.\d{1,12})?)(d|h|ms|us|µs|ns|m|s)"
_DURATION: Final = re.compile(rf"(?:{_PIECE})+")
_SAID: Final = re.compile(
    rf"(?:try again|retry|wait)(?: \w+)? (?:in|after|for) "
    rf"(?P<words>(?:{_PIECE})+|\d{{1,6}}(?:\.\d{{1,12}})?)"
    r"(?![\w%])(?: (?P<unit>sec|min|milli))?",
    re.IGNORECASE,
)
_SAID_UNITS_S: Final[Mapping[str | None, float]] = {
    None: 1.0,
    "sec": 1.0,
    "min": 60.0,
    "milli": 0.001,
}
# OpenAI and Groq: x-ratelimit-reset-tokens; Anthropic: anthropic-ratelimit-tokens-reset;
# OpenRouter: x-ratelimit-reset.
_RESET: Final = re.compile(r"(?:x-|anthropic-)?ratelimit(?:-reset(-[\w-]+)?|(-[\w-]+)-reset)")
_TIMESTAMP_S: Final = 1_000_000_000.0
"""A larger number is a moment, not a duration: no one asks to wait for thirty years."""
_TIMESTAMP_MS: Final = 100_000_000_000.0


def retry_after_s(
    headers: Mapping[str, str], *, said: str = "", limited: bool = False
) -> float | None:
    """Seconds to wait before asking again; ``None`` where nobody says.

    Moments are counted from the answer's own ``date``, so that a wrong clock here does not matter.

    Args:
        headers: The answer's headers, names in lower case.
        said: The error's words: "Please try again in 2.3s".
        limited: The answer is about a rate limit, so the limits' own resets count too.
    """
    now = _moment(headers.get("date", "")) or utc_now()
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    wait_s = _seconds(headers.get("retry-after", ""), now)
    if wait_s is None:
        wait_s = _said(said)
    return _until_reset_s(headers, now) if wait_s is None and limited else wait_s


def should_retry(headers: Mapping[str, str]) -> bool | None:
    """What ``x-should-retry`` says; ``None`` where it is missing or is neither word."""
    return {"true": True, "false": False}.get(headers.get("x-should-retry", "").strip().lower())


def _until_reset_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """The longest wait among the limits that are used up, or among all where none says so."""
    waits: list[float] = []
    used_up: list[float] = []
    for name, value in headers.items():
        match = _RESET.fullmatch(name)
        wait_s = _seconds(value, now) if match else None
        if match and wait_s is not None:
            waits.append(wait_s)
            if _remaining(headers, name) == 0:
                used_up.append(wait_s)
    return max(used_up or waits, default=None)


def _remaining(headers: Mapping[str, str], reset: str) -> float | None:
    return _number(headers.get("remaining".join(reset.rsplit("reset", 1)), ""))


def _said(text: str) -> float | None:
    match = _SAID.search(text)
    if match is None:
        return None
    words, unit = match["words"], match["unit"]
    number = _number(words)
    if number is None:
        return _duration_s(words.lower())
    return number * _SAID_UNITS_S[unit.lower() if unit else None]


def _seconds(value: str, now: datetime) -> float | None:
    """Seconds from a number, a duration (``1m2.5s``), a Unix time or a date; never below 0."""
    value = value.strip()
    number = _number(value)
    if number is not None and number < _TIMESTAMP_S:
        return number
    if number is not None:
        moment_s = number / 1000 if number >= _TIMESTAMP_MS else number
        return max(0.0, moment_s - now.timestamp())
    duration_s = _duration_s(value.lower())
    if duration_s is not None:
        return duration_s
    moment = _moment(value)
    return None if moment is None else max(0.0, (moment - now).total_seconds())


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _duration_s(value: str) -> float | None:
    if not _DURATION.fullmatch(value):
        return None
    return sum(float(number) * _UNITS_S[unit] for number, unit in re.findall(_PIECE, value))


def _moment(value: str) -> datetime | None:
    """An HTTP date or an ISO date (Anthropic); one without a zone is in UTC."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = read(value.strip())
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
    return None
