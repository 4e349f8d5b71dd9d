from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from stream_widget.request import Request, Target
from stream_widget.run import attempt
from stream_widget.run.attempt import Attempt, now_after

NOON = datetime(2026, 10, 25, 12, tzinfo=UTC)


@pytest.fixture
def first() -> Attempt:
    return Attempt(1, Target("openai", "gpt-5-mini"), NOON, 100.0, Request("Hi"))


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(seconds=1)])
def test_a_clock_that_is_set_back_ends_no_attempt_before_it_began(
    first: Attempt, back: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempt, "utc_now", lambda: NOON - back)
    first.end(102.5)
    assert first.duration_s == 2.5
    assert first.ended_at == NOON + timedelta(seconds=2.5)
    assert now_after(first) == first.ended_at


def test_a_clock_that_goes_on_is_believed(first: Attempt, monkeypatch: pytest.MonkeyPatch) -> None:
    later = NOON + timedelta(seconds=3)  # a machine that slept has a later clock than its durations
    monkeypatch.setattr(attempt, "utc_now", lambda: later)
    assert now_after(None) == later
    assert now_after(first) == later
    first.end(102.5)
    assert first.ended_at == later
