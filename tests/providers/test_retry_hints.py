"""When to ask again, in any of the ways that providers say it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stream_widget.clock import utc_now
from stream_widget.providers.retry_hints import retry_after_s

DATE = "Wed, 21 Oct 2026 07:28:00 GMT"


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "250", "retry-after": "3"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "3"}, 3.0),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "1m2.5s"}, 62.5),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:30 GMT"}, 30.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:27:00 GMT"}, 0.0),
    ],
)
def test_a_wait_is_read_in_milliseconds_or_else_in_seconds_or_as_a_date(
    headers: dict[str, str], wait_s: float | None
) -> None:
    assert retry_after_s({"date": DATE, **headers}) == wait_s


def test_a_date_is_counted_from_now_where_the_answer_has_none() -> None:
    moment = (utc_now() + timedelta(seconds=100)).isoformat()
    wait_s = retry_after_s({"retry-after": moment})
    assert wait_s is not None
    assert 90 < wait_s <= 100


@pytest.mark.parametrize(
    ("reset", "wait_s"),
    [
        ("12ms", 0.012),
        ("0s", 0.0),
        ("1m2.5s", 62.5),
        ("6m0s", 360.0),
        ("1h3m", 3780.0),
        ("2d", 172_800.0),
        ("5", 5.0),
        ("1792567690", 10.0),  # seconds since 1970
        ("1792567690500", 10.5),  # OpenRouter: milliseconds since 1970
        ("2026-10-21T07:29:12Z", 72.0),
        ("2026-10-21T07:29:12", 72.0),
        ("2026-10-21T09:29:12+02:00", 72.0),
        ("tomorrow", None),
        ("", None),
    ],
)
@pytest.mark.parametrize(
    "name",
    ["x-ratelimit-reset-tokens", "x-ratelimit-reset", "anthropic-ratelimit-input-tokens-reset"],
)
def test_the_reset_of_a_limit_is_read_in_any_form(
    name: str, reset: str, wait_s: float | None
) -> None:
    headers = {"date": DATE, name: reset}
    assert retry_after_s(headers, limited=True) == wait_s
    assert retry_after_s(headers) is None


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"x-ratelimit-reset-requests": "1s", "x-ratelimit-reset-tokens": "8s"}, 8.0),
        (
            {
                "x-ratelimit-reset-requests": "1s",
                "x-ratelimit-remaining-requests": "0",
                "x-ratelimit-reset-tokens": "8s",
                "x-ratelimit-remaining-tokens": "500",
            },
            1.0,
        ),
        (
            {
                "anthropic-ratelimit-requests-reset": "2026-10-21T07:30:00Z",
                "anthropic-ratelimit-requests-remaining": "10",
                "anthropic-ratelimit-tokens-reset": "2026-10-21T07:28:03Z",
                "anthropic-ratelimit-tokens-remaining": "0",
            },
            3.0,
        ),
        ({"x-ratelimit-reset-tokens": "8s", "retry-after": "2"}, 2.0),
    ],
)
def test_of_several_limits_the_one_that_is_used_up_counts(
    headers: dict[str, str], wait_s: float
) -> None:
    assert retry_after_s({"date": DATE, **headers}, limited=True) == wait_s


@pytest.mark.parametrize(
    ("said", "wait_s"),
    [
        ("Please try again in 2.3s. Need more?", 2.3),
        ("Please try again in 120ms.", 0.12),
        ("Please try again in 1m30.5s", 90.5),
        ("Please retry after 22 seconds.", 22.0),
        ("Please retry after 2 minutes.", 120.0),
        ("Please wait for 500 milliseconds", 0.5),
        ("Please retry shortly", None),
        ("Try again in 5x", None),
        ("Limit 6000, Used 5447", None),
    ],
)
def test_a_wait_in_the_words_of_an_error_counts_where_no_header_says_more(
    said: str, wait_s: float | None
) -> None:
    assert retry_after_s({}, said=said) == wait_s
    assert retry_after_s({"retry-after": "1"}, said=said) == 1.0
