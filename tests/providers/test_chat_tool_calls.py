from __future__ import annotations

import pytest

from providers.chat_chunks import STOP, chunk, decode, finish
from providers.recordings import decode as decode_any, fold
from stream_widget.events import (
    PartFinished,
    ReasoningFinished,
    ResponseFinished,
    ToolCallDelta,
    ToolCallFinished,
    ToolCallStarted,
)


def call(index: object = 0, **fields: object) -> dict[str, object]:
    function = {name: fields.pop(name) for name in ("name", "arguments") if name in fields}
    return {"index": index, "function": function, **fields}


def first(index: object) -> dict[str, object]:
    return call(index, id="a", name="f", arguments="1")


def second(index: object) -> dict[str, object]:
    return call(index, id="b", name="g", arguments="2")


def test_a_tool_call_in_pieces_is_one_call() -> None:
    frames = [
        chunk(tool_calls=[call(id="call_1", name="now", arguments="")]),
        chunk(tool_calls=[call(arguments='{"a"')]),
        chunk(tool_calls=[call(arguments=": 1}")]),
        finish("tool_calls"),
    ]
    assert decode(*frames) == [
        ToolCallStarted(0, "call_1", "now"),
        ToolCallDelta(0, '{"a"'),
        ToolCallDelta(0, ": 1}"),
        ToolCallFinished(0),
        ResponseFinished("tool_call", "tool_calls"),
    ]


@pytest.mark.parametrize(
    "frames",
    [
        [[first(0)], [second(1)]],
        [[first(0), second(1)]],
        [[first(None)], [second(None)]],
        [[first(0)], [second(0)]],
        [[call(0, id="a", name="f"), call(1, id="b", name="g")],
         [call(1, arguments="2"), call(0, arguments="1")]],
        [[call(None, id="a", name="f")], [call(None, arguments="1")], [second(None)]],
        [[call(0, id="a")], [call(0, name="f", arguments="1")], [second(1)]],
        [[call(None, id="a", name="f")], [call(None, id="a", arguments="1")], [second(None)]],
    ],
    ids=[
        "by index", "in one chunk", "by id", "all numbered 0", "mixed", "neither", "id first",
        "id again",
    ],
)  # fmt: skip
def test_two_calls_are_told_apart(frames: list[list[object]]) -> None:
    snapshot = fold(decode(*(chunk(tool_calls=calls) for calls in frames), STOP))
    found = [(part.call_id, part.name, part.text) for part in snapshot.parts]
    assert found == [("a", "f", "1"), ("b", "g", "2")]
    assert snapshot.finish == ResponseFinished("tool_call", "stop")


def test_calls_without_id_and_index_are_whole_ones() -> None:
    calls = [{"function": {"name": name, "arguments": {"é": 1}}} for name in "fg"]
    snapshot = fold(decode(chunk(tool_calls=calls), STOP))
    assert [(part.name, part.text) for part in snapshot.parts] == [
        ("f", '{"é": 1}'),
        ("g", '{"é": 1}'),
    ]


def test_the_older_form_of_a_call_is_read_too() -> None:
    frames = [
        chunk(function_call={"name": "now", "arguments": ""}),
        chunk(function_call={"arguments": "{}"}),
        finish("function_call"),
    ]
    assert decode(*frames) == [
        ToolCallStarted(0, "", "now"),
        ToolCallDelta(0, "{}"),
        ToolCallFinished(0),
        ResponseFinished("tool_call", "function_call"),
    ]


def test_a_call_ends_the_reasoning_before_it() -> None:
    events = decode(chunk(reasoning="Hm"), chunk(tool_calls=[call(id="a", name="f")]))
    assert events[2:4] == [PartFinished(0), ReasoningFinished()]


def test_halves_in_names_and_arguments_harm_nobody() -> None:
    odd = call(id="\ud83d", name="\ud83d", arguments="\ud83d")
    snapshot = fold(decode_any({**chunk(tool_calls=[odd]), "model": "\ud83d"}, STOP, wire="chat"))
    part = snapshot.parts[0]
    assert [part.call_id, part.name, part.text, snapshot.response_model] == ["\ufffd"] * 4
