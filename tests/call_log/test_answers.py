from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from stream_widget.call_log import CallLog, RecentAnswers

if TYPE_CHECKING:
    from conftest import MakeRow


@pytest.fixture
def answer(make_row: MakeRow) -> MakeRow:
    def make(call_id: str, **values: object) -> dict[str, object]:
        reported = {
            "usage_source": "reported",
            "output_tokens": 100,
            "reasoning_tokens": 20,
            "output_text": "x" * 400,
        }
        return make_row(call_id, **(reported | values))

    return make


def test_three_answers_tell_a_median_and_the_characters_of_a_token(
    log: CallLog, answer: MakeRow
) -> None:
    for n, tokens in enumerate((100, 300, 200)):
        log.put(answer(str(n), output_tokens=tokens + 20, output_text="x" * 5 * tokens))
    assert log.flush()
    assert log.recent_answers("gpt-5-mini") == RecentAnswers(3, 220, 5.0)


def test_fewer_than_three_answers_tell_nothing(log: CallLog, answer: MakeRow) -> None:
    assert log.recent_answers("gpt-5-mini") == RecentAnswers(0, None, None)
    log.put(answer("a"))
    log.put(answer("b"))
    assert log.flush()
    assert log.recent_answers("gpt-5-mini") == RecentAnswers(2, None, None)


@pytest.mark.parametrize(
    "values",
    [
        {"state": "failed"},
        {"state": "streaming"},
        {"usage_source": "estimated"},
        {"output_tokens": None},
        {"request_model": "gpt-5-nano"},
    ],
)
def test_only_completed_calls_of_the_model_with_reported_usage_count(
    values: dict[str, object], log: CallLog, answer: MakeRow
) -> None:
    for n in range(3):
        log.put(answer(f"good {n}"))
        log.put(answer(f"other {n}", **values))
    assert log.flush()
    assert log.recent_answers("gpt-5-mini").count == 3


@pytest.mark.parametrize(
    "values",
    [
        {"output_text": None},
        {"output_text": ""},
        {"output_tokens": 20},
        {"finish_reason": "tool_call"},
        {"reasoning_tokens": None, "reasoning_text": "counted with the answer"},
    ],
)
def test_a_row_that_says_nothing_of_the_answers_text_counts_for_the_median_alone(
    values: dict[str, object], log: CallLog, answer: MakeRow
) -> None:
    for n in range(3):
        log.put(answer(str(n), **values))
    assert log.flush()
    found = log.recent_answers("gpt-5-mini")
    assert found.count == 3
    assert found.median_output_tokens is not None
    assert found.chars_per_token is None


@pytest.mark.parametrize(("characters", "ratio"), [(1, 1.0), (100_000, 12.0)])
def test_an_absurd_ratio_is_clamped(
    characters: int, ratio: float, log: CallLog, answer: MakeRow
) -> None:
    for n in range(3):
        log.put(answer(str(n), output_text="x" * characters))
    assert log.flush()
    assert log.recent_answers("gpt-5-mini").chars_per_token == ratio


def test_only_the_latest_answers_count(log: CallLog, answer: MakeRow) -> None:
    for n in range(10):
        log.put(answer(str(n), started_at=n, output_tokens=100 + n))
    assert log.flush()
    assert log.recent_answers("gpt-5-mini", limit=4) == RecentAnswers(4, 108, 1600 / 350)


def test_the_question_is_answered_by_an_index_and_not_by_the_table(
    log: CallLog, answer: MakeRow
) -> None:
    from stream_widget.call_log import answers  # noqa: PLC0415 - only this test looks inside

    log.put(answer("a"))
    assert log.flush()
    with closing(sqlite3.connect(str(log.path))) as db:
        plan = db.execute(f"explain query plan {answers._COMPLETED}", ("gpt-5-mini", 50)).fetchall()
    steps = [row[3] for row in plan]
    assert len(steps) == 1
    assert "USING INDEX calls_answers (request_model=?)" in steps[0]
