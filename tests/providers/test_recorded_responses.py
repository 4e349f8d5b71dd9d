"""What real providers sent over the Responses wire gives what EXPECTED.json says, to the
character, however the bytes are split."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest

from providers.recordings import expected, fold, named, read, reader, recorded
from recorded_wire import needs_recordings
from stream_widget.errors import StreamInterruptedError
from stream_widget.events import (
    DeltaEvent,
    HeartbeatReceived,
    ReasoningStarted,
    ResponseFailed,
    ResponseFinished,
    ResponseStarted,
    UnknownFrame,
    UsageReported,
)

if TYPE_CHECKING:
    from stream_widget.events import Event
    from stream_widget.run import Snapshot

pytestmark = needs_recordings
STREAMS = named("*__responses__*.sse")
BODIES = named("*__responses__batch-*.json")
_USAGE = {
    "input": "input_tokens",
    "cached_input": "cached_input_tokens",
    "output": "output_tokens",
    "reasoning": "reasoning_tokens",
    "total": "total_tokens",
}
_SHORT_BYTES = 60_000
"""Longer streams are not read byte by byte: it says nothing new and takes seconds."""


def comparable(events: list[Event]) -> list[object]:
    """Errors as their texts; without heartbeats, since one stands for all comments of a chunk."""
    return [
        str(event.error) if isinstance(event, ResponseFailed) else event
        for event in events
        if not isinstance(event, HeartbeatReceived)
    ]


def tool_calls(snapshot: Snapshot) -> list[tuple[str | None, str]]:
    return [(part.name, part.text) for part in snapshot.parts if part.kind == "tool_call"]


@pytest.mark.parametrize("name", STREAMS)
def test_texts_tools_usage_and_finish_are_what_was_expected(name: str) -> None:
    events, wanted = read([recorded(name)]), expected(name)
    snapshot = fold(events)
    assert snapshot.output_text == wanted["output_text"]
    assert snapshot.reasoning_text == wanted["reasoning_text"]
    assert snapshot.refusal_text == wanted["refusal_text"]
    calls = [(call["name"], call["arguments"]) for call in wanted["tool_calls"]]
    assert tool_calls(snapshot) == calls
    assert snapshot.response_model == wanted["model"]
    check_usage(snapshot, wanted)
    check_end(events, snapshot, wanted)


def check_usage(snapshot: Snapshot, wanted: dict[str, Any]) -> None:
    if wanted["usage"] is None:
        assert snapshot.usage is None
        return
    usage = {ours: getattr(snapshot.usage, ours) for ours in _USAGE.values()}
    assert usage == {_USAGE[theirs]: number for theirs, number in wanted["usage"].items()}


def check_end(events: list[Event], snapshot: Snapshot, wanted: dict[str, Any]) -> None:
    failures = [event.error for event in events if isinstance(event, ResponseFailed)]
    if wanted["status"] == "failed":
        assert snapshot.finish is None
        assert [error.code for error in failures] == [wanted["error"]["code"]]
        assert wanted["error"]["message"][:80] in str(failures[0])
        return
    assert failures == []
    assert snapshot.finish is not None
    assert snapshot.finish.raw_finish_reason == wanted["finish_raw"]
    assert snapshot.finish.incomplete == (wanted["status"] == "incomplete")
    reason = "stop"
    if wanted["status"] == "incomplete":
        reason = "length"
    elif wanted["refusal_text"]:
        reason = "content_filter"
    elif wanted["tool_calls"]:
        reason = "tool_call"
    assert snapshot.finish.finish_reason == reason


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_starts_once_and_ends_once(name: str) -> None:
    events = read([recorded(name)])
    assert sum(isinstance(event, ResponseStarted) for event in events) == 1
    assert sum(isinstance(event, ResponseFinished | ResponseFailed) for event in events) == 1
    assert sum(isinstance(event, UsageReported) for event in events) <= 1


@pytest.mark.parametrize("name", STREAMS)
def test_no_delta_is_empty_and_every_one_can_be_encoded(name: str) -> None:
    deltas = [event for event in read([recorded(name)]) if isinstance(event, DeltaEvent)]
    assert all(delta.text and delta.text.encode() for delta in deltas)


@pytest.mark.parametrize("name", [n for n in STREAMS if len(recorded(n)) <= _SHORT_BYTES])
def test_the_events_are_the_same_byte_by_byte(name: str) -> None:
    raw = recorded(name)
    one_by_one = read(raw[i : i + 1] for i in range(len(raw)))
    assert comparable(one_by_one) == comparable(read([raw]))


@pytest.mark.parametrize("name", STREAMS)
def test_the_events_do_not_depend_on_where_the_bytes_are_split(name: str) -> None:
    raw, chance = recorded(name), random.Random(name)  # noqa: S311 - test data
    whole = comparable(read([raw]))
    for _ in range(20):
        cuts = sorted(chance.sample(range(len(raw)), chance.randint(1, 40)))
        chunks = [raw[a:b] for a, b in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
        assert comparable(read(chunks)) == whole


@pytest.mark.parametrize("name", STREAMS)
def test_a_cut_stream_keeps_its_text_and_is_interrupted(name: str) -> None:
    raw, chance = recorded(name), random.Random(name)  # noqa: S311 - test data
    whole = fold(read([raw]))
    last_frame = raw.rstrip().rfind(b"\n\n")
    for offset in chance.sample(range(last_frame), min(50, last_frame)):
        reading = reader()
        snapshot = fold(reading.feed(raw[:offset]))
        if not reading.finished:
            with pytest.raises(StreamInterruptedError) as caught:
                reading.close()
            assert caught.value.received_bytes == offset
            assert caught.value.kind == "interrupted"
        assert whole.output_text.startswith(snapshot.output_text)
        assert whole.reasoning_text.startswith(snapshot.reasoning_text)
        assert whole.refusal_text.startswith(snapshot.refusal_text)


def test_hidden_reasoning_is_seen_although_no_word_of_it_comes() -> None:
    name = "openai__responses__reasoning-hidden-no-summary.sse"
    events = read([recorded(name)])
    assert any(isinstance(event, ReasoningStarted) for event in events)
    snapshot = fold(events)
    assert (snapshot.reasoned, snapshot.reasoning, snapshot.reasoning_text) == (True, False, "")


def test_frames_with_no_rule_are_passed_on() -> None:
    events = read([recorded("openai__responses__web-search-eight-reasoning-items.sse")])
    kinds = {event.frame["type"] for event in events if isinstance(event, UnknownFrame)}
    assert kinds
    assert all(kind.startswith("response.") for kind in kinds)


# Unstreamed


def _texts(body: dict[str, Any], item: str, field: str, kinds: set[str], key: str) -> list[str]:
    return [
        piece[key]
        for each in body["output"]
        if each["type"] == item
        for piece in each.get(field) or ()
        if piece["type"] in kinds and piece.get(key)
    ]


@pytest.mark.parametrize("name", BODIES)
def test_an_unstreamed_body_gives_what_it_says(name: str) -> None:
    raw = recorded(name)
    body = json.loads(raw)
    snapshot = fold(reader().read_whole(raw))
    assert snapshot.output_text == "".join(
        _texts(body, "message", "content", {"output_text"}, "text")
    )
    assert snapshot.refusal_text == "".join(
        _texts(body, "message", "content", {"refusal"}, "refusal")
    )
    assert snapshot.reasoning_text == "\n\n".join(
        _texts(body, "reasoning", "summary", {"summary_text"}, "text")
    )
    assert (snapshot.response_id, snapshot.response_model) == (body["id"], body["model"])
    assert snapshot.usage is not None
    for ours in ("input_tokens", "output_tokens", "total_tokens"):
        assert getattr(snapshot.usage, ours) == body["usage"][ours]
    details = body["usage"]["output_tokens_details"]
    assert snapshot.usage.reasoning_tokens == details["reasoning_tokens"]


@pytest.mark.parametrize(
    ("name", "finish"),
    [
        ("openai__responses__batch-incomplete.json", ("length", "max_output_tokens", True)),
        ("openai__responses__batch-refusal.json", ("content_filter", "completed", False)),
        ("openai__responses__batch-reasoning-hidden.json", ("stop", "completed", False)),
        ("vllm__responses__batch-think-tags.json", ("stop", "completed", False)),
    ],
)
def test_an_unstreamed_body_says_how_it_ended(name: str, finish: tuple[str, str, bool]) -> None:
    end = fold(reader().read_whole(recorded(name))).finish
    assert end is not None
    assert (end.finish_reason, end.raw_finish_reason, end.incomplete) == finish


def test_reasoning_in_an_unstreamed_body_is_seen_although_it_has_no_words() -> None:
    snapshot = fold(reader().read_whole(recorded("openai__responses__batch-reasoning-hidden.json")))
    assert (snapshot.reasoned, snapshot.reasoning_text) == (True, "")
