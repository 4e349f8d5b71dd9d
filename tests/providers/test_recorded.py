"""What real providers sent gives what EXPECTED.json says, to the character, however the bytes are
split; and a stream that is cut gives exactly what came before the cut."""

from __future__ import annotations

import json
import random
import re
from typing import TYPE_CHECKING, Any

import pytest

from providers.recordings import TARGET, expected, fold, named, reader, recorded, wire_of
from recorded_wire import needs_recordings
from stream_widget.errors import StreamInterruptedError
from stream_widget.events import (
    DeltaEvent,
    HeartbeatReceived,
    PartFinished,
    ReasoningStarted,
    ResponseFailed,
    ResponseFinished,
    ResponseStarted,
    ToolCallFinished,
    UnknownFrame,
    UsageReported,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stream_widget.events import Event
    from stream_widget.run import Snapshot

pytestmark = needs_recordings
STREAMS = named("*__*__*.sse")
_SHORT_BYTES = 60_000
"""Longer streams are not read byte by byte: it says nothing new and takes seconds."""

_FINISH_REASONS = {
    "stop": "stop",
    "completed": "stop",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_calls": "tool_call",
    "tool_use": "tool_call",
    "refusal": "content_filter",
    "length": "length",
    "max_tokens": "length",
    "max_output_tokens": "length",
    "REASON_MAX_LEN": "length",
    "content_filter": "content_filter",
}


def events_of(name: str, chunks: Iterable[bytes] | None = None) -> list[Event]:
    """The events of a stream, to its end or to where it breaks off; then the error, if any."""
    reading = reader(wire_of(name))
    events: list[Event] = []
    for chunk in [recorded(name)] if chunks is None else chunks:
        events += reading.feed(chunk)
        assert reading.error is None
    try:
        events.extend(reading.close())
    except StreamInterruptedError as error:
        events.append(ResponseFailed(error))
    return events


def tried(events: Iterable[Event]) -> list[object]:
    """Errors as their texts; without heartbeats, since one stands for all comments of a chunk."""
    return [
        str(event.error) if isinstance(event, ResponseFailed) else event
        for event in events
        if not isinstance(event, HeartbeatReceived)
    ]


def texts(snapshot: Snapshot) -> tuple[str, str, str]:
    return snapshot.reasoning_text, snapshot.output_text, snapshot.refusal_text


@pytest.mark.parametrize("name", STREAMS)
def test_texts_and_tools_are_what_was_expected(name: str) -> None:
    snapshot, wanted = fold(events_of(name)), expected(name)
    assert snapshot.output_text == wanted["output_text"]
    assert snapshot.reasoning_text == wanted["reasoning_text"]
    assert snapshot.refusal_text == wanted["refusal_text"]
    assert snapshot.response_model == wanted["model"]
    calls = [(part.name, part.text) for part in snapshot.parts if part.kind == "tool_call"]
    assert calls == [(call["name"], call["arguments"]) for call in wanted["tool_calls"]]


@pytest.mark.parametrize("name", STREAMS)
def test_usage_is_what_was_expected(name: str) -> None:
    usage, wanted = fold(events_of(name)).usage, expected(name)["usage"]
    if wanted is None:
        assert usage is None
        return
    assert usage is not None
    assert (usage.input_tokens, usage.output_tokens) == in_our_words(wanted, wire_of(name))
    assert usage.cached_input_tokens == wanted["cached_input"]
    assert usage.reasoning_tokens == wanted["reasoning"]
    assert usage.total_tokens == wanted["total"]


def in_our_words(wanted: dict[str, Any], wire: str) -> tuple[int, int]:
    """Input and output with what EXPECTED, which keeps the provider's numbers, has beside them."""
    inputs, outputs = wanted["input"], wanted["output"]
    if wire == "messages":
        inputs += (wanted["cached_input"] or 0) + (wanted.get("cache_write") or 0)
    reasoning = wanted["reasoning"] or 0
    if wire == "chat" and inputs + outputs + reasoning == wanted["total"]:
        outputs += reasoning
    return inputs, outputs


@pytest.mark.parametrize("name", STREAMS)
def test_the_end_is_what_was_expected(name: str) -> None:
    events, wanted = events_of(name), expected(name)
    finish = fold(events).finish
    failures = [event.error for event in events if isinstance(event, ResponseFailed)]
    if wanted["status"] in ("failed", "cut"):
        assert finish is None
        assert len(failures) == 1
        check_failure(failures[0], wanted)
        return
    assert failures == []
    assert finish is not None
    assert finish.raw_finish_reason == wanted["finish_raw"]
    assert finish.incomplete == (wanted["status"] in ("incomplete", "paused"))
    reason = _FINISH_REASONS.get(wanted["finish_raw"])
    if reason == "stop" and wanted["refusal_text"]:
        reason = "content_filter"
    elif reason == "stop" and wanted["tool_calls"] and wire_of(name) != "messages":
        reason = "tool_call"  # Anthropic has a word of its own, and tools that it calls itself
    assert finish.finish_reason == reason


def check_failure(failure: Any, wanted: dict[str, Any]) -> None:
    if wanted["status"] == "cut":
        assert failure.kind == "interrupted"
        return
    error = wanted["error"]
    assert error["message"][:80] in str(failure)
    if isinstance(error.get("code"), str):
        assert failure.code == error["code"]


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_starts_once_and_ends_once(name: str) -> None:
    events = events_of(name)
    assert sum(isinstance(event, ResponseStarted) for event in events) == (
        0 if expected(name)["model"] is None else 1
    )
    assert sum(isinstance(event, ResponseFinished | ResponseFailed) for event in events) == 1
    if wire_of(name) != "messages":  # which counts on while it streams
        assert sum(isinstance(event, UsageReported) for event in events) <= 1


@pytest.mark.parametrize("name", STREAMS)
def test_no_delta_is_empty_none_follows_its_parts_end_and_all_can_be_encoded(name: str) -> None:
    finished: set[int] = set()
    for event in events_of(name):
        if isinstance(event, DeltaEvent):
            assert event.text
            assert event.text.encode()
            assert event.part not in finished
        elif isinstance(event, PartFinished | ToolCallFinished):
            assert event.part not in finished
            finished.add(event.part)


@pytest.mark.parametrize("name", [n for n in STREAMS if len(recorded(n)) <= _SHORT_BYTES])
def test_the_events_are_the_same_byte_by_byte(name: str) -> None:
    raw = recorded(name)
    one_by_one = events_of(name, (raw[i : i + 1] for i in range(len(raw))))
    assert tried(one_by_one) == tried(events_of(name))


@pytest.mark.parametrize("name", STREAMS)
def test_the_events_do_not_depend_on_where_the_bytes_are_split(name: str) -> None:
    raw, chance = recorded(name), random.Random(name)  # noqa: S311 - test data
    whole = tried(events_of(name))
    for _ in range(20):
        cuts = sorted(chance.sample(range(len(raw)), chance.randint(1, 40)))
        chunks = [raw[a:b] for a, b in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
        assert tried(events_of(name, chunks)) == whole


@pytest.mark.parametrize("name", STREAMS)
def test_a_cut_stream_keeps_exactly_the_text_before_it_and_is_interrupted(name: str) -> None:
    raw, chance = recorded(name), random.Random(name)  # noqa: S311 - test data
    whole = texts(fold(events_of(name)))
    last_frame = max(raw.rstrip().rfind(end) for end in (b"\n\n", b"\r\n\r\n"))
    for offset in chance.sample(range(last_frame), min(50, last_frame)):
        reading = reader(wire_of(name))
        reading.feed(raw[:offset])
        events = events_of(name, [raw[:offset]])
        if not reading.over:
            assert tried(events)[-1] == str(
                StreamInterruptedError(target=TARGET, received_bytes=offset)
            )
        for kept, all_of_it in zip(texts(fold(events)), whole, strict=True):
            # A tag that was cut in its middle could have been text, and is kept.
            assert all_of_it.startswith((kept, re.sub(r"</?[a-z]*$", "", kept)))


@pytest.mark.parametrize(
    "name", [n for n in STREAMS if wire_of(n) == "chat" and not expected(n)["tags"]]
)
def test_a_cut_stream_gives_every_character_that_its_whole_frames_hold(name: str) -> None:
    raw, chance = recorded(name), random.Random(name)  # noqa: S311 - test data
    for offset in chance.sample(range(len(raw)), 20):
        kept = texts(fold(events_of(name, [raw[:offset]])))
        assert kept == said_in(raw[:offset])


def said_in(raw: bytes) -> tuple[str, str, str]:
    """The words in whole frames of the Chat wire, read in the plainest way."""
    said = ["", "", ""]
    for line in raw.splitlines():
        if not line.startswith(b"data: {") or not line.endswith(b"}"):
            continue
        try:
            frame = json.loads(line[6:])
        except ValueError:  # a brace inside of the last one, which was cut there
            continue
        for choice in frame.get("choices") or ():
            delta = choice["delta"] if choice["index"] == 0 else {}
            said[0] += delta.get("reasoning_content") or delta.get("reasoning") or ""
            said[2] += delta.get("refusal") or ""
            content = delta.get("content") or ""
            for part in [{"text": content}] if isinstance(content, str) else content:
                said[0] += "".join(piece["text"] for piece in part.get("thinking") or ())
                said[1] += part.get("text", "")
    return said[0], said[1], said[2]


@pytest.mark.parametrize("name", STREAMS)
def test_no_frame_is_without_a_rule_but_those_of_tools_that_providers_run(name: str) -> None:
    frames = [event.frame for event in events_of(name) if isinstance(event, UnknownFrame)]
    assert all(str(frame.get("type", "")).startswith(("response.", "content_")) for frame in frames)


@pytest.mark.parametrize(
    "name",
    [
        "openai__responses__reasoning-hidden-no-summary.sse",
        "openrouter__chat__reasoning-encrypted-only.sse",
    ],
)
def test_hidden_reasoning_is_seen_although_no_word_of_it_comes(name: str) -> None:
    events = events_of(name)
    assert any(isinstance(event, ReasoningStarted) for event in events)
    snapshot = fold(events)
    assert (snapshot.reasoned, snapshot.reasoning, snapshot.reasoning_text) == (True, False, "")
