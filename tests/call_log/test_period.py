from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from stream_widget.call_log.period import microseconds, moment
from stream_widget.clock import utc_now
from stream_widget.errors import InvalidRequestError


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("30s", timedelta(seconds=30)),
        ("30m", timedelta(minutes=30)),
        ("24h", timedelta(hours=24)),
        ("1.5h", timedelta(minutes=90)),
        ("7d", timedelta(days=7)),
        (" 2 w ", timedelta(weeks=2)),
    ],
)
def test_a_span_of_time_is_counted_back_from_now(text: str, ago: timedelta) -> None:
    earliest = utc_now() - ago
    found = moment(text, name="since")
    assert earliest <= found <= utc_now() - ago


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11-20T09:30", datetime(2026, 11, 20, 9, 30, tzinfo=UTC)),
        ("2026-11-20T09:30:00Z", datetime(2026, 11, 20, 9, 30, tzinfo=UTC)),
        ("2026-11-20T09:30+01:00", datetime(2026, 11, 20, 8, 30, tzinfo=UTC)),
    ],
)
def test_an_iso_text_is_utc_unless_it_names_an_offset(text: str, at: datetime) -> None:
    assert moment(text, name="since") == at


def test_an_aware_time_is_taken_as_it_is() -> None:
    at = datetime(2026, 11, 20, 9, 30, tzinfo=timezone(timedelta(hours=2)))
    assert moment(at, name="since") is at


def test_a_span_beyond_all_calendars_is_the_beginning() -> None:
    assert moment("99999999999d", name="since").year == 1970


@pytest.mark.parametrize("value", ["yesterday", "7 days ago", "", "d7", "-7d", 7, b"7d"])
def test_anything_else_is_refused_with_what_would_do(value: object) -> None:
    with pytest.raises(InvalidRequestError, match=r"until must be a time ago such as '30m'"):
        moment(value, name="until")


def test_a_time_without_a_zone_is_refused_with_the_way_to_give_it_one() -> None:
    with pytest.raises(InvalidRequestError, match="astimezone"):
        moment(datetime(2026, 11, 20), name="since")  # noqa: DTZ001 - that is the point


def test_microseconds_are_exact() -> None:
    at = datetime(2026, 11, 20, 23, 59, 59, 999_999, tzinfo=UTC)
    assert datetime.fromtimestamp(0, UTC) + timedelta(microseconds=microseconds(at)) == at
