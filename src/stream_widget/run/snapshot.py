"""What one attempt has received so far, kept in pieces and joined when asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, assert_never

from stream_widget.events import (
    DeltaEvent,
    Event,
    HeartbeatReceived,
    PartFinished,
    PartKind,
    ReasoningFinished,
    ReasoningStarted,
    ResponseFailed,
    ResponseFinished,
    ResponseStarted,
    StreamResumed,
    ToolCallFinished,
    ToolCallStarted,
    UnknownFrame,
    Usage,
    UsageReported,
)
from stream_widget.run.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["Part", "Snapshot"]

_REASONING: frozenset[PartKind] = frozenset({"reasoning_summary", "reasoning_text"})


@dataclass(slots=True)
class Part:
    """A stretch of one kind of content."""

    kind: PartKind
    started_s: float
    """Seconds since the run started."""
    pieces: list[str] = field(default_factory=list[str])
    length: int = 0
    """Characters in all pieces."""
    finished_s: float | None = None
    call_id: str | None = None
    name: str | None = None

    @property
    def text(self) -> str:
        """The pieces joined."""
        return "".join(self.pieces)


@dataclass(slots=True)
class Snapshot:
    """Folds events into parts; constant work for each delta.

    One thread writes, under the run's lock; texts may be read from any thread without it.
    """

    parts: list[Part] = field(default_factory=list[Part])
    timeline: Timeline = field(default_factory=Timeline)
    """When which part grew by how much."""
    reasoning: bool = False
    """The provider says that the model reasons now."""
    reasoned: bool = False
    """The provider said, at some time, that the model reasoned."""
    response_id: str | None = None
    response_model: str | None = None
    usage: Usage | None = None
    finish: ResponseFinished | None = None
    unknown_frames: int = 0
    _index: dict[int, int] = field(default_factory=dict[int, int])
    """From an event's part number to the place in ``parts``: parts are listed as they open."""

    def apply(self, event: Event, *, at_s: float) -> None:
        """Take in one event that arrived ``at_s`` seconds after the run started."""
        if isinstance(event, DeltaEvent):
            self._append(event, at_s)
        else:
            self._apply_rare(event, at_s)

    def _apply_rare(  # noqa: C901 - a case for each event
        self,
        event: ResponseStarted
        | ReasoningStarted
        | ReasoningFinished
        | ToolCallStarted
        | ToolCallFinished
        | PartFinished
        | UsageReported
        | HeartbeatReceived
        | StreamResumed
        | ResponseFinished
        | ResponseFailed
        | UnknownFrame,
        at_s: float,
    ) -> None:
        match event:
            case ToolCallStarted(part=part, call_id=call_id, name=name):
                opened = self.parts[self.place(part, "tool_call", at_s)]
                opened.call_id, opened.name = call_id, name
            case PartFinished(part=part) | ToolCallFinished(part=part):
                if part in self._index:
                    self.parts[self._index[part]].finished_s = at_s
            case ReasoningStarted():
                self.reasoning = self.reasoned = True
            case ReasoningFinished():
                self.reasoning = False
            case ResponseStarted(response_id=response_id, response_model=response_model):
                self.response_id, self.response_model = response_id, response_model
            case UsageReported(usage=usage):
                self.usage = usage
            case ResponseFinished():
                self.finish = event
                self.reasoning = False
            case ResponseFailed():
                self.reasoning = False
            case UnknownFrame():
                self.unknown_frames += 1
            case HeartbeatReceived() | StreamResumed():
                pass
            case _:
                assert_never(event)

    def place_of(self, part: int) -> int | None:
        """Where an event's part stands in ``parts``; ``None`` if it was never opened."""
        return self._index.get(part)

    def place(self, part: int, kind: PartKind, at_s: float) -> int:
        """Where an event's part stands in ``parts``; opens it if it is new."""
        place = self._index.get(part)
        if place is None:
            place = self._index[part] = len(self.parts)
            self.parts.append(Part(kind, at_s))
        return place

    def _append(self, delta: DeltaEvent, at_s: float) -> None:
        text = delta.text
        place = self._index.get(delta.part)
        if place is None:
            place = self.place(delta.part, delta.kind, at_s)
        opened = self.parts[place]
        opened.pieces.append(text)
        opened.length += len(text)
        self.timeline.add(at_s, place, len(text))

    @property
    def output_text(self) -> str:
        """The answer: its parts joined by nothing."""
        return "".join(self._texts({"output_text"}))

    @property
    def refusal_text(self) -> str:
        """The model's words for declining."""
        return "".join(self._texts({"refusal"}))

    @property
    def reasoning_text(self) -> str:
        """The non-empty parts of the reasoning, or of its summary, joined by a blank line."""
        return "\n\n".join(self._texts(_REASONING))

    @property
    def tool_calls(self) -> list[dict[str, str | None]]:
        """Each tool call's ``id``, ``name`` and ``arguments`` (JSON text) so far."""
        return [
            {"id": part.call_id, "name": part.name, "arguments": part.text}
            for part in list(self.parts)
            if part.kind == "tool_call"
        ]

    @property
    def received_characters(self) -> int:
        """Characters over all parts."""
        return sum(part.length for part in self.parts)

    def _texts(self, kinds: Collection[PartKind]) -> list[str]:
        return [part.text for part in list(self.parts) if part.kind in kinds and part.length]
