"""What the scripted provider can play: a script in neutral words, or a recording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

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
    """The provider's word: ``max_output_tokens`` or ``content_filter``."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The provider gives up in the middle of a stream it had begun with status 200."""

    code: str = "server_error"
    message: str = "The server had an error while processing your request."


Finish: TypeAlias = Completed | Incomplete | Failed


@dataclass(frozen=True, slots=True)
class Script:
    """One response in words that fit every wire."""

    answer: str = ""
    reasoning: tuple[str, ...] = ()
    """The parts of the reasoning summary."""
    refusal: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    finish: Finish = Completed()
    silent_reasoning_s: float = 0.0
    """Silence where the reasoning is not shown; kept only by a scenario that has a pace."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A recorded stream (``.sse``), played byte by byte as it was recorded.

    Raises:
        FileNotFoundError: There is no such file.
    """

    path: Path

    def __post_init__(self) -> None:
        if not self.path.is_file():
            raise FileNotFoundError(f"There is no recording {str(self.path)!r}.")


Playable: TypeAlias = Script | Recording
