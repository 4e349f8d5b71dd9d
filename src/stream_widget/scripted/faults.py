"""What can go wrong on purpose."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Cut",
    "ErrorEvent",
    "Fault",
    "HangUp",
    "HttpError",
    "KeepAlive",
    "Malformed",
    "NoEnd",
    "NotAnEventStream",
    "Parameter",
    "Position",
    "PositionWord",
    "Stall",
    "UnsupportedParameter",
    "UnverifiedOrganization",
]

PositionWord: TypeAlias = Literal["start", "reasoning", "answer", "end"]
Position: TypeAlias = int | PositionWord
"""A place before a frame: its number from 0, or a word.

``start`` is before the first delta, ``reasoning`` and ``answer`` are in the middle of their deltas
(where there are none: before the first delta), ``end`` is before the first frame that says that the
response is over.
"""
Parameter: TypeAlias = Literal["summary", "effort", "verbosity", "temperature"]
"""A parameter that some models refuse; each wire has its own place for it, or none."""


@dataclass(frozen=True, slots=True)
class HttpError:
    """The request is answered with an HTTP error.

    Raises:
        ValueError: The status is no error, or a header has a control character.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: Mapping[str, object] | str | None = None
    """A dict is sent as JSON, a string as it is; ``None`` is the wire's own shape of the status."""
    content_type: str | None = None
    """``None``: JSON for a dict, HTML for a string that begins with ``<``, else plain text."""

    def __post_init__(self) -> None:
        if not 400 <= self.status <= 599:  # noqa: PLR2004  the statuses that are errors
            raise ValueError(f"{self.status} is no HTTP error status; those are 400 to 599.")
        for name, value in self.headers.items():
            if not name or not f"{name}{value}".isprintable():
                raise ValueError(f"{name!r}: {value!r} is no HTTP header.")


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection closes in the middle of a chunk."""

    after_bytes: int | None = None
    """Bytes of the body that still arrive; ``None``: ``at`` says where."""
    at: Position = "answer"
    resets: bool = False
    """Reset the connection rather than close it; bytes on their way may then be lost."""


@dataclass(frozen=True, slots=True)
class Stall:
    """Nothing is sent for a while, then the stream goes on."""

    seconds: float | None = None
    """``None``: until the client leaves."""
    after_bytes: int | None = None
    """Bytes of the body that are sent before; ``None``: ``at`` says where."""
    at: Position = "answer"


@dataclass(frozen=True, slots=True)
class Malformed:
    """One frame arrives with half its JSON, the others as they should."""

    at: Position = "answer"


@dataclass(frozen=True, slots=True)
class NoEnd:
    """The stream ends in good order, but with nothing that says that the response is over."""

    at: Position = "end"


@dataclass(frozen=True, slots=True)
class NotAnEventStream:
    """Status 200, and a body that is no stream of events."""

    body: Mapping[str, object] | str = (
        "<!doctype html><html><head><title>Sign in</title></head>"
        "<body><h1>Sign in to the proxy</h1></body></html>"
    )
    content_type: str | None = None
    """``None``: JSON for a dict, HTML for a string that begins with ``<``, else plain text."""


@dataclass(frozen=True, slots=True)
class ErrorEvent:
    """An error in the middle of a stream with status 200, in the wire's own form; it ends there.

    An answer that is not streamed is an error from its beginning, as with `Failed`.
    """

    code: str = "server_is_overloaded"
    """As in `Failed`."""
    message: str = "Overloaded"
    at: Position = "answer"


@dataclass(frozen=True, slots=True)
class KeepAlive:
    """For a while nothing comes but signs of life: comments, pings, keepalive events.

    Raises:
        ValueError: It would last no time, or never say anything.
    """

    seconds: float
    every_s: float = 1.0
    at: Position = "start"

    def __post_init__(self) -> None:
        if not 0 < self.every_s <= self.seconds < float("inf"):
            raise ValueError(
                f"A sign of life every {self.every_s} s for {self.seconds} s is none at all."
            )

    @property
    def signs(self) -> int:
        """How many signs of life there are."""
        return int(self.seconds / self.every_s)


@dataclass(frozen=True, slots=True)
class HangUp:
    """The connection ends before any header of an answer."""

    resets: bool = True
    """Reset the connection rather than close it."""


@dataclass(frozen=True, slots=True)
class UnverifiedOrganization:
    """OpenAI's refusal of a stream, or of a summary, to an organization that is not verified.

    The same request unstreamed, or without its summary, is answered.
    """

    refuses: Literal["stream", "summary"] = "stream"


@dataclass(frozen=True, slots=True)
class UnsupportedParameter:
    """The model does not take a parameter, or only some values; a request without it is answered.

    On a wire that has no place for the parameter nothing is refused.
    """

    name: Parameter
    takes: tuple[str, ...] = ()
    """Values that the model does take."""


Fault: TypeAlias = (
    HttpError
    | Cut
    | Stall
    | Malformed
    | NoEnd
    | NotAnEventStream
    | ErrorEvent
    | KeepAlive
    | HangUp
    | UnverifiedOrganization
    | UnsupportedParameter
)
