from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from stream_widget.call_log import CONTENT_COLUMNS, CallLog, LogSink
from stream_widget.errors import ProviderError, StreamInterruptedError
from stream_widget.events import (
    OutputTextDelta,
    ReasoningSummaryDelta,
    RefusalDelta,
    ResponseFinished,
    ResponseStarted,
    ToolCallDelta,
    ToolCallFinished,
    ToolCallStarted,
    Usage,
    UsageReported,
)
from stream_widget.request import Request, Target

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeRun
    from stream_widget.run import Run

USAGE = Usage(
    input_tokens=1000,
    cached_input_tokens=400,
    cache_write_tokens=100,
    output_tokens=500,
    reasoning_tokens=300,
    total_tokens=1500,
)
ANSWER = (
    ResponseStarted("resp_1", "gpt-5-mini-2025-08-07"),
    ReasoningSummaryDelta(0, "**Scattering**"),
    ReasoningSummaryDelta(1, "Rayleigh, then."),
    OutputTextDelta(2, "Short waves "),
    OutputTextDelta(2, "scatter more. 🌤"),
    RefusalDelta(3, "No more."),
    UsageReported(USAGE),
    ResponseFinished("stop", "completed"),
)


def test_a_finished_run_has_one_row_with_everything_known_of_it(
    log: CallLog, make_run: MakeRun
) -> None:
    request = Request(
        "Why is the sky blue?",
        instructions="Be brief.",
        effort="high",
        summary="detailed",
        verbosity="low",
        temperature=1,
        max_output_tokens=2000,
        tags=("sky", "größe"),
        name="blue",
    )
    sink = LogSink(log, api_of=lambda _target: "responses", comparison_id="grid", repeat=2)
    run = make_run(*ANSWER, request=request, sink=sink)
    attempt = run.attempts[0]
    frame = log.to_frame()
    assert len(frame) == 1
    assert frame[["error_kind", "error_message"]].isna().all(axis=None)
    row = frame.drop(columns=["error_kind", "error_message"]).iloc[0].to_dict()
    version = row.pop("app_version")
    assert pd.isna(version) or version[0].isdigit()
    assert row == {
        "call_id": attempt.call_id,
        "run_id": run.run_id,
        "attempt": 1,
        "started_at": pd.Timestamp(attempt.started_at),
        "ended_at": pd.Timestamp(attempt.ended_at),
        "provider": "openai",
        "api": "responses",
        "request_model": "gpt-5-mini",
        "response_model": "gpt-5-mini-2025-08-07",
        "response_id": "resp_1",
        "state": "completed",
        "finish_reason": "stop",
        "raw_finish_reason": "completed",
        "effort": "high",
        "summary": "detailed",
        "verbosity": "low",
        "temperature": 1.0,
        "max_output_tokens": 2000,
        "streamed": True,
        "input_tokens": 1000,
        "cached_input_tokens": 400,
        "cache_write_tokens": 100,
        "output_tokens": 500,
        "reasoning_tokens": 300,
        "total_tokens": 1500,
        "usage_source": "reported",
        "cost_usd": 0.25,
        "price_source": "test prices",
        "duration_s": attempt.duration_s,
        "ttft_s": attempt.ttft_s,
        "ttfo_s": attempt.ttfo_s,
        "tokens_per_s": attempt.tokens_per_s,
        "prompt": "Why is the sky blue?",
        "instructions": "Be brief.",
        "output_text": "Short waves scatter more. 🌤",
        "reasoning_text": "**Scattering**\n\nRayleigh, then.",
        "refusal_text": "No more.",
        "name": "blue",
        "tags": ["sky", "größe"],
        "comparison_id": "grid",
        "repeat": 2,
    }
    assert row["started_at"].tzinfo is UTC


def test_a_call_is_in_the_log_as_streaming_from_its_start(log: CallLog, make_run: MakeRun) -> None:
    seen: list[pd.DataFrame] = []

    def look(_run: Run) -> None:
        seen.append(log.to_frame())

    make_run(OutputTextDelta(0, "Hi"), ResponseFinished("stop", "completed"), before_end=look)
    assert list(seen[0]["state"]) == ["streaming"]
    assert seen[0]["ended_at"].isna().all()
    assert seen[0]["output_tokens"].isna().all()
    assert list(log.to_frame()["state"]) == ["completed"]


def test_a_failed_call_keeps_its_text_its_error_and_an_estimate(
    log: CallLog, make_run: MakeRun
) -> None:
    make_run(OutputTextDelta(0, "Half an ans"))
    row = log.to_frame().iloc[0]
    assert row["state"] == "failed"
    assert row["error_kind"] == "interrupted"
    assert row["error_message"] == str(StreamInterruptedError(target="openai:gpt-5-mini"))
    assert row["output_text"] == "Half an ans"
    assert row["usage_source"] == "estimated"
    assert pd.isna(row["finish_reason"])


def test_a_cancelled_call_is_logged_as_cancelled(log: CallLog, make_run: MakeRun) -> None:
    make_run(OutputTextDelta(0, "Hi"), before_end=lambda run: run.cancel())
    row = log.to_frame().iloc[0]
    assert (row["state"], row["output_text"]) == ("cancelled", "Hi")


def test_an_answer_cut_by_a_limit_is_logged_as_incomplete(log: CallLog, make_run: MakeRun) -> None:
    make_run(ResponseFinished("length", "max_output_tokens", incomplete=True))
    row = log.to_frame().iloc[0]
    assert (row["state"], row["finish_reason"]) == ("incomplete", "length")


def test_each_attempt_of_a_run_is_a_row_of_its_own(log: CallLog, make_run: MakeRun) -> None:
    down = ProviderError("down", kind="server", target="openai:gpt-5-mini", status=503)
    targets = [Target("openai", "gpt-5-mini"), Target("openai", "gpt-5-nano")]
    run = make_run(down, targets=targets)
    frame = log.to_frame()
    assert list(frame["attempt"]) == [1, 2]
    assert list(frame["request_model"]) == ["gpt-5-mini", "gpt-5-nano"]
    assert set(frame["run_id"]) == {run.run_id}
    assert list(frame["error_kind"]) == ["server", "server"]


def test_an_unknown_cost_is_nan_and_never_zero(log: CallLog, make_run: MakeRun) -> None:
    make_run(*ANSWER, targets=[Target("ollama", "qwen3:8b")])
    frame = log.to_frame()
    assert math.isnan(frame["cost_usd"][0])
    assert frame["price_source"].isna().all()


def test_totals_that_were_not_reported_are_missing_and_never_zero(
    log: CallLog, make_run: MakeRun
) -> None:
    make_run(
        OutputTextDelta(0, "Hi"),
        UsageReported(Usage(input_tokens=3, output_tokens=0)),
        ResponseFinished("stop", "completed"),
    )
    row = log.to_frame().iloc[0]
    assert row["output_tokens"] == 0
    assert row["reasoning_tokens"] is pd.NA
    assert row["cached_input_tokens"] is pd.NA
    assert row["total_tokens"] is pd.NA


def test_without_content_the_log_has_numbers_and_no_words(
    log: CallLog, make_run: MakeRun, tmp_path: Path
) -> None:
    request = Request("a secret question", instructions="hidden orders")
    make_run(*ANSWER, request=request, sink=LogSink(log, log_content=False))
    frame = log.to_frame()
    assert frame[sorted(CONTENT_COLUMNS - {"tool_calls"})].isna().all(axis=None)
    assert log.to_frame(tool_calls=True)["tool_calls"][0] == []
    assert frame["output_tokens"][0] == 500
    log.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for words in (b"secret question", b"hidden orders", b"scatter", b"Rayleigh", b"No more"):
        assert words not in stored


def test_what_was_really_sent_stands_in_the_row(log: CallLog, make_run: MakeRun) -> None:
    def as_sent(request: Request, _target: Target) -> Request:
        return replace(request, effort="medium", summary=None, stream=False)

    make_run(
        *ANSWER,
        request=Request("Hi", summary="auto"),
        sink=LogSink(log, api_of=lambda _: "chat"),
        as_sent=as_sent,
    )
    row = log.to_frame().iloc[0]
    assert (row["effort"], row["api"]) == ("medium", "chat")
    assert not row["streamed"]
    assert row["summary"] is pd.NA


def test_a_request_that_forbids_streaming_is_logged_as_not_streamed(
    log: CallLog, make_run: MakeRun
) -> None:
    make_run(*ANSWER, request=Request("Hi", stream=False))
    assert not log.to_frame()["streamed"][0]


def test_a_list_of_messages_is_logged_as_readable_text(log: CallLog, make_run: MakeRun) -> None:
    messages = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi"}]
    make_run(*ANSWER, request=Request(messages))
    assert log.to_frame()["prompt"][0] == "system: Be kind.\n\nuser: Hi"


@pytest.mark.parametrize(
    "key",
    [
        "sk-proj-A1b2C3d4E5f6G7h8I9j0K1l2M3n4",
        "gsk_A1b2C3d4E5f6G7h8I9j0K1l2M3n4",
        "xai-A1b2C3d4E5f6G7h8I9j0K1l2M3n4",
        "my-own-gateway-key",
    ],
)
def test_no_key_reaches_the_file(
    key: str, log: CallLog, make_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEWAY_API_KEY", "my-own-gateway-key")
    error = ProviderError(
        f"Incorrect API key provided: {key}. Check it.",
        kind="authentication",
        target="openai:gpt-5-mini",
    )
    request = Request(f"My key is {key}, why?", instructions=f"Use {key}", name=key, tags=(key,))
    make_run(OutputTextDelta(0, f"You said {key}."), error, request=request)
    row = log.to_frame().iloc[0]
    assert row["error_message"] == "Incorrect API key provided: [key removed]. Check it."
    assert row["output_text"] == "You said [key removed]."
    assert row["tags"] == ["[key removed]"]
    log.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert key.encode() not in stored


def test_half_a_character_does_not_cost_the_row(log: CallLog, make_run: MakeRun) -> None:
    make_run(OutputTextDelta(0, "grin \ud83d"), ResponseFinished("stop", "completed"))
    assert log.to_frame()["output_text"][0] == "grin ?"


def test_tool_calls_are_kept_and_given_to_who_asks_for_them(
    log: CallLog, make_run: MakeRun
) -> None:
    make_run(
        ToolCallStarted(0, "call_1", "look_up"),
        ToolCallDelta(0, '{"sky":'),
        ToolCallDelta(0, "true}"),
        ToolCallFinished(0),
        ResponseFinished("tool_call", "tool_calls"),
    )
    assert "tool_calls" not in log.to_frame().columns
    frame = log.to_frame(tool_calls=True)
    assert list(frame.columns)[-1] == "tool_calls"
    assert frame["tool_calls"][0] == [
        {"id": "call_1", "name": "look_up", "arguments": '{"sky":true}'}
    ]
