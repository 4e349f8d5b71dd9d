"""Frames in whatever form an SDK hands them out, and which wire they are of.

Looked at by what they hold, never by their class: nothing here imports an SDK.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from stream_widget.providers.json_values import mapping_in, name_in, sequence_in
from stream_widget.wire import DamagedFrameError, read_json

if TYPE_CHECKING:
    from stream_widget.request import Api

__all__ = ["api_of", "frame_of", "is_body", "model_in", "says_again"]

_Frame: TypeAlias = Mapping[str, object]

_MESSAGES: Final = frozenset(
    {
        "message",
        "message_start",
        "message_delta",
        "message_stop",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "ping",
    }
)

_SAID_AGAIN: Final[Mapping[Api, frozenset[str]]] = {
    # anthropic's messages.stream()
    "messages": frozenset({"text", "citation", "thinking", "signature", "input_json"}),
    # openai's chat.completions.stream()
    "chat": frozenset(
        {
            "content.delta",
            "content.done",
            "refusal.delta",
            "refusal.done",
            "tool_calls.function.arguments.delta",
            "tool_calls.function.arguments.done",
            "logprobs.content.delta",
            "logprobs.content.done",
            "logprobs.refusal.delta",
            "logprobs.refusal.done",
        }
    ),
    # openai's responses.stream() only adds fields to the events of the wire.
    "responses": frozenset(),
}
"""Events that helpers of the SDKs mix in; each says what the frame before it has said."""


def frame_of(item: object) -> _Frame | None:
    """The frame in an SDK's object, or the one that a dict is; ``None`` for anything else.

    An empty frame is one that says nothing, such as ``[DONE]``.
    """
    if isinstance(item, Mapping):
        return cast("_Frame", item)
    known: Any = item
    dump = getattr(known, "model_dump", None)
    if callable(dump):
        if getattr(known, "type", None) == "chunk":  # openai's chat.completions.stream()
            return frame_of(known.chunk)
        # Without what nobody sent: a field that is absent and one that is null may differ.
        dumped = dump(exclude_unset=True, by_alias=True, warnings=False)
        return cast("_Frame", dumped) if isinstance(dumped, Mapping) else None
    data = getattr(known, "data", None)
    if isinstance(data, str) and hasattr(known, "event") and hasattr(known, "retry"):
        return _sent_event(data)
    return None


def _sent_event(data: str) -> _Frame | None:
    """The frame of a server-sent event that an SDK has cut out of the stream."""
    try:
        return read_json(data) or {}
    except DamagedFrameError:
        return None


def says_again(item: object, api: Api | None) -> bool:
    """Whether an SDK's object only repeats what a frame of its wire has said."""
    kind = getattr(item, "type", None)
    return api is not None and isinstance(kind, str) and kind in _SAID_AGAIN[api]


def api_of(frame: _Frame) -> Api | None:  # noqa: PLR0911 - a rule for each wire
    """The wire that a frame belongs to; ``None`` where it is of none we know."""
    kind, name = frame.get("type"), frame.get("object")
    if isinstance(kind, str):
        if kind.startswith("response.") or kind == "keepalive":
            return "responses"
        if kind in _MESSAGES:
            return "messages"
        if kind == "error":
            nested = mapping_in(frame.get("error"))
            return "messages" if "type" in nested and "code" not in nested else "responses"
    if name == "response":
        return "responses"
    if isinstance(frame.get("choices"), list) or str(name).startswith("chat.completion"):
        return "chat"
    return "chat" if frame.get("error") else None


def is_body(frame: _Frame, api: Api) -> bool:
    """Whether this is no frame but a whole, unstreamed answer."""
    if api == "responses":
        return frame.get("object") == "response" and isinstance(frame.get("output"), list)
    if api == "messages":
        return frame.get("type") == "message"
    first = next(iter(sequence_in(frame.get("choices"))), None)
    return "message" in mapping_in(first) and "delta" not in mapping_in(first)


def model_in(frame: _Frame) -> str | None:
    """The model that a frame says it comes from."""
    for holder in (frame, mapping_in(frame.get("response")), mapping_in(frame.get("message"))):
        model = name_in(holder.get("model"))
        if model is not None:
            return model
    return None
