"""What the handlers of one server share."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from stream_widget.scripted.exchange import Exchange

if TYPE_CHECKING:
    from asyncio import TaskGroup

    from stream_widget.scripted.background import BackgroundResponse
    from stream_widget.scripted.line import HttpLine
    from stream_widget.scripted.stage import Stage
    from stream_widget.scripted.wire_protocol import Wire

__all__ = ["House"]

_REMEMBERED_EXCHANGES: Final = 1000
_KEPT_RESPONSES: Final = 1000


@dataclass(slots=True)
class House:
    """What the handlers of one server share."""

    stage: Stage
    wires: tuple[Wire, ...]
    require_key: str | None
    exchanges: deque[Exchange] = field(
        default_factory=lambda: deque[Exchange](maxlen=_REMEMBERED_EXCHANGES)
    )
    received: int = 0
    """Requests for answers so far."""
    lines: set[HttpLine] = field(default_factory=set["HttpLine"])
    background: dict[str, BackgroundResponse] = field(
        default_factory=dict[str, "BackgroundResponse"]
    )
    """Responses that go on without their clients, by id, the oldest first."""
    cancelled: list[str] = field(default_factory=list[str])
    """Ids of background responses that were cancelled."""
    tasks: TaskGroup | None = None
    """Makes the background responses; there is one while the server runs."""
    is_closing: bool = False

    def keep(self, response: BackgroundResponse) -> None:
        """Remember a background response, and forget the oldest when there are too many."""
        self.background[response.response_id] = response
        while len(self.background) > _KEPT_RESPONSES:
            self.background.pop(next(iter(self.background))).cancel()
