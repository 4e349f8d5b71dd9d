"""A run of a stream that somebody else asked for: its request is not known, nor who answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stream_widget.request import Request
from stream_widget.run.driving import running_loop
from stream_widget.run.run import Run

if TYPE_CHECKING:
    import asyncio

    from stream_widget.request import Target

__all__ = ["UnknownRequest", "WatchedRun"]


@dataclass(frozen=True, slots=True)
class UnknownRequest(Request):
    """A request that was made elsewhere; its prompt is empty, which no other request's can be.

    Raises:
        InvalidRequestError: A value is out of range or not one of its choices.
    """

    prompt: str = ""

    def __post_init__(self) -> None:
        Request("unknown", tags=self.tags, name=self.name, timeouts=self.timeouts)


class WatchedRun(Run):
    """A run whose target becomes known with the stream; it is asked once."""

    def __init__(self, *args: Any, driven_on: asyncio.AbstractEventLoop | None, **more: Any):
        """Make a run, see `Run`; ``driven_on`` is the loop of the stream where it is another's."""
        super().__init__(*args, **more)
        self._driven_on = driven_on

    def name_target(self, target: Target) -> None:
        """Say who answers, on the engine's loop, as soon as it is known."""
        attempt = self.attempt
        if attempt is None or attempt.target is target:
            return
        with self.lock:
            self.targets = (target,)
            attempt.target = target
            # Told as another start: nothing has come yet that the view would have to forget.
            if not attempt.snapshot.parts:
                self._sinks.attempt_started(self, attempt)

    def wait_ended(self, timeout_s: float | None = None) -> bool:
        """Block until the run is over; False if ``timeout_s`` seconds passed first.

        Raises:
            RuntimeError: The stream is driven on the loop of this very thread, which would wait
                for ever.
        """
        if not self.ended and self._driven_on is not None and self._driven_on is running_loop():
            raise RuntimeError(
                "The stream is driven on this thread's own event loop: use `await` instead."
            )
        return super().wait_ended(timeout_s)
