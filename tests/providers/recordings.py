"""Recorded answers of real providers, where they are on this machine, and how they are read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from recorded_wire import WIRE
from stream_widget.providers.anthropic_messages import MessagesDecoder
from stream_widget.providers.openai_chat import ChatDecoder
from stream_widget.providers.openai_responses import ResponsesDecoder
from stream_widget.providers.reader import StreamReader
from stream_widget.run import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from stream_widget.events import Event
    from stream_widget.providers.reader import Decoder

TARGET = "openai:gpt-5"
DECODERS: dict[str, Callable[..., Decoder]] = {
    "responses": ResponsesDecoder,
    "chat": ChatDecoder,
    "messages": MessagesDecoder,
}
"""By the word for the wire in a recording's name."""


def named(pattern: str) -> list[str]:
    return sorted(path.name for path in (WIRE / "recorded").glob(pattern))


def wire_of(name: str) -> str:
    return name.split("__")[1]


def recorded(name: str) -> bytes:
    return (WIRE / "recorded" / name).read_bytes()


def expected(name: str) -> dict[str, Any]:
    return json.loads((WIRE / "EXPECTED.json").read_text("utf-8"))[name]


def reader(wire: str = "responses") -> StreamReader:
    return StreamReader(DECODERS[wire](target=TARGET), target=TARGET)


def read(chunks: Iterable[bytes], *, wire: str = "responses") -> list[Event]:
    """The events of a whole stream; raises what the reader raises."""
    reading = reader(wire)
    events: list[Event] = []
    for chunk in chunks:
        events += reading.feed(chunk)
        if reading.error is not None:
            raise reading.error
    events.extend(reading.close())
    return events


def decode(*frames: dict[str, object], wire: str = "responses") -> list[Event]:
    """The events of frames that were never bytes, and of their end."""
    decoder = DECODERS[wire](target=TARGET)
    events = [event for frame in frames for event in decoder.feed(frame)]
    return [*events, *decoder.end()]


def fold(events: Iterable[Event]) -> Snapshot:
    snapshot = Snapshot()
    for event in events:
        snapshot.apply(event, at_s=0.0)
    return snapshot
