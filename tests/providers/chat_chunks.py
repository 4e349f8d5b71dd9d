"""Written chunks of the Chat wire, and their events."""

from __future__ import annotations

from providers.recordings import decode as decode_any
from stream_widget.events import Event, HeartbeatReceived, ResponseStarted

STOP: dict[str, object] = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}


def chunk(**delta: object) -> dict[str, object]:
    return {"id": "c1", "model": "m", "choices": [{"index": 0, "delta": delta}]}


def says(content: object) -> dict[str, object]:
    return chunk(content=content)


def finish(reason: object) -> dict[str, object]:
    return {"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}


def decode(*frames: dict[str, object]) -> list[Event]:
    """The events but the start and the signs of life."""
    quiet = ResponseStarted | HeartbeatReceived
    return [event for event in decode_any(*frames, wire="chat") if not isinstance(event, quiet)]
