"""Frames of the Messages wire, one rule at a time; what real ones gave is in test_recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from providers.recordings import fold
from stream_widget.events import (
    HeartbeatReceived,
    OutputTextDelta,
    PartFinished,
    ReasoningFinished,
    ReasoningStarted,
    ReasoningSummaryDelta,
    ReasoningTextDelta,
    ResponseFailed,
    ResponseFinished,
    ResponseStarted,
    ToolCallDelta,
    ToolCallFinished,
    ToolCallStarted,
    UnknownFrame,
    Usage,
    UsageReported,
)
from stream_widget.providers.anthropic_messages import MessagesDecoder

if TYPE_CHECKING:
    from stream_widget.events import Event

TARGET = "llamacpp:qwen3"
START = {"type": "message_start", "message": {"id": "msg_1", "model": "qwen3"}}
STOP = {"type": "message_stop"}


def decode(*frames: dict[str, object], target: str = TARGET) -> list[Event]:
    """The events of a stream, heartbeats left out."""
    decoder = MessagesDecoder(target=target)
    events = [event for frame in frames for event in decoder.feed(frame)]
    return [e for e in (*events, *decoder.end()) if not isinstance(e, HeartbeatReceived)]


def start(index: int | None = 0, kind: str = "text", **fields: object) -> dict[str, object]:
    place = {} if index is None else {"index": index}
    return {"type": "content_block_start", **place, "content_block": {"type": kind, **fields}}


def text(said: object, index: int | None = 0) -> dict[str, object]:
    return delta("text_delta", index, text=said)


def think(said: object, index: int | None = 0) -> dict[str, object]:
    return delta("thinking_delta", index, thinking=said)


def delta(kind: str, index: int | None = 0, **fields: object) -> dict[str, object]:
    place = {} if index is None else {"index": index}
    return {"type": "content_block_delta", **place, "delta": {"type": kind, **fields}}


def stop(index: int | None = 0) -> dict[str, object]:
    return {"type": "content_block_stop", **({} if index is None else {"index": index})}


def change(reason: object = "end_turn", **usage: object) -> dict[str, object]:
    return {"type": "message_delta", "delta": {"stop_reason": reason}, "usage": usage}


# Blocks


def test_thinking_and_text_are_parts_of_their_own_in_the_order_of_their_words() -> None:
    assert decode(
        START, start(0, "thinking"), think("Hm."), stop(), start(1), text("Hi", 1), stop(1)
    ) == [
        ResponseStarted("msg_1", "qwen3"),
        ReasoningStarted(),
        ReasoningTextDelta(0, "Hm."),
        PartFinished(0),
        ReasoningFinished(),
        OutputTextDelta(1, "Hi"),
        PartFinished(1),
    ]


@pytest.mark.parametrize(
    ("model", "event"),
    [
        ("claude-sonnet-5", ReasoningSummaryDelta),
        ("anthropic/claude-opus-4-6", ReasoningSummaryDelta),
        ("claude-3-7-sonnet-20250219", ReasoningTextDelta),
        ("deepseek-v4-pro", ReasoningTextDelta),
    ],
)
def test_what_claude_thinks_is_a_summary_and_what_others_think_are_their_own_words(
    model: str, event: type
) -> None:
    named = {"type": "message_start", "message": {"model": model}}
    assert decode(named, think("Hm."))[-1] == event(0, "Hm.")
    assert decode(think("Hm."), target=f"anthropic:{model}")[-1] == event(0, "Hm.")


@pytest.mark.parametrize(
    "block",
    [
        {"kind": "redacted_thinking", "data": "EqkE"},
        {"kind": "thinking", "thinking": "", "signature": ""},
    ],
)
def test_thinking_without_words_is_seen(block: dict[str, str]) -> None:
    frames = [start(0, **block), delta("signature_delta", signature="Ep"), think(""), stop()]
    assert decode(*frames) == [ReasoningStarted(), ReasoningFinished()]


def test_blocks_that_interleave_keep_their_words_apart() -> None:
    snapshot = fold(
        decode(
            start(0, "thinking"), start(1), think("a"), text("x", 1), think("b"), text("y", 1),
            stop(), start(2, "thinking"), think("c", 2), stop(1), stop(2), STOP,
        )
    )  # fmt: skip
    assert (snapshot.reasoning_text, snapshot.output_text) == ("ab\n\nc", "xy")


def test_words_that_come_with_the_start_of_a_block_count() -> None:
    snapshot = fold(decode(start(0, "thinking", thinking="H"), think("m"), start(1, text="Hi")))
    assert (snapshot.reasoning_text, snapshot.output_text) == ("Hm", "Hi")


def test_deltas_whose_block_never_started_open_one() -> None:
    assert decode(think("Hm."), text("Hi", 1), delta("input_json_delta", 2, partial_json="{")) == [
        ReasoningStarted(),
        ReasoningTextDelta(0, "Hm."),
        OutputTextDelta(1, "Hi"),
        ToolCallStarted(2, "", ""),
        ToolCallDelta(2, "{"),
    ]


def test_where_indexes_are_left_out_the_order_stands_in() -> None:
    snapshot = fold(
        decode(
            start(None, "thinking"), think("a", None), stop(None),
            start(None), text("x", None), stop(None), start(None), text("y", None), STOP,
        )
    )  # fmt: skip
    assert [part.kind for part in snapshot.parts] == ["reasoning_text", *["output_text"] * 2]
    assert (snapshot.reasoning_text, snapshot.output_text) == ("a", "xy")


def test_a_block_that_is_started_twice_is_one() -> None:
    assert decode(start(), text("a"), start(), text("b"))[-1] == OutputTextDelta(0, "b")


def test_blocks_that_are_open_at_the_end_are_closed() -> None:
    assert decode(START, start(0, "thinking"), think("Hm."), STOP)[-3:] == [
        PartFinished(0),
        ReasoningFinished(),
        ResponseFinished(None, None),
    ]


# Tools


@pytest.mark.parametrize(
    "kind", ["tool_use", "server_tool_use", "mcp_tool_use", "browser_tool_use"]
)
def test_arguments_are_shown_as_they_grow(kind: str) -> None:
    assert decode(
        start(0, kind, id="toolu_1", name="now", input={}),
        delta("input_json_delta", partial_json=""),
        delta("input_json_delta", partial_json='{"a"'),
        delta("input_json_delta", partial_json=": 1}"),
        stop(),
    ) == [
        ToolCallStarted(0, "toolu_1", "now"),
        ToolCallDelta(0, '{"a"'),
        ToolCallDelta(0, ": 1}"),
        ToolCallFinished(0),
    ]


def test_arguments_that_come_with_the_start_are_taken_unless_others_come() -> None:
    given = start(0, "tool_use", id="t", name="now", input={"ä": 1})
    assert decode(given, stop())[1:] == [ToolCallDelta(0, '{"ä": 1}'), ToolCallFinished(0)]
    said = delta("input_json_delta", partial_json="{}")
    assert decode(given, said, stop())[1:] == [ToolCallDelta(0, "{}"), ToolCallFinished(0)]


def test_a_tool_that_wants_nothing_has_no_arguments() -> None:
    assert decode(start(0, "tool_use", input={}), stop()) == [
        ToolCallStarted(0, "", ""),
        ToolCallFinished(0),
    ]


@pytest.mark.parametrize(
    "kind", ["web_search_tool_result", "advisor_tool_result", "compaction", "container_upload"]
)
def test_blocks_that_are_not_shown_give_a_sign_of_life(kind: str) -> None:
    decoder = MessagesDecoder(target=TARGET)
    assert decoder.feed(start(0, kind, content="x")) == [HeartbeatReceived()]
    assert decoder.feed(stop()) == []


@pytest.mark.parametrize("kind", ["signature_delta", "citations_delta", "compaction_delta"])
def test_deltas_that_are_not_shown_give_a_sign_of_life(kind: str) -> None:
    assert MessagesDecoder(target=TARGET).feed(delta(kind)) == [HeartbeatReceived()]


def test_a_ping_is_a_sign_of_life() -> None:
    assert MessagesDecoder(target=TARGET).feed({"type": "ping"}) == [HeartbeatReceived()]


@pytest.mark.parametrize(
    "frame",
    [start(0, "hologram"), delta("hologram_delta"), {"type": "message_new"}, {"type": 7}, {}],
)
def test_an_unknown_frame_is_passed_on_as_it_is(frame: dict[str, object]) -> None:
    assert decode(frame) == [UnknownFrame(frame)]


# Tags


def test_prompted_tags_split_the_first_text_and_no_other() -> None:
    events = decode(
        start(), text("<thin"), text("king>Hm.</think"), text("ing>\n<answer>Hi"),
        text("</answer>"), stop(), start(1), text("<thinking>is text</thinking>", 1), STOP,
    )  # fmt: skip
    assert events[:6] == [
        ReasoningStarted(),
        ReasoningTextDelta(0, "Hm."),
        PartFinished(0),
        ReasoningFinished(),
        OutputTextDelta(1, "Hi"),
        PartFinished(1),
    ]
    assert fold(events).output_text == "Hi<thinking>is text</thinking>"


@pytest.mark.parametrize("end", [(stop(),), (STOP,), (), ({"type": "error"},)])
def test_half_a_tag_is_text_after_all(end: tuple[dict[str, object], ...]) -> None:
    snapshot = fold(decode(start(), text("<thin"), *end))
    assert snapshot.output_text == "<thin"


# Ends


@pytest.mark.parametrize(
    ("raw", "reason", "incomplete"),
    [
        ("end_turn", "stop", False),
        ("stop_sequence", "stop", False),
        ("tool_use", "tool_call", False),
        ("max_tokens", "length", True),
        ("model_context_window_exceeded", "length", True),
        ("pause_turn", "stop", True),
        ("refusal", "content_filter", False),
        ("new_moon", None, False),
    ],
)
def test_a_stop_reason_is_kept_and_put_into_our_words(
    raw: str, reason: str | None, *, incomplete: bool
) -> None:
    end = ResponseFinished(reason, raw, incomplete=incomplete)
    assert decode(START, change(raw), STOP)[-1] == end
    assert decode(START, change(raw), STOP, STOP, text("late"), {"type": "error"})[1] == end


def test_a_response_is_over_at_its_last_frame_and_not_before() -> None:
    decoder = MessagesDecoder(target=TARGET)
    for frame in (START, start(), text("Hi"), stop(), change()):
        decoder.feed(frame)
        assert not decoder.finished
    decoder.feed(STOP)
    assert decoder.finished


def test_a_stream_without_a_start_is_started_by_its_end() -> None:
    assert decode(text("Hi"), STOP)[1:] == [
        ResponseStarted(None, None),
        PartFinished(0),
        ResponseFinished(None, None),
    ]


def test_a_second_start_begins_nothing_anew() -> None:
    events = decode(START, text("a"), START, text("b"))
    assert events[1:] == [OutputTextDelta(0, "a"), OutputTextDelta(0, "b")]


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
        {"type": "error", "message": "Overloaded", "code": "overloaded_error"},
        {"error": {"type": "overloaded_error", "message": "Overloaded"}},
        {"type": "error", "error": "Overloaded"},
    ],
)
def test_an_error_is_read_in_each_of_its_shapes_and_the_first_counts(
    frame: dict[str, object],
) -> None:
    *_, failed = decode(START, text("Hi"), frame, {"type": "error", "error": "late"}, STOP)
    assert isinstance(failed, ResponseFailed)
    assert failed.error.kind == "overloaded"
    assert "Overloaded." in str(failed.error)


# Half characters


def test_the_halves_of_a_character_are_joined_within_their_block() -> None:
    events = decode(text("a\ud83d"), think("\ud83d", 1), text("\ude00b"), think("\ude01", 1))
    snapshot = fold(events)
    assert (snapshot.output_text, snapshot.reasoning_text) == ("a\U0001f600b", "\U0001f601")


def test_a_half_that_stays_alone_becomes_a_replacement_character() -> None:
    assert fold(decode(text("a\ud83d"), stop())).output_text == "a\ufffd"


# Whole bodies


def test_a_body_gives_the_events_of_a_stream() -> None:
    body = {
        "type": "message",
        "id": "msg_1",
        "model": "claude-sonnet-5",
        "content": [
            {"type": "thinking", "thinking": "Hm."},
            {"type": "text", "text": "Hi"},
            {"type": "tool_use", "id": "t", "name": "now", "input": {"a": 1}},
        ],
        "stop_reason": "tool_use",
        "usage": {"input_tokens": 3, "output_tokens": 5},
    }
    assert MessagesDecoder(target=TARGET).feed_body(body) == [
        ResponseStarted("msg_1", "claude-sonnet-5"),
        ReasoningStarted(),
        ReasoningSummaryDelta(0, "Hm."),
        PartFinished(0),
        ReasoningFinished(),
        OutputTextDelta(1, "Hi"),
        PartFinished(1),
        ToolCallStarted(2, "t", "now"),
        ToolCallDelta(2, '{"a": 1}'),
        ToolCallFinished(2),
        UsageReported(Usage(input_tokens=3, output_tokens=5)),
        ResponseFinished("tool_call", "tool_use"),
    ]


def test_a_body_that_is_an_error_says_so_and_one_that_is_neither_is_no_response() -> None:
    decoder = MessagesDecoder(target=TARGET)
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    assert [type(event) for event in decoder.feed_body(error)] == [ResponseFailed]
    decoder = MessagesDecoder(target=TARGET)
    assert decoder.feed_body({"ok": True}) == []
    assert not decoder.finished
