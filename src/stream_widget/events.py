"""One typed fact inside a response each: what decoders make and runs, logs and widgets read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stream_widget.errors import ProviderError

__all__ = [
    "DeltaEvent",
    "Event",
    "FinishReason",
    "HeartbeatReceived",
    "OutputTextDelta",
    "PartFinished",
    "PartKind",
    "ReasoningFinished",
    "ReasoningStarted",
    "ReasoningSummaryDelta",
    "ReasoningTextDelta",
    "RefusalDelta",
    "ResponseFailed",
    "ResponseFinished",
    "ResponseStarted",
    "StreamResumed",
    "ToolCallDelta",
    "ToolCallFinished",
    "ToolCallStarted",
    "UnknownFrame",
    "Usage",
    "UsageReported",
]

FinishReason: TypeAlias = Literal["stop", "length", "content_filter", "tool_call", "error"]
"""Why the model stopped, in OpenTelemetry's words; the provider's own word is kept beside it."""

PartKind: TypeAlias = Literal[
    "reasoning_summary", "reasoning_text", "output_text", "refusal", "tool_call"
]


@dataclass(frozen=True, slots=True)
class Usage:
    """Token totals of one response; ``None`` is "not reported", never 0."""

    input_tokens: int | None = None
    """All prompt tokens, cached ones included."""
    cached_input_tokens: int | None = None
    """The part of ``input_tokens`` read from the provider's cache."""
    cache_write_tokens: int | None = None
    """The part of ``input_tokens`` written to the provider's cache."""
    output_tokens: int | None = None
    """All generated tokens, reasoning ones included."""
    reasoning_tokens: int | None = None
    """The part of ``output_tokens`` spent on reasoning."""
    total_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class ResponseStarted:
    """The provider has accepted the request and named its response."""

    response_id: str | None
    response_model: str | None


@dataclass(frozen=True, slots=True)
class ReasoningStarted:
    """The model reasons now, whether or not the provider returns any of its words."""


@dataclass(frozen=True, slots=True)
class ReasoningFinished:
    """A stretch of reasoning is over."""


@dataclass(slots=True)
class ReasoningSummaryDelta:
    """A piece of the provider's summary of the reasoning, split anywhere, never empty."""

    kind: ClassVar[PartKind] = "reasoning_summary"
    part: int
    """Position of the part in the response, from 0, over parts of all kinds."""
    text: str


@dataclass(slots=True)
class ReasoningTextDelta:
    """A piece of the reasoning itself, split anywhere, never empty."""

    kind: ClassVar[PartKind] = "reasoning_text"
    part: int
    """Position of the part in the response, from 0, over parts of all kinds."""
    text: str


@dataclass(slots=True)
class OutputTextDelta:
    """A piece of the answer, split anywhere, never empty."""

    kind: ClassVar[PartKind] = "output_text"
    part: int
    """Position of the part in the response, from 0, over parts of all kinds."""
    text: str


@dataclass(slots=True)
class RefusalDelta:
    """A piece of the model's words for declining, split anywhere, never empty."""

    kind: ClassVar[PartKind] = "refusal"
    part: int
    """Position of the part in the response, from 0, over parts of all kinds."""
    text: str


@dataclass(frozen=True, slots=True)
class ToolCallStarted:
    """The model begins to call a tool; its arguments follow."""

    part: int
    """Position of the part in the response, from 0, over parts of all kinds."""
    call_id: str
    name: str


@dataclass(slots=True)
class ToolCallDelta:
    """A piece of a tool call's arguments (JSON text), split anywhere, never empty."""

    kind: ClassVar[PartKind] = "tool_call"
    part: int
    """The part that ``ToolCallStarted`` opened."""
    text: str


@dataclass(frozen=True, slots=True)
class ToolCallFinished:
    """A tool call's arguments are whole."""

    part: int
    """The part that ``ToolCallStarted`` opened."""


@dataclass(frozen=True, slots=True)
class PartFinished:
    """No more text comes for this part."""

    part: int


@dataclass(frozen=True, slots=True)
class UsageReported:
    """The provider's token totals for the response so far; the last one counts."""

    usage: Usage


@dataclass(frozen=True, slots=True)
class HeartbeatReceived:
    """The provider is alive and has nothing to say yet."""


@dataclass(frozen=True, slots=True)
class StreamResumed:
    """The connection dropped and is being taken up again, at the very place."""

    reason: str
    """How it dropped, as half a sentence."""


@dataclass(frozen=True, slots=True)
class ResponseFinished:
    """The provider said the response is over, whole or cut short by a limit."""

    finish_reason: FinishReason | None
    """``None``: the provider's word is not one we know."""
    raw_finish_reason: str | None
    incomplete: bool = False
    """The answer stops before its end (a token limit, a content filter, a pause)."""


@dataclass(frozen=True, slots=True)
class ResponseFailed:
    """The provider ended the response with an error after it had accepted the request."""

    error: ProviderError


@dataclass(frozen=True, slots=True)
class UnknownFrame:
    """A frame that no rule reads: kept and passed on, since tomorrow's API sends it today."""

    frame: Mapping[str, object]


DeltaEvent: TypeAlias = (
    ReasoningSummaryDelta | ReasoningTextDelta | OutputTextDelta | RefusalDelta | ToolCallDelta
)
"""There is one for each token. They are not frozen, which would take twice as long to make."""

Event: TypeAlias = (
    DeltaEvent
    | ResponseStarted
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
    | UnknownFrame
)
