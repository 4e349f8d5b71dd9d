from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from stream_widget.call_log import CONTENT_COLUMNS, CallLog, LogSink
from stream_widget.errors import ProviderError
from stream_widget.events import (
    OutputTextDelta,
    ReasoningTextDelta,
    RefusalDelta,
    ResponseFinished,
    ToolCallDelta,
    ToolCallStarted,
    Usage,
    UsageReported,
)
from stream_widget.request import Request

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import MakeRun

REQUEST = Request(
    "Write to Ann.", instructions="Greet Ann.", name="to Ann", tags=("Ann", "letters")
)
ANSWER = (
    ReasoningTextDelta(0, "A"),
    ReasoningTextDelta(0, "nn is"),
    OutputTextDelta(1, "Dear A"),
    OutputTextDelta(1, "nn, "),
    RefusalDelta(2, "Ann!"),
    ToolCallStarted(3, "call_1", "mail"),
    ToolCallDelta(3, '{"to": "A'),
    ToolCallDelta(3, 'nn"}'),
    UsageReported(Usage(input_tokens=10, output_tokens=5)),
)
END = ResponseFinished("stop", "completed")


def without_ann(text: str) -> str:
    return text.replace("Ann", "[name]")


def raising(text: str) -> str:
    raise LookupError(text)


def returning_nothing(text: str) -> None:
    return None


def stored(log: CallLog, folder: Path) -> bytes:
    log.close()
    return b"".join(path.read_bytes() for path in folder.iterdir())


def test_a_function_is_applied_to_every_text_before_it_is_written(
    log: CallLog, make_run: MakeRun, tmp_path: Path
) -> None:
    failure = ProviderError("Ann is unknown", kind="bad_request", target="openai:gpt-5-mini")
    make_run(*ANSWER, failure, request=REQUEST, sink=LogSink(log, redact=without_ann))
    row = log.to_frame(tool_calls=True).iloc[0]
    assert row["prompt"] == "Write to [name]."
    assert row["instructions"] == "Greet [name]."
    assert row["reasoning_text"] == "[name] is"
    assert row["output_text"] == "Dear [name], "
    assert row["refusal_text"] == "[name]!"
    assert row["tool_calls"][0]["arguments"] == '{"to": "[name]"}'
    assert row["error_message"] == "[name] is unknown"
    assert row["name"] == "to [name]"
    assert row["tags"] == ["[name]", "letters"]
    assert row["output_tokens"] > 0
    assert b"Ann" not in stored(log, tmp_path)


@pytest.mark.parametrize("redact", [raising, returning_nothing])
def test_a_function_that_fails_leaves_texts_out_and_keeps_the_numbers(
    redact: Callable[[str], str],
    log: CallLog,
    make_run: MakeRun,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    run = make_run(
        *ANSWER,
        request=REQUEST,
        sink=LogSink(log, redact=redact),
        before_end=lambda _run: log.flush(),
    )
    row = log.to_frame().iloc[0]
    texts = ["prompt", "instructions", "output_text", "reasoning_text", "refusal_text", "name"]
    assert row[[*texts, "error_message"]].isna().all()
    assert (row["tags"], row["error_kind"]) == ([], "interrupted")
    assert row["output_tokens"] > 0
    assert b"Ann" not in stored(log, tmp_path)
    notices = [notice.text for notice in run.notices if "redact=" in notice.text]
    assert len(notices) == 1
    assert "Ann" not in caplog.text + notices[0]


def test_a_function_cannot_bring_a_key_back(
    log: CallLog, make_run: MakeRun, tmp_path: Path
) -> None:
    key = "sk-proj-A1b2C3d4E5f6G7h8I9j0K1l2M3n4"
    make_run(*ANSWER, END, sink=LogSink(log, redact=lambda text: f"{text} {key}"))
    assert key.encode() not in stored(log, tmp_path)


def test_a_key_that_two_parts_of_the_answer_share_is_taken_out(
    log: CallLog, make_run: MakeRun, tmp_path: Path
) -> None:
    make_run(
        OutputTextDelta(0, "It is sk-proj-A1b2C3d4E5f6"),
        OutputTextDelta(1, "G7h8I9j0K1l2M3n4 now."),
        END,
    )
    assert log.to_frame()["output_text"][0] == "It is [key removed] now."
    assert b"G7h8I9j0K1l2M3n4" not in stored(log, tmp_path)


def test_where_nothing_is_logged_the_function_is_not_asked_for_it(
    log: CallLog, make_run: MakeRun, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[str] = []

    def listen(text: str) -> str:
        asked.append(text)
        return text

    make_run(*ANSWER, END, request=REQUEST, sink=LogSink(log, redact=listen, log_content=False))
    frame = log.to_frame()
    assert frame[sorted(CONTENT_COLUMNS - {"tool_calls"})].isna().all(axis=None)
    assert not [text for text in asked if "Dear" in text or "Greet" in text]
    assert not [each for each in caplog.records if each.levelno >= logging.WARNING]
