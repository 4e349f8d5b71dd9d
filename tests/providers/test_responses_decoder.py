"""The Responses wire by written frames: what servers leave out, repeat or send late."""

from __future__ import annotations

from typing import Any

import pytest

from providers.recordings import TARGET, decode, fold
from stream_widget.events import (
    HeartbeatReceived,
    OutputTextDelta,
    PartFinished,
    ReasoningFinished,
    ReasoningStarted,
    ReasoningTextDelta,
    RefusalDelta,
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
from stream_widget.providers.openai_responses import ResponsesDecoder

CREATED = {"type": "response.created", "response": {"id": "resp_1", "model": "gpt-5-2025"}}
COMPLETED = {"type": "response.completed", "response": {"status": "completed"}}


def delta(text: object, kind: str = "output_text", **more: object) -> dict[str, object]:
    return {"type": f"response.{kind}.delta", "delta": text, **more}


def failed(*frames: dict[str, object]) -> Any:
    """The one error of these frames."""
    errors = [event.error for event in decode(*frames) if isinstance(event, ResponseFailed)]
    assert len(errors) == 1
    return errors[0]


# Errors


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "error", "code": "rate_limit_exceeded", "message": "Slow down."},
        {"type": "error", "error": {"code": "rate_limit_exceeded", "message": "Slow down."}},
        {
            "type": "response.failed",
            "response": {
                "status": "failed",
                "error": {"code": "rate_limit_exceeded", "message": "Slow down."},
            },
        },
        {"error": {"code": "rate_limit_exceeded", "message": "Slow down."}},
    ],
    ids=["flat", "nested", "response.failed alone", "without a type"],
)
def test_an_error_is_read_in_each_of_its_shapes(frame: dict[str, object]) -> None:
    error = failed(CREATED, frame)
    assert (error.kind, error.code, error.target) == ("rate_limit", "rate_limit_exceeded", TARGET)
    assert "Slow down." in str(error)


def test_the_first_of_two_errors_counts() -> None:
    error = failed(
        {"type": "error", "error": {"code": "insufficient_quota", "message": "Empty."}},
        {"type": "response.failed", "response": {"error": {"code": "server_error"}}},
    )
    assert error.kind == "quota"


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "response.failed", "response": {"status": "failed", "error": None}},
        {"type": "response.failed", "response": {"instructions": "my secret plan"}},
        {"type": "response.failed"},
        {"type": "error"},
        {"type": "error", "error": None},
        {"type": "error", "message": None, "code": None},
    ],
)
def test_an_error_that_explains_nothing_does_not_show_its_json(frame: dict[str, object]) -> None:
    error = failed(CREATED, frame)
    assert (error.kind, error.code) == ("server", None)
    assert "no explanation" in str(error)
    assert "{" not in str(error)


def test_a_response_that_the_provider_cancelled_says_so() -> None:
    frame = {"type": "response.cancelled", "response": {"status": "cancelled"}}
    assert failed(CREATED, frame).kind == "cancelled_by_provider"


def test_an_error_after_the_end_changes_nothing() -> None:
    events = decode(CREATED, COMPLETED, {"type": "error", "message": "late"})
    assert not [event for event in events if isinstance(event, ResponseFailed)]


# What is left out


def test_a_stream_without_any_index_keeps_its_tracks_apart() -> None:
    snapshot = fold(
        decode(
            delta("Hm, ", "reasoning_text"),
            delta("so.", "reasoning_text"),
            delta("Hel"),
            delta("lo"),
            COMPLETED,
        )
    )
    assert (snapshot.reasoning_text, snapshot.output_text) == ("Hm, so.", "Hello")


def test_item_ids_stand_in_where_indexes_are_missing() -> None:
    events = decode(
        delta("a", item_id="msg_1"), delta("b", item_id="msg_2"), delta("c", item_id="msg_1")
    )
    assert events == [OutputTextDelta(0, "a"), OutputTextDelta(1, "b"), OutputTextDelta(0, "c")]


def test_item_ids_that_change_split_no_part_where_there_are_indexes() -> None:
    where = {"output_index": 1, "content_index": 0}
    events = decode(delta("a", item_id="x", **where), delta("b", item_id="y", **where))
    assert events == [OutputTextDelta(0, "a"), OutputTextDelta(0, "b")]


def test_response_created_again_before_every_delta_starts_nothing_anew() -> None:
    events = decode(CREATED, delta("a"), CREATED, delta("b"), COMPLETED)
    assert events == [
        ResponseStarted("resp_1", "gpt-5-2025"),
        OutputTextDelta(0, "a"),
        HeartbeatReceived(),
        OutputTextDelta(0, "b"),
        ResponseFinished("stop", "completed"),
    ]


def test_a_stream_that_begins_in_the_middle_is_started_by_its_first_response() -> None:
    queued = {"type": "response.queued", "response": {"id": "resp_1", "model": "gpt-5"}}
    assert decode(queued, queued) == [ResponseStarted("resp_1", "gpt-5"), HeartbeatReceived()]
    end = {"type": "response.completed", "response": {"id": "resp_1", "model": "gpt-5"}}
    assert decode(delta("a"), end)[1:] == [
        ResponseStarted("resp_1", "gpt-5"),
        ResponseFinished("stop", "completed"),
    ]


def test_a_response_without_id_and_model_is_a_start_that_knows_neither() -> None:
    assert decode({"type": "response.created"}) == [ResponseStarted(None, None)]


@pytest.mark.parametrize("nothing", ["", None, 7])
def test_a_delta_without_text_gives_no_event(nothing: object) -> None:
    assert decode(delta(nothing)) == []


def test_arguments_that_come_only_at_the_end_are_taken_then() -> None:
    item = {"type": "function_call", "call_id": "call_1", "name": "weather"}
    _, *events = decode(
        CREATED,
        {"type": "response.output_item.added", "output_index": 2, "item": item},
        {"type": "response.function_call_arguments.done", "output_index": 2, "arguments": "{}"},
        COMPLETED,
    )
    assert events == [
        ToolCallStarted(0, "call_1", "weather"),
        ToolCallDelta(0, "{}"),
        ToolCallFinished(0),
        ResponseFinished("tool_call", "completed"),
    ]


def test_arguments_that_came_are_not_taken_again_at_the_end() -> None:
    where = {"output_index": 0}
    done = {"type": "response.function_call_arguments.done", "arguments": "{}", **where}
    events = decode(delta("{}", "function_call_arguments", **where), done)
    assert events == [ToolCallStarted(0, "", ""), ToolCallDelta(0, "{}"), ToolCallFinished(0)]


def test_a_tool_call_that_was_announced_after_its_arguments_is_one_call() -> None:
    item = {"type": "mcp_call", "id": "mcp_1", "name": "search"}
    events = decode(
        delta("{}", "mcp_call_arguments", item_id="mcp_1"),
        {"type": "response.output_item.added", "item": item},
    )
    assert [type(event) for event in events] == [ToolCallStarted, ToolCallDelta]


@pytest.mark.parametrize(
    ("kind", "field", "event"),
    [
        ("output_text", "text", OutputTextDelta),
        ("reasoning_text", "text", ReasoningTextDelta),
        ("refusal", "refusal", RefusalDelta),
    ],
)
def test_a_text_that_comes_only_at_the_end_is_taken_then(
    kind: str, field: str, event: type
) -> None:
    frame = {"type": f"response.{kind}.done", field: "Hi"}
    assert decode(frame) == [event(0, "Hi"), PartFinished(0)]


# What is late or unknown


@pytest.mark.parametrize("late", [COMPLETED, {"type": "response.incomplete"}])
def test_a_second_end_changes_nothing(late: dict[str, object]) -> None:
    events = decode(CREATED, COMPLETED, late)
    assert [event for event in events if isinstance(event, ResponseFinished)] == [
        ResponseFinished("stop", "completed")
    ]


def test_a_late_frame_is_read_like_any_other() -> None:
    late = {"type": "response.rate_limits.updated", "rate_limits": []}
    assert decode(CREATED, COMPLETED, late)[-1] == UnknownFrame(late)


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "response.output_audio.delta", "delta": "UklGRg=="},
        {"type": "response.new_thing"},
        {"type": 7},
        {"no": "type"},
        {},
    ],
)
def test_an_unknown_frame_is_passed_on_as_it_is(frame: dict[str, object]) -> None:
    assert decode(frame) == [UnknownFrame(frame)]


@pytest.mark.parametrize("kind", ["keepalive", "response.in_progress"])
def test_a_sign_of_life_is_a_heartbeat(kind: str) -> None:
    assert decode({"type": kind, "sequence_number": 3}) == [HeartbeatReceived()]


@pytest.mark.parametrize("part", ["content_part", "reasoning_summary_part"])
@pytest.mark.parametrize("verb", ["added", "done"])
def test_frames_whose_facts_others_say_too_give_no_event(part: str, verb: str) -> None:
    assert decode({"type": f"response.{part}.{verb}"}) == []


@pytest.mark.parametrize("item", [None, "text", {"type": "web_search_call"}, {"type": "message"}])
def test_an_item_that_is_no_reasoning_and_no_tool_gives_no_event(item: object) -> None:
    frames = ({"type": f"response.output_item.{verb}", "item": item} for verb in ("added", "done"))
    assert decode(*frames) == []


def test_reasoning_starts_and_ends_with_its_item() -> None:
    item = {"item": {"type": "reasoning", "encrypted_content": "gAAAA"}}
    events = decode(
        {"type": "response.output_item.added", **item},
        {"type": "response.output_item.done", **item},
    )
    assert events == [ReasoningStarted(), ReasoningFinished()]


# Ends


@pytest.mark.parametrize(
    ("response", "reason", "raw"),
    [
        ({"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}},
         "length", "max_output_tokens"),
        ({"status": "incomplete", "incomplete_details": {"reason": "content_filter"}},
         "content_filter", "content_filter"),
        ({"status": "incomplete", "incomplete_details": {"reason": "moon_phase"}},
         None, "moon_phase"),
        ({"status": "incomplete", "incomplete_details": None}, None, "incomplete"),
    ],
)  # fmt: skip
def test_an_incomplete_response_keeps_the_providers_word(
    response: dict[str, object], reason: str | None, raw: str
) -> None:
    events = decode(CREATED, {"type": "response.incomplete", "response": response})
    assert events[-1] == ResponseFinished(reason, raw, incomplete=True)


def test_a_token_count_that_was_not_given_is_none_and_one_of_zero_is_zero() -> None:
    usage = {"input_tokens": 5, "output_tokens": True, "input_tokens_details": {"cached_tokens": 0}}
    events = decode(CREATED, {"type": "response.completed", "response": {"usage": usage}})
    assert events[1] == UsageReported(Usage(input_tokens=5, cached_input_tokens=0))


# Half characters


def test_the_halves_of_a_character_are_joined_over_two_deltas() -> None:
    events = decode(delta("a\ud83d"), delta("\ude00b"))
    assert events == [OutputTextDelta(0, "a"), OutputTextDelta(0, "\U0001f600b")]


def test_a_half_alone_in_its_delta_waits_for_its_partner() -> None:
    assert decode(delta("\ud83d"), delta("\ude00")) == [OutputTextDelta(0, "\U0001f600")]


def test_halves_of_different_parts_do_not_meet() -> None:
    first, second = {"output_index": 0}, {"output_index": 1}
    events = decode(delta("\ud83d", **first), delta("\ude01", **second), delta("\ude00", **first))
    assert events == [OutputTextDelta(1, "\ufffd"), OutputTextDelta(0, "\U0001f600")]


@pytest.mark.parametrize(
    ("texts", "shown"),
    [
        (["\ude00b"], "\ufffdb"),
        (["a\ud83d", "b"], "a\ufffdb"),
        (["a\ud83d"], "a\ufffd"),
        (["\ud83d"], "\ufffd"),
    ],
)
def test_a_half_that_stays_alone_becomes_a_replacement_character(
    texts: list[str], shown: str
) -> None:
    done = {"type": "response.output_text.done", "text": "".join(texts)}
    snapshot = fold(decode(*(delta(text) for text in texts), done))
    assert snapshot.output_text == shown


def test_half_a_character_in_a_text_that_comes_only_at_the_end_is_replaced() -> None:
    done = {"type": "response.output_text.done", "text": "a\ud83d"}
    assert fold(decode(done)).output_text == "a\ufffd"


# Whole bodies


def whole(*items: dict[str, object], **more: object) -> list[object]:
    body = {"id": "resp_1", "model": "gpt-5", "status": "completed", "output": list(items), **more}
    return ResponsesDecoder(target=TARGET).feed_body(body)


def test_tool_calls_of_a_body_come_with_their_arguments() -> None:
    events = whole(
        {"type": "function_call", "call_id": "call_1", "name": "now", "arguments": "{}"},
        {"type": "custom_tool_call", "call_id": "call_2", "name": "sql", "input": "SELECT 1"},
        {"type": "mcp_call", "id": "mcp_1", "name": "search", "arguments": ""},
    )
    assert events[1:] == [
        ToolCallStarted(0, "call_1", "now"),
        ToolCallDelta(0, "{}"),
        ToolCallFinished(0),
        ToolCallStarted(1, "call_2", "sql"),
        ToolCallDelta(1, "SELECT 1"),
        ToolCallFinished(1),
        ToolCallStarted(2, "mcp_1", "search"),
        ToolCallFinished(2),
        ResponseFinished("tool_call", "completed"),
    ]


def test_reasoning_text_of_a_body_is_told_from_its_answer() -> None:
    snapshot = fold(
        whole(
            {"type": "reasoning", "content": [{"type": "reasoning_text", "text": "Hm."}]},
            {
                "type": "message",
                "content": [{"type": "output_text", "text": "Hi"}, {"type": "new"}],
            },
        )
    )
    assert (snapshot.reasoning_text, snapshot.output_text) == ("Hm.", "Hi")
    assert [part.kind for part in snapshot.parts] == ["reasoning_text", "output_text"]


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_a_body_that_failed_keeps_what_it_holds_and_says_why(status: str) -> None:
    events = whole(
        {"type": "message", "content": [{"type": "output_text", "text": "Hel"}]},
        status=status,
        error={"code": "server_error", "message": "It broke."},
    )
    assert fold(events).output_text == "Hel"
    assert isinstance(events[-1], ResponseFailed)
    assert "It broke." in str(events[-1].error)


@pytest.mark.parametrize("body", [{"output": None}, {"output": ["text"]}, {"output": [{}]}])
def test_a_body_of_odd_shape_is_a_response_without_words(body: dict[str, object]) -> None:
    events = ResponsesDecoder(target=TARGET).feed_body({"status": "completed", **body})
    assert events == [ResponseStarted(None, None), ResponseFinished("stop", "completed")]
