from __future__ import annotations

import pytest

from stream_widget.errors import ProviderError
from stream_widget.events import (
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
    ToolCallDelta,
    ToolCallFinished,
    ToolCallStarted,
    UnknownFrame,
    Usage,
    UsageReported,
)
from stream_widget.run import Snapshot


def fold(*events: object) -> Snapshot:
    """Events that come a second apart."""
    snapshot = Snapshot()
    for second, event in enumerate(events):
        snapshot.apply(event, at_s=float(second))
    return snapshot


def test_a_new_snapshot_holds_nothing() -> None:
    empty = Snapshot()
    assert (empty.output_text, empty.reasoning_text, empty.refusal_text) == ("", "", "")
    assert (empty.parts, len(empty.timeline), empty.received_characters) == ([], 0, 0)


@pytest.mark.parametrize(
    ("delta", "kind", "reader"),
    [
        (OutputTextDelta, "output_text", "output_text"),
        (RefusalDelta, "refusal", "refusal_text"),
        (ReasoningSummaryDelta, "reasoning_summary", "reasoning_text"),
        (ReasoningTextDelta, "reasoning_text", "reasoning_text"),
    ],
)
def test_deltas_of_a_part_are_joined_by_nothing(delta: type, kind: str, reader: str) -> None:
    snapshot = fold(delta(0, "a "), delta(0, "b"), delta(0, "c"))
    assert getattr(snapshot, reader) == "a bc"
    assert [(part.kind, part.text, part.length) for part in snapshot.parts] == [(kind, "a bc", 4)]


def test_answers_are_joined_by_nothing_and_reasoning_by_a_blank_line() -> None:
    snapshot = fold(
        ReasoningSummaryDelta(0, "one"),
        ReasoningSummaryDelta(1, "two"),
        OutputTextDelta(2, "three"),
        OutputTextDelta(3, "four"),
    )
    assert snapshot.reasoning_text == "one\n\ntwo"
    assert snapshot.output_text == "threefour"


def test_parts_are_listed_as_they_open_whatever_their_numbers() -> None:
    snapshot = fold(OutputTextDelta(5, "b"), ReasoningTextDelta(2, "a"), OutputTextDelta(5, "c"))
    assert [part.text for part in snapshot.parts] == ["bc", "a"]
    assert [snapshot.place_of(number) for number in (5, 2, 0)] == [0, 1, None]


def test_the_order_of_arrival_joins_neighbours_of_one_part() -> None:
    snapshot = fold(
        ReasoningTextDelta(0, "ab"),
        ReasoningTextDelta(0, "c"),
        OutputTextDelta(1, "de"),
        ReasoningTextDelta(0, "f"),
    )
    assert snapshot.timeline.order == [(0, 3), (1, 2), (0, 1)]
    assert snapshot.received_characters == sum(length for _, length in snapshot.timeline.order)


def test_a_tool_call_has_its_id_its_name_and_its_arguments() -> None:
    snapshot = fold(
        ToolCallStarted(0, "call_1", "weather"),
        ToolCallDelta(0, '{"city":'),
        ToolCallDelta(0, ' "Oslo"}'),
        ToolCallFinished(0),
    )
    part = snapshot.parts[0]
    assert (part.call_id, part.name, part.text) == ("call_1", "weather", '{"city": "Oslo"}')
    assert (part.started_s, part.finished_s) == (0.0, 3.0)


def test_a_tool_call_without_arguments_is_a_part_of_no_length() -> None:
    snapshot = fold(ToolCallStarted(0, "call_1", "now"), ToolCallFinished(0))
    assert [(part.kind, part.text) for part in snapshot.parts] == [("tool_call", "")]
    assert snapshot.timeline.order == []


def test_a_part_knows_when_it_began_and_ended() -> None:
    part = fold(OutputTextDelta(0, "a"), OutputTextDelta(0, "b"), PartFinished(0)).parts[0]
    assert (part.started_s, part.finished_s) == (0.0, 2.0)


def test_the_end_of_a_part_that_never_opened_opens_none() -> None:
    assert fold(PartFinished(3), ToolCallFinished(4)).parts == []


def test_reasoning_is_on_between_its_start_and_its_end_and_was_seen_for_good() -> None:
    snapshot = fold(ReasoningStarted())
    assert (snapshot.reasoning, snapshot.reasoned) == (True, True)
    snapshot.apply(ReasoningFinished(), at_s=1)
    assert (snapshot.reasoning, snapshot.reasoned) == (False, True)


@pytest.mark.parametrize(
    "end",
    [
        ResponseFinished("stop", "completed"),
        ResponseFailed(ProviderError("It failed.", kind="server", target="openai:gpt-5")),
    ],
)
def test_reasoning_does_not_outlive_its_response(end: object) -> None:
    assert not fold(ReasoningStarted(), end).reasoning


def test_the_response_says_who_answered_and_how_it_ended() -> None:
    finish = ResponseFinished("length", "max_output_tokens", incomplete=True)
    snapshot = fold(ResponseStarted("resp_1", "gpt-5-mini-2025-08-07"), finish)
    assert (snapshot.response_id, snapshot.response_model) == ("resp_1", "gpt-5-mini-2025-08-07")
    assert snapshot.finish is finish


def test_the_last_usage_counts() -> None:
    last = Usage(output_tokens=7)
    assert fold(UsageReported(Usage(output_tokens=1)), UsageReported(last)).usage == last


def test_unknown_frames_are_counted_and_heartbeats_change_nothing() -> None:
    snapshot = fold(UnknownFrame({"type": "new"}), HeartbeatReceived(), UnknownFrame({}))
    assert snapshot == Snapshot(unknown_frames=2)
