"""Recorded answers of real providers, where they are on this machine, and how they are read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from recorded_wire import WIRE
from stream_widget.providers import ResponsesDecoder
from stream_widget.providers.reader import StreamReader
from stream_widget.run import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stream_widget.events import Event

TARGET = "openai:gpt-5"


def named(pattern: str) -> list[str]:
    return sorted(path.name for path in (WIRE / "recorded").glob(pattern))


def recorded(name: str) -> bytes:
    return (WIRE / "recorded" / name).read_bytes()


def expected(name: str) -> dict[str, Any]:
    return json.loads((WIRE / "EXPECTED.json").read_text("utf-8"))[name]


def reader() -> StreamReader:
    return StreamReader(ResponsesDecoder(target=TARGET), target=TARGET)


def read(chunks: Iterable[bytes]) -> list[Event]:
    """The events of a whole stream; raises what the reader raises."""
    reading = reader()
    events: list[Event] = []
    for chunk in chunks:
        events += reading.feed(chunk)
        if reading.error is not None:
            raise reading.error
    return events + reading.close()


def decode(*frames: dict[str, object]) -> list[Event]:
    """The events of frames that were never bytes."""
    decoder = ResponsesDecoder(target=TARGET)
    return [event for frame in frames for event in decoder.feed(frame)]


def fold(events: Iterable[Event]) -> Snapshot:
    snapshot = Snapshot()
    for event in events:
        snapshot.apply(event, at_s=0.0)
    return snapshot
