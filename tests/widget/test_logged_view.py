"""Rows of the log as the view of a run."""

from __future__ import annotations

import json

import pytest

from stream_widget.errors import InvalidRequestError
from stream_widget.widget import logged_view

CALLS = json.dumps([{"id": "c1", "name": "look", "arguments": '{"a":1}'}])
COLUMNS = [
    "name",
    "response_model",
    "effort",
    "summary",
    "verbosity",
    "max_output_tokens",
    "finish_reason",
    "raw_finish_reason",
    "error_kind",
    "error_message",
    "ended_at",
    "duration_s",
    "ttft_s",
    "ttfo_s",
    "usage_source",
    "cost_usd",
    "price_source",
    "input_tokens",
    "cached_input_tokens",
    "cache_write_tokens",
    "output_tokens",
    "reasoning_tokens",
    "total_tokens",
    "prompt",
    "output_text",
    "reasoning_text",
    "refusal_text",
    "tool_calls",
    "parts",
    "timeline",
]


def row(**values: object) -> dict[str, object]:
    return dict.fromkeys(COLUMNS) | {
        "run_id": "r",
        "attempt": 1,
        "started_at": 1_790_000_000_000_000,
        "provider": "openai",
        "request_model": "gpt-5-mini",
        "state": "completed",
        **values,
    }


FULL = {
    "reasoning_text": "One.\n\nTwo.",
    "output_text": "Hello you",
    "refusal_text": "No.",
    "tool_calls": CALLS,
    "timeline": "1000:0+4 100:1+7 100:2+4 100:3+5 50:4+4 50:5+3",
    "ttft_s": 0.75,
    "duration_s": 1.0,
    "parts": json.dumps(
        [
            ["reasoning_summary", None, 4],
            ["tool_call", "look", 7],
            ["reasoning_text", None, 4],
            ["output_text", None, 5],
            ["output_text", None, 4],
            ["refusal", None, 3],
        ]
    ),
}


def told(view) -> list[tuple[str, str]]:
    return [(part["kind"], part["text"]) for part in view["parts"]]


def test_texts_are_cut_into_the_parts_they_came_in() -> None:
    view = logged_view([row(**FULL)])
    assert told(view) == [
        ("reasoning_summary", "One."),
        ("tool_call", '{"a":1}'),
        ("reasoning_text", "Two."),
        ("output_text", "Hello"),
        ("output_text", " you"),
        ("refusal", "No."),
    ]
    assert (view["parts"][1]["name"], view["parts"][1]["call_id"]) == ("look", "c1")
    assert (view["parts"][3]["started_s"], view["parts"][3]["finished_s"]) == (1.3, 1.3)
    assert view["timeline"] == FULL["timeline"]


def test_the_time_before_the_attempt_is_known_from_its_first_text() -> None:
    view = logged_view([row(**FULL)])
    assert view["elapsed_s"] == pytest.approx(1.25)
    assert view["started_at"] == pytest.approx(1_790_000_000 - 0.25)


@pytest.mark.parametrize(
    "change",
    [
        {"parts": None, "timeline": None},
        {"output_text": "Hello"},
        {"output_text": "Hello you too"},
        {"tool_calls": "[]"},
        {"reasoning_text": "One."},
    ],
)
def test_where_lengths_do_not_fit_the_texts_stand_whole_and_without_times(change) -> None:
    values = FULL | change
    view = logged_view([row(**values)])
    assert view["timeline"] == ""
    assert [text for kind, text in told(view) if kind == "output_text"] == [values["output_text"]]
    assert ("reasoning_text", values["reasoning_text"]) in told(view)


def test_earlier_attempts_are_told_in_the_words_of_a_live_run() -> None:
    failed = {"state": "failed", "error_kind": "rate_limit", "error_message": "Slow down."}
    start = 1_790_000_000_000_000
    view = logged_view(
        [
            row(**failed, ended_at=start + 1_000_000),
            row(**failed, attempt=2, started_at=start + 3_500_000),
            row(attempt=3, started_at=start + 4_000_000, request_model="gpt-5", duration_s=2.0),
        ]
    )
    assert [notice["text"] for notice in view["notices"]] == [
        "openai:gpt-5-mini failed (rate limit); asking again in 2.5 s.",
        "openai:gpt-5-mini failed (rate limit); asking openai:gpt-5 instead.",
    ]
    assert (view["first_target"], view["model"]) == ("openai:gpt-5-mini", "gpt-5")
    assert view["error"] is None
    assert view["elapsed_s"] == 6.0


def test_a_failure_keeps_its_kind_and_its_words() -> None:
    view = logged_view([row(state="failed", error_kind="quota", error_message="Empty.")])
    assert view["error"]["kind"] == "quota"
    assert view["error"]["message"] == "Empty."


def test_a_row_that_no_run_can_have_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match="output_tokens"):
        logged_view([row(output_tokens=-5)])
