"""What `sw.watch` makes of strings, of events and of frames, and of what is none of these."""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING, Any

import pytest

import stream_widget as sw
from compose.asked import WAIT_S
from stream_widget.errors import InvalidRequestError, UnknownModelError
from stream_widget.events import (
    OutputTextDelta,
    ReasoningTextDelta,
    ResponseFinished,
    ResponseStarted,
    Usage,
    UsageReported,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator

CHAT = [
    {"id": "c1", "model": "gpt-5-mini", "choices": [{"index": 0, "delta": {"content": "Hi "}}]},
    {"id": "c1", "model": "gpt-5-mini", "choices": [{"index": 0, "delta": {"content": "you"}}]},
    {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
    {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}},
]
RESPONSES = [
    {"type": "response.created", "response": {"id": "r1", "model": "gpt-5-mini"}},
    {"type": "response.output_text.delta", "output_index": 0, "content_index": 0, "delta": "Hi"},
    {
        "type": "response.completed",
        "response": {"status": "completed", "usage": {"input_tokens": 5, "output_tokens": 2}},
    },
]
MESSAGES = [
    {
        "type": "message_start",
        "message": {"id": "m1", "model": "claude-sonnet-5", "usage": {"input_tokens": 5}},
    },
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi"}},
    {"type": "content_block_stop", "index": 0},
    {
        "type": "message_delta",
        "delta": {"stop_reason": "max_tokens"},
        "usage": {"output_tokens": 2},
    },
    {"type": "message_stop"},
]


async def slowly(items: Iterable[object]) -> AsyncIterator[object]:
    for item in items:
        await asyncio.sleep(0)
        yield item


def row(w: sw.StreamWidget) -> Any:
    assert len(w.calls) == 1
    return w.calls.iloc[0]


# Strings


def test_strings_are_an_answer_that_is_complete_when_they_end() -> None:
    w = sw.watch(["Hello ", "", "world"], name="mine", tags=["a"]).wait(WAIT_S)
    assert (w.state, w.output_text, w.error) == ("completed", "Hello world", None)
    assert (w.finish_reason, w.raw_finish_reason) == (None, None)
    assert repr(w) == "StreamWidget(watch:mine, completed)"
    logged = row(w)
    assert (logged["provider"], logged["name"], list(logged["tags"])) == ("watch", "mine", ["a"])
    assert (logged["usage_source"], logged["output_tokens"]) == ("estimated", 3)
    assert math.isnan(w.cost_usd or 0)


@pytest.mark.parametrize("size", [1, 3, 100])
def test_thinking_tags_in_strings_are_told_apart_wherever_they_are_split(size: int) -> None:
    whole = "<think>Hm.</think>Yes 🌌 <b>"
    pieces = [whole[i : i + size] for i in range(0, len(whole), size)]
    w = sw.watch(pieces).wait(WAIT_S)
    assert (w.reasoning_text, w.output_text) == ("Hm.", "Yes 🌌 <b>")


def test_none_among_strings_says_nothing() -> None:
    w = sw.watch(["a", None, "b"]).wait(WAIT_S)
    assert (w.state, w.output_text) == ("completed", "ab")


def test_an_iterable_of_nothing_is_complete_and_empty() -> None:
    w = sw.watch([]).wait(WAIT_S)
    assert (w.state, w.output_text, w.usage) == ("completed", "", None)


def test_text_that_waits_for_the_end_of_a_tag_is_kept_when_the_stream_breaks() -> None:
    def pieces() -> Iterator[str]:
        yield "<thin"
        raise ValueError("mine")

    w = sw.watch(pieces()).wait(WAIT_S)
    assert (w.state, w.output_text) == ("failed", "<thin")


# Our events


def test_events_of_ours_are_taken_as_they_are() -> None:
    events = [
        ResponseStarted("r1", "mine-1"),
        ReasoningTextDelta(7, "Hm."),
        OutputTextDelta(9, "Yes."),
        UsageReported(Usage(input_tokens=3, output_tokens=2)),
        ResponseFinished("length", "cut", incomplete=True),
    ]
    w = sw.watch(events, model="openai:gpt-5-mini").wait(WAIT_S)
    assert (w.state, w.reasoning_text, w.output_text) == ("incomplete", "Hm.", "Yes.")
    logged = row(w)
    assert (logged["response_model"], logged["raw_finish_reason"]) == ("mine-1", "cut")
    assert (logged["usage_source"], logged["request_model"]) == ("reported", "gpt-5-mini")
    assert (w.cost_usd or 0) > 0


def test_events_that_end_without_a_last_one_were_interrupted() -> None:
    w = sw.watch([OutputTextDelta(0, "Half")]).wait(WAIT_S)
    assert (w.state, w.output_text) == ("failed", "Half")
    assert w.error
    assert w.error.kind == "interrupted"


def test_strings_and_events_may_be_mixed_and_never_share_a_part() -> None:
    items = ["Yes", ReasoningTextDelta(0, "Hm."), ".", UsageReported(Usage(output_tokens=4))]
    w = sw.watch(items).wait(WAIT_S)
    assert (w.state, w.reasoning_text, w.output_text) == ("completed", "Hm.", "Yes.")
    assert row(w)["output_tokens"] == 4


# Dict frames


@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize(
    ("frames", "api", "provider", "model", "text"),
    [
        (CHAT, "chat", "openai", "gpt-5-mini", "Hi you"),
        (RESPONSES, "responses", "openai", "gpt-5-mini", "Hi"),
        (MESSAGES, "messages", "anthropic", "claude-sonnet-5", "Hi"),
    ],
)
def test_frames_are_known_by_looking_and_say_who_answered(  # noqa: PLR0913
    frames: list[object], api: str, provider: str, model: str, text: str, *, asynchronous: bool
) -> None:
    w = sw.watch(slowly(frames) if asynchronous else frames).wait(WAIT_S)
    assert (w.state, w.output_text) == ("incomplete" if api == "messages" else "completed", text)
    logged = row(w)
    assert (logged["api"], logged["provider"], logged["request_model"]) == (api, provider, model)
    assert (logged["usage_source"], logged["output_tokens"]) == ("reported", 2)
    assert (w.cost_usd or 0) > 0
    view = w.to_dict()
    assert (view["provider"], view["model"]) == (provider, model)


@pytest.mark.parametrize("frames", [CHAT[:2], RESPONSES[:2], MESSAGES[:3]])
def test_frames_that_end_without_the_last_one_were_interrupted(frames: list[object]) -> None:
    w = sw.watch(frames).wait(WAIT_S)
    assert (w.state, w.output_text[:2]) == ("failed", "Hi")
    assert w.error
    assert w.error.kind == "interrupted"
    assert w.error.target.endswith((":gpt-5-mini", ":claude-sonnet-5"))


def test_a_model_that_was_named_is_not_guessed_again() -> None:
    w = sw.watch(CHAT, model="groq:openai/gpt-oss-20b").wait(WAIT_S)
    logged = row(w)
    assert (logged["provider"], logged["request_model"]) == ("groq", "openai/gpt-oss-20b")
    assert logged["response_model"] == "gpt-5-mini"


def test_an_unknown_model_over_a_wire_of_everybody_is_nobodys() -> None:
    frames = [{**frame, "model": "qwen3:8b"} for frame in CHAT]
    w = sw.watch(frames).wait(WAIT_S)
    assert repr(w) == "StreamWidget(watch:qwen3:8b, completed)"
    assert math.isnan(w.cost_usd or 0)


def test_an_error_frame_fails_the_run_and_asks_nobody_again() -> None:
    error = {"error": {"message": "Unsupported parameter: 'temperature'", "param": "temperature"}}
    w = sw.watch([error]).wait(WAIT_S)
    assert w.state == "failed"
    assert w.error
    assert "temperature" in str(w.error)
    assert len(w.calls) == 1


# What is no stream, and what is no item


async def _unawaited() -> None: ...


def _a_function() -> None: ...


@pytest.mark.parametrize(
    ("thing", "says"),
    [
        (3, "int cannot be iterated"),
        (None, "NoneType cannot be iterated"),
        (object(), "object cannot be iterated"),
        ("text", r"one string: write watch\(\[text\]\)"),
        (b"text", "bytes: decode it"),
        ({"choices": []}, r"one dict: write watch\(\[frame\]\)"),
        (_a_function, "function: call it"),
        (dict, "type: call it"),
    ],
)
def test_what_is_no_stream_is_an_error_that_names_it_at_the_call(thing: Any, says: str) -> None:
    with pytest.raises(InvalidRequestError, match=says):
        sw.watch(thing)
    assert len(sw.log.to_frame()) == 0


def test_a_coroutine_is_an_error_that_says_to_await_it() -> None:
    coroutine = _unawaited()
    with pytest.raises(InvalidRequestError, match=r"coroutine that was not awaited.*watch\(await"):
        sw.watch(coroutine)  # type: ignore[arg-type]
    coroutine.close()


@pytest.mark.parametrize(
    ("item", "name"), [(3, "int"), (b"x", "bytes"), ({"a": 1}, "dict with the keys 'a'")]
)
def test_an_item_that_is_nothing_known_fails_the_run_and_is_named(item: object, name: str) -> None:
    w = sw.watch(["Before", item, "after"]).wait(WAIT_S)
    assert (w.state, w.output_text) == ("failed", "Before")
    assert w.error
    assert (w.error.kind, f"of type {name}." in str(w.error)) == ("malformed", True)


def test_a_wrong_keyword_or_model_is_an_error_at_the_call() -> None:
    with pytest.raises(TypeError, match="Did you mean 'name'"):
        sw.watch([], nam="x")
    with pytest.raises(UnknownModelError):
        sw.watch([], model="gpt-5-minni")


def test_a_prompt_that_is_given_is_logged_and_counted() -> None:
    w = sw.watch(["Because."], prompt="Why is the sky blue?").wait(WAIT_S)
    logged = row(w)
    assert (logged["prompt"], logged["input_tokens"]) == ("Why is the sky blue?", 5)


def test_what_is_watched_cannot_be_asked_again() -> None:
    w = sw.watch(["Hi"]).wait(WAIT_S)
    with pytest.raises(InvalidRequestError, match="call watch"):
        w.restart()
