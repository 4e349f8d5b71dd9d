"""What the scripted provider can play: a script in neutral words, or a recording."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from stream_widget.scripted.manner import Manner

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "Completed",
    "Failed",
    "Finish",
    "Incomplete",
    "Playable",
    "Recording",
    "Script",
    "ToolCall",
]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call of a tool by the model."""

    name: str
    arguments: str
    """JSON text."""


@dataclass(frozen=True, slots=True)
class Completed:
    """The response ends as it should."""


@dataclass(frozen=True, slots=True)
class Incomplete:
    """The response stops before its end."""

    reason: str = "max_output_tokens"
    """``max_output_tokens`` or ``content_filter``, which each wire says in its own word; any other
    is said as it is, such as ``pause_turn``."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The provider gives up in the middle of a stream it had begun with status 200.

    An answer that is not streamed is an HTTP error then, but on the Responses wire, where it is a
    response whose status is ``failed``.
    """

    code: str = "server_error"
    """In OpenAI's words: ``server_error``, ``server_is_overloaded``, ``rate_limit_exceeded``,
    ``insufficient_quota``. The Messages wire says its own for these, and any other as it is."""
    message: str = "The server had an error while processing your request."


Finish: TypeAlias = Completed | Incomplete | Failed


@dataclass(frozen=True, slots=True)
class Script:
    """One response in words that fit every wire."""

    answer: str = ""
    reasoning: tuple[str, ...] = ()
    """The parts of the reasoning; wires that have no parts put a blank line between them."""
    refusal: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    finish: Finish = Completed()
    cached_input_tokens: int = 0
    """How much of the prompt the provider has in its cache; of a shorter prompt, all of it."""
    silent_reasoning_s: float = 0.0
    """Silence where the reasoning is not shown; kept only by a scenario that has a pace."""
    manner: Manner = field(default_factory=Manner)


@dataclass(frozen=True, slots=True)
class Recording:
    """A recorded answer, played byte by byte as it was recorded, on the wire it belongs to.

    A file is a stream (``.sse``), the body of an unstreamed answer (``.json``), or whole HTTP
    answers (``.json``): one object, or a list of them, with ``status``, ``headers`` and ``body``,
    where a body that is a string is sent as it is.

    Raises:
        FileNotFoundError: There is no such file.
    """

    path: Path
    number: int = 0
    """Which one of a list of answers, from 0."""

    def __post_init__(self) -> None:
        if not self.path.is_file():
            raise FileNotFoundError(f"There is no recording {str(self.path)!r}.")


Playable: TypeAlias = Script | Recording
