"""Damaged and hostile frames of the Messages wire give events, never an exception."""

from __future__ import annotations

from hypothesis import given, settings, strategies as st

from providers.recordings import fold
from stream_widget.events import ResponseFailed, ResponseFinished, ResponseStarted
from stream_widget.providers.anthropic_messages import MessagesDecoder

TARGET = "llamacpp:qwen3"

_ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.floats() | st.text(max_size=4)
    | st.sampled_from(["text", "thinking", "tool_use", "text_delta", "\ud83d", "<think>"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["type", "text", "thinking", "input", "usage", "error"]),
                      inner, max_size=4),
    max_leaves=6,
)  # fmt: skip
_KINDS = ["message_start", "content_block_start", "content_block_delta", "content_block_stop",
          "message_delta", "message_stop", "ping", "error"]  # fmt: skip
_BLOCK = st.fixed_dictionaries(
    {"type": st.sampled_from(["text", "thinking", "tool_use", "redacted_thinking"]) | _ANY},
    optional={"text": _ANY, "thinking": _ANY, "input": _ANY, "id": _ANY, "name": _ANY},
)
_DELTA = st.fixed_dictionaries(
    {"type": st.sampled_from(["text_delta", "thinking_delta", "input_json_delta"]) | _ANY},
    optional={"text": _ANY, "thinking": _ANY, "partial_json": _ANY, "stop_reason": _ANY},
)
_FRAME = st.fixed_dictionaries(
    {"type": st.sampled_from(_KINDS) | _ANY},
    optional={"index": _ANY, "content_block": _BLOCK | _ANY, "delta": _DELTA | _ANY,
              "message": _ANY, "usage": _ANY, "error": _ANY},
)  # fmt: skip


@given(frames=st.lists(_FRAME, max_size=12))
@settings(max_examples=100)
def test_whatever_comes_gives_events_that_fold_and_at_most_one_end(
    frames: list[dict[str, object]],
) -> None:
    decoder = MessagesDecoder(target=TARGET)
    events = [event for frame in frames for event in decoder.feed(frame)]
    events += decoder.end()
    snapshot = fold(events)
    f"{snapshot.output_text}{snapshot.reasoning_text}".encode()
    f"{snapshot.response_id}{[(part.name, part.call_id) for part in snapshot.parts]}".encode()
    assert sum(isinstance(e, ResponseFinished | ResponseFailed) for e in events) <= 1
    assert sum(isinstance(e, ResponseStarted) for e in events) <= 1


@given(body=st.dictionaries(st.sampled_from(["type", "content", "usage", "error"]), _ANY)
       | st.fixed_dictionaries({"content": st.lists(_BLOCK | _ANY, max_size=4)}))  # fmt: skip
@settings(max_examples=100)
def test_whatever_body_comes_gives_events_that_fold(body: dict[str, object]) -> None:
    fold(MessagesDecoder(target=TARGET).feed_body(body)).output_text.encode()
