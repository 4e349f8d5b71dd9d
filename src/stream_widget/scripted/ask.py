"""A request in neutral words, and the refusal of one that cannot be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stream_widget.errors import StreamWidgetError

if TYPE_CHECKING:
    from stream_widget.scripted.scenario import Overrides

__all__ = ["Ask", "RefusedRequestError"]


class RefusedRequestError(StreamWidgetError):
    """The scripted provider answers this request with an HTTP error."""

    def __init__(
        self, message: str, *, status: int = 400, code: str | None = None, param: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.param = param


@dataclass(frozen=True, slots=True)
class Ask:
    """What a request wants, whichever wire it came over."""

    model: str
    stream: bool
    input_characters: int
    reasoning_effort: str
    shows_reasoning: bool
    """Whether the words of the reasoning come back, or only their number."""
    max_output_tokens: int | None
    obfuscates: bool
    body: dict[str, object]
    """The request as it came, for wires that echo parts of it."""
    overrides: Overrides
    """Pace and faults which the request asks for itself."""
    includes_usage: bool = True
    """Whether a stream says its token totals."""
    background: bool = False
    """Whether the response goes on when its client has left."""
