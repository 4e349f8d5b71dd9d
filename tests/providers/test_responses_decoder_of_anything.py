"""Damaged and hostile frames of the Responses wire give events, never an exception."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from providers.recordings import TARGET, decode, fold
from stream_widget.events import ResponseFailed, ResponseFinished, ResponseStarted, ToolCallStarted
from stream_widget.providers.openai_responses import ResponsesDecoder

_ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.floats() | st.text(max_size=4)
    | st.sampled_from(["reasoning", "function_call", "output_text", "\ud83d", "<think>"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["type", "text", "id", "error", "usage", "status"]),
                      inner, max_size=4),
    max_leaves=6,
)  # fmt: skip
_TRACKS = ["output_text", "reasoning_summary_text", "reasoning_text", "refusal",
           "function_call_arguments", "custom_tool_call_input", "mcp_call_arguments"]  # fmt: skip
_KINDS = [
    *(f"response.{track}.{verb}" for track in _TRACKS for verb in ("delta", "done")),
    *(f"response.output_item.{verb}" for verb in ("added", "done")),
    *(f"response.{state}" for state in ("created", "queued", "in_progress", "completed",
                                        "incomplete", "failed", "cancelled")),
    "keepalive", "error",
]  # fmt: skip
_ITEM = st.fixed_dictionaries(
    {"type": st.sampled_from(["message", "reasoning", "function_call", "custom_tool_call"]) | _ANY},
    optional=dict.fromkeys(("id", "call_id", "name", "arguments", "content", "summary"), _ANY),
)
_RESPONSE = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("id", "model", "status", "usage", "error"), _ANY)
    | {"output": st.lists(_ITEM | _ANY, max_size=3) | _ANY, "incomplete_details": _ANY},
)
_FRAME = st.fixed_dictionaries(
    {"type": st.sampled_from(_KINDS) | _ANY},
    optional=dict.fromkeys(["item_id", "output_index", "content_index", "summary_index",
                            "text", "refusal", "arguments", "input", "error", "code"], _ANY)
    | {"delta": st.text(max_size=4) | _ANY, "item": _ITEM | _ANY, "response": _RESPONSE | _ANY},
)  # fmt: skip


def delta(**fields: object) -> dict[str, object]:
    return {"type": "response.output_text.delta", "delta": "Hi", **fields}


def encoded(events: list[Any]) -> bytes:
    snapshot = fold(events)
    parts = [(part.name, part.call_id, part.text) for part in snapshot.parts]
    names = (snapshot.response_id, snapshot.response_model, snapshot.finish)
    return "".join(map(str, (*names, *(word for part in parts for word in part)))).encode()


@given(frames=st.lists(_FRAME, max_size=12))
@settings(max_examples=100)
def test_whatever_comes_gives_events_that_can_be_encoded_and_at_most_one_end(
    frames: list[dict[str, object]],
) -> None:
    events = decode(*frames)
    assert encoded(events)
    assert sum(isinstance(e, ResponseFinished | ResponseFailed) for e in events) <= 1
    assert sum(isinstance(e, ResponseStarted) for e in events) <= 1


@given(body=_RESPONSE)
@settings(max_examples=100)
def test_whatever_body_comes_gives_events_that_can_be_encoded(body: dict[str, object]) -> None:
    assert encoded([*ResponsesDecoder(target=TARGET).feed_body(body)])


@pytest.mark.parametrize("bad", [[1], {}, {"a": 1}])
@pytest.mark.parametrize("name", ["output_index", "content_index", "item_id"])
def test_an_index_that_is_none_counts_as_absent(name: str, bad: object) -> None:
    assert fold(decode(delta(**{name: bad}), delta())).output_text == "HiHi"
    assert len(fold(decode(delta(**{name: bad}), delta())).parts) == 1


@pytest.mark.parametrize("place", ["output_index", "item_id"])
def test_a_place_that_is_no_index_leaves_the_other_ones_to_name_the_part(place: str) -> None:
    other = {"output_index": "item_id", "item_id": "output_index"}[place]
    frames = [delta(**{place: [n], other: n}) for n in (1, 2)]
    assert len(fold(decode(*frames)).parts) == 2


def test_an_item_whose_type_is_no_text_gives_no_event() -> None:
    item = {"type": ["function_call"]}
    assert decode({"type": "response.output_item.added", "item": item}) == []
    body = ResponsesDecoder(target=TARGET).feed_body({"status": "completed", "output": [item]})
    assert fold(body).parts == []


@pytest.mark.parametrize(
    ("item_id", "call_id"), [(None, ""), ({}, ""), ("fc_1", "fc_1"), ("fc\ud83d", "fc\ufffd")]
)
def test_a_call_that_was_not_announced_is_named_by_its_item_if_by_anything(
    item_id: object, call_id: str
) -> None:
    kind = "response.function_call_arguments.delta"
    events = decode({"type": kind, "delta": "{}", "output_index": 0, "item_id": item_id})
    assert events[0] == ToolCallStarted(0, call_id, "")
