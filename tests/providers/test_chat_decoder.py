"""The Chat wire by written chunks: what providers leave out, add, repeat or send late."""

from __future__ import annotations

import pytest

from providers.chat_chunks import STOP, chunk, decode, finish, says
from providers.recordings import TARGET, decode as decode_any, fold, read, reader
from stream_widget.errors import MalformedStreamError, StreamInterruptedError
from stream_widget.events import (
    DeltaEvent,
    Event,
    HeartbeatReceived,
    OutputTextDelta,
    PartFinished,
    ReasoningFinished,
    ReasoningStarted,
    ReasoningSummaryDelta,
    ReasoningTextDelta,
    RefusalDelta,
    ResponseFailed,
    ResponseFinished,
    ResponseStarted,
    ToolCallFinished,
    UnknownFrame,
    UsageReported,
)
from stream_widget.providers.openai_chat import ChatDecoder


def texts(*frames: dict[str, object]) -> tuple[str, str, str]:
    snapshot = fold(decode(*frames))
    return snapshot.reasoning_text, snapshot.output_text, snapshot.refusal_text


# Reasoning, wherever it stands


def test_reasoning_then_an_answer_are_two_parts() -> None:
    frames = [chunk(reasoning_content="Hm", content=None), chunk(reasoning_content="."), says("A")]
    assert decode(*frames, STOP) == [
        ReasoningStarted(),
        ReasoningTextDelta(0, "Hm"),
        ReasoningTextDelta(0, "."),
        PartFinished(0),
        ReasoningFinished(),
        OutputTextDelta(1, "A"),
        PartFinished(1),
        ResponseFinished("stop", "stop"),
    ]


@pytest.mark.parametrize(
    "delta",
    [
        {"reasoning_content": "Hm"},
        {"reasoning": "Hm"},
        {"reasoning_details": [{"type": "reasoning.text", "text": "Hm"}]},
        {"reasoning_content": "Hm", "reasoning": "Hm"},
        {"reasoning": "Hm", "reasoning_details": [{"type": "reasoning.text", "text": "Hm"}]},
        {"reasoning_content": "Hm", "thinking_blocks": [{"thinking": "Hm"}]},
        {"reasoning_content": "", "reasoning": "Hm"},
        {"reasoning_content": {"odd": 1}, "reasoning": "Hm"},
        {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]}]},
        {"content": [{"type": "thinking", "thinking": "Hm"}]},
        {"content": "<think>Hm</think>"},
    ],
)
def test_reasoning_is_shown_once_wherever_it_stands(delta: dict[str, object]) -> None:
    assert texts(chunk(**delta), STOP) == ("Hm", "", "")


def test_a_summary_is_told_from_the_reasoning_itself() -> None:
    detail = {"type": "reasoning.summary", "summary": "Hm"}
    events = decode(chunk(reasoning_details=[detail]), chunk(reasoning="."))
    assert events[1:] == [ReasoningSummaryDelta(0, "Hm"), ReasoningSummaryDelta(0, ".")]


def test_encrypted_reasoning_is_seen_although_it_has_no_words() -> None:
    detail = chunk(reasoning=None, reasoning_details=[{"type": "reasoning.encrypted", "data": "x"}])
    assert decode(detail, says("A"))[:2] == [ReasoningStarted(), ReasoningFinished()]
    assert decode(says("A"), detail)[1:] == [ReasoningStarted(), ReasoningFinished()]


def test_reasoning_and_answer_in_one_delta_come_in_this_order() -> None:
    assert texts(chunk(reasoning="Hm", content="A"), STOP) == ("Hm", "A", "")


def test_white_space_does_not_end_the_reasoning_and_is_kept() -> None:
    events = decode(says("\n"), chunk(reasoning="Hm"), says("\n"), chunk(reasoning="."), says("A"))
    kinds = [type(event) for event in events]
    assert kinds.count(ReasoningFinished) == 1
    assert texts(says("\n"), chunk(reasoning="Hm"), says("\n"), says("A")) == ("Hm", "\n\nA", "")


def test_reasoning_that_goes_on_after_the_answer_began_is_a_part_of_its_own() -> None:
    frames = [chunk(reasoning="a"), says("b"), chunk(reasoning="c"), says("d")]
    parts = [event.part for event in decode(*frames) if isinstance(event, DeltaEvent)]
    assert parts == [0, 1, 2, 3]


def test_thinking_and_text_may_be_in_one_list_and_a_string_follow() -> None:
    first = says(
        [{"type": "thinking", "thinking": [{"text": "4."}]}, {"type": "text", "text": "1"}]
    )
    assert texts(first, says("44"), STOP) == ("4.", "144", "")


# Ends


@pytest.mark.parametrize(
    ("raw", "reason", "incomplete"),
    [
        ("stop", "stop", False),
        ("eos", "stop", False),
        ("STOP", "stop", False),
        ("length", "length", True),
        ("model_length", "length", True),
        ("content_filter", "content_filter", True),
        ("moon_phase", None, False),
    ],
)
def test_the_providers_word_for_the_end_is_translated_and_kept(
    raw: str, reason: str | None, *, incomplete: bool
) -> None:
    assert decode(says("A"), finish(raw))[-1] == ResponseFinished(
        reason, raw, incomplete=incomplete
    )


@pytest.mark.parametrize("reason", [None, "", "null", 7, ["stop"]])
def test_what_is_no_reason_ends_nothing(reason: object) -> None:
    decoder = ChatDecoder(target=TARGET)
    decoder.feed(finish(reason))
    assert not decoder.finished
    assert decoder.end() == []


@pytest.mark.parametrize("raw", ["stop", "content_filter"])
def test_a_refusal_is_content_and_ends_as_one(raw: str) -> None:
    frames = [chunk(content=None, refusal="I "), chunk(refusal="won't."), finish(raw)]
    assert decode(*frames) == [
        RefusalDelta(0, "I "),
        RefusalDelta(0, "won't."),
        PartFinished(0),
        ResponseFinished("content_filter", raw),
    ]


def test_the_end_waits_for_the_usage_and_is_told_once() -> None:
    decoder = ChatDecoder(target=TARGET)
    assert ResponseFinished("stop", "stop") not in decoder.feed(STOP)
    assert decoder.finished
    assert decoder.end() == [ResponseFinished("stop", "stop")]
    assert decoder.end() == []


def test_a_choice_that_is_not_the_first_is_not_shown_and_ends_nothing() -> None:
    other: dict[str, object] = {
        "choices": [{"index": 1, "delta": {"content": "B"}, "finish_reason": "stop"}]
    }
    assert texts(says("A"), other, other) == ("", "A", "")
    assert not [e for e in decode(says("A"), other) if isinstance(e, ResponseFinished)]


def test_a_repeated_end_and_text_after_it_are_taken() -> None:
    assert texts(says("A"), STOP, says("B"), STOP) == ("", "AB", "")
    assert decode(says("A"), STOP, STOP)[-1] == ResponseFinished("stop", "stop")


@pytest.mark.parametrize(
    ("reasons", "counts"),
    [
        (["length", "stop"], "length"),
        (["tool_calls", "stop"], "tool_calls"),
        (["stop", "length"], "length"),
        (["stop", "content_filter"], "content_filter"),
        (["length", "content_filter"], "content_filter"),
    ],
)
def test_a_stop_takes_nothing_from_another_reason_and_gives_way_to_it(
    reasons: list[str], counts: str
) -> None:
    last = decode(says("A"), *map(finish, reasons))[-1]
    assert last == decode(says("A"), finish(counts))[-1]


def test_what_comes_after_the_end_is_ended_too() -> None:
    call = {"index": 0, "id": "c1", "function": {"name": "now", "arguments": "{}"}}
    events = decode(says("A"), STOP, says("B"), chunk(tool_calls=[call]))
    assert events[-1] == ResponseFinished("tool_call", "stop")
    finished = [e.part for e in events if isinstance(e, PartFinished | ToolCallFinished)]
    assert finished == [0, 1, 2]
    assert PartFinished(1) in decode(says("A"), STOP, says("B"))


# Errors inside a stream


@pytest.mark.parametrize(
    "frame",
    [
        {"error": {"message": "Slow down.", "code": "rate_limit_exceeded"}},
        {"error": "Slow down.", "code": "rate_limit_exceeded"},
        {**says(""), "error": {"message": "Slow down.", "code": "rate_limit_exceeded"}},
        {"object": "error", "message": "Slow down.", "code": "rate_limit_exceeded"},
        {"code": "rate_limit_exceeded", "message": "Slow down.", "request_id": "r"},
        {"choices": [{"index": 0, "finish_reason": "error", "delta": {},
                      "error": {"message": "Slow down.", "code": "rate_limit_exceeded"}}]},
    ],
    ids=["object", "string", "beside choices", "vllm", "dashscope", "in a choice"],
)  # fmt: skip
def test_an_error_is_read_in_each_of_its_shapes(frame: dict[str, object]) -> None:
    events = decode(says("A"), frame)
    assert isinstance(events[-1], ResponseFailed)
    assert "Slow down." in str(events[-1].error)
    assert fold(events).output_text == "A"


@pytest.mark.parametrize("raw", ["error", "abort", "insufficient_system_resource"])
def test_an_end_that_is_none_is_an_error_with_the_providers_word(raw: str) -> None:
    last = decode(says("A"), finish(raw))[-1]
    assert isinstance(last, ResponseFailed)
    assert (last.error.code, last.error.target) == (raw, TARGET)


def test_an_error_after_the_finish_reason_makes_it_a_failure_and_the_first_error_counts() -> None:
    events = decode(says("A"), finish("length"), {"error": "Full."}, {"error": "Late."})
    ends = [event for event in events if isinstance(event, ResponseFinished | ResponseFailed)]
    assert len(ends) == 1
    assert isinstance(ends[0], ResponseFailed)
    assert "Full." in str(ends[0].error)


def test_usage_after_an_error_comes_before_it() -> None:
    events = decode(says("A"), {"error": {"message": "It broke."}}, {"usage": {"total_tokens": 1}})
    assert [type(event) for event in events[-2:]] == [UsageReported, ResponseFailed]


# What is odd


def test_a_first_chunk_without_name_or_choice_starts_nothing() -> None:
    verdict = {"choices": [], "id": "", "model": "", "prompt_filter_results": []}
    events = decode_any(verdict, says("A"), wire="chat")
    assert events[:2] == [HeartbeatReceived(), ResponseStarted("c1", "m")]


def test_a_new_id_in_every_chunk_starts_nothing_anew() -> None:
    events = decode_any(says("A"), {**says("B"), "id": "c2"}, wire="chat")
    assert [event for event in events if isinstance(event, ResponseStarted)] == [
        ResponseStarted("c1", "m")
    ]


def test_a_role_alone_is_a_sign_of_life() -> None:
    assert decode_any(chunk(role="assistant"), chunk(role="assistant"), wire="chat") == [
        ResponseStarted("c1", "m"),
        HeartbeatReceived(),
    ]


def test_a_message_beside_deltas_says_nothing_new_and_one_instead_of_them_is_read() -> None:
    whole = {"choices": [{"message": {"content": "A"}, "delta": {}, "finish_reason": "stop"}]}
    assert texts(says("A"), whole) == ("", "A", "")
    assert texts(whole) == ("", "A", "")


@pytest.mark.parametrize(
    "frame", [{}, {"no": "choices"}, {"choices": None}, {"choices": "text"}, {"detail": "hm"}]
)
def test_an_unknown_frame_is_passed_on_as_it_is(frame: dict[str, object]) -> None:
    assert decode(frame) == [UnknownFrame(frame)]


def test_halves_of_a_character_are_joined_in_each_kind_of_text() -> None:
    for name, place in (("reasoning", 0), ("content", 1), ("refusal", 2)):
        found = texts(chunk(**{name: "a\ud83d"}), chunk(**{name: "\ude00b"}), STOP)
        assert found[place] == "a😀b"
        assert texts(chunk(**{name: "a\ud83d"}), STOP)[place] == "a\ufffd"


# Whole bodies


def test_a_body_that_does_not_say_why_it_ends_is_whole() -> None:
    body = {"id": "c1", "model": "m", "choices": [{"message": {"content": "A"}}]}
    assert ChatDecoder(target=TARGET).feed_body(body) == [
        ResponseStarted("c1", "m"),
        OutputTextDelta(0, "A"),
        PartFinished(0),
        ResponseFinished(None, None),
    ]


def test_a_body_that_is_an_error_is_one() -> None:
    events = ChatDecoder(target=TARGET).feed_body({"error": {"message": "It broke."}})
    assert isinstance(events[-1], ResponseFailed)


@pytest.mark.parametrize("body", [b'{"choices": []}', b'{"id": "c1"}', b'{"detail": "hm"}'])
def test_a_body_that_is_no_response_is_no_empty_success(body: bytes) -> None:
    with pytest.raises(MalformedStreamError):
        reader("chat").read_whole(body)


# As bytes


HELLO = b'data: {"choices": [{"delta": {"content": "Hello <"}}]}\n\n'
STOPPED = b'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}\n\n'
DONE = b"data: [DONE]\n\n"


def test_done_tells_the_end_at_once_and_alone_is_none() -> None:
    reading = reader("chat")
    reading.feed(HELLO)
    assert reading.feed(STOPPED + DONE)[-1] == ResponseFinished("stop", "stop")
    assert list(reading.close()) == []
    with pytest.raises(StreamInterruptedError):
        read([HELLO, DONE], wire="chat")


def test_without_done_the_end_is_told_with_the_last_byte() -> None:
    assert read([HELLO, STOPPED], wire="chat")[-1] == ResponseFinished("stop", "stop")


@pytest.mark.parametrize("text", ["<thi", "\n"])
def test_what_waited_to_be_a_tag_is_shown_when_the_stream_breaks(text: str) -> None:
    raw = HELLO.replace(b"Hello <", text.encode("unicode_escape"))
    reading = reader("chat")
    assert fold(reading.feed(raw)).output_text == ""
    kept: list[Event] = []
    with pytest.raises(StreamInterruptedError):
        kept.extend(reading.close())
    assert fold(kept).output_text == text


def test_what_waited_to_be_a_tag_is_shown_before_damage() -> None:
    reading = reader("chat")
    events = reading.feed(HELLO.replace(b"Hello <", b"<thi") + b"data: {\n\n")
    assert reading.error is not None
    assert fold(events).output_text == "<thi"
