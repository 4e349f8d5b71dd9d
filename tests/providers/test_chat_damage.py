"""Chunks of any shape at all: events, an error event or `UnknownFrame`, and never an exception."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import given, strategies as st

from providers.recordings import TARGET, decode, fold
from stream_widget.providers.openai_chat import ChatDecoder

NAMES = st.sampled_from(
    ["content", "reasoning", "reasoning_content", "refusal", "reasoning_details", "tool_calls",
     "function_call", "function", "index", "id", "name", "arguments", "type", "text", "thinking",
     "finish_reason", "usage", "error", "message", "delta"]
)  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
VALUES = st.recursive(
    LEAVES | st.sampled_from(["thinking", "reasoning.text", "stop", "error", "\ud83d", "<think>"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
TOP = st.sampled_from(["id", "model", "choices", "usage", "x_groq", "error", "message", "code"])
FRAMES = st.dictionaries(TOP, VALUES, max_size=3)
CHUNKS = st.dictionaries(NAMES, VALUES, max_size=4).map(
    lambda fields: {"choices": [{"delta": fields, **fields, "index": 0}]}
)


@given(st.lists(CHUNKS | FRAMES, max_size=4))
def test_chunks_of_any_shape_give_events_that_can_be_encoded(chunks: list[dict[str, Any]]) -> None:
    snapshot = fold(decode(*chunks, wire="chat"))
    parts = [(part.name, part.call_id, part.text) for part in snapshot.parts]
    names = (snapshot.response_id, snapshot.response_model, snapshot.finish)
    assert "".join(map(str, (*names, *itertools.chain(*parts)))).encode()


@given(CHUNKS | FRAMES)
def test_bodies_of_any_shape_give_events(body: dict[str, Any]) -> None:
    assert ChatDecoder(target=TARGET).feed_body(body)
