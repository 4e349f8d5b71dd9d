"""How long a run waits for a silent provider: when to tell the reader, and when to give up."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from stream_widget.clock import monotonic_s
from stream_widget.errors import SilenceError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from stream_widget.request import Timeouts

__all__ = ["Patience", "patience"]

_STALLED_S: Final = 10.0
"""Silence that a reader wants to know of."""


@asynccontextmanager
async def patience(
    timeouts: Timeouts,
    *,
    target: Callable[[], str],
    stalled: Callable[[float, float], object],
    moving: Callable[[], object],
) -> AsyncGenerator[Patience, None]:
    """Watch one attempt that is about to be sent, on the engine's loop.

    Args:
        timeouts: The silence that is allowed.
        target: Whom the error names; asked when there is one.
        stalled: Called with when the provider was last heard and when patience will end, by the
            monotonic clock.
        moving: Called when a provider that had stalled is heard again, or the attempt ends.

    Raises:
        SilenceError: The provider was silent for too long; what ran in the context was cancelled.
    """
    limit = asyncio.timeout(None)
    watch = Patience(timeouts, limit, stalled=stalled, moving=moving)
    try:
        async with limit:
            try:
                yield watch
            finally:
                watch.stop()
    except TimeoutError:
        if not limit.expired():
            raise
        raise watch.error(target()) from None


class Patience:
    """What `patience` gives: to be told of each sign of life.

    Whatever the provider sends is one, keep-alives too. Most events cost no more than noting the
    time, since the timer looks at it only when it is due.
    """

    def __init__(
        self,
        timeouts: Timeouts,
        limit: asyncio.Timeout,
        *,
        stalled: Callable[[float, float], object],
        moving: Callable[[], object],
    ) -> None:
        self._timeouts = timeouts
        self._limit = limit
        self._stalled = stalled
        self._moving = moving
        self._loop = asyncio.get_running_loop()
        self._heard_s = monotonic_s()
        self._silent_s = 0.0
        self._has_delta = False
        self._is_stalled = False
        self._timer: asyncio.TimerHandle | None = None
        self._watch()

    def heard(self, now_s: float, *, delta: bool) -> None:
        """The provider sent something, a piece of text or any other sign of life."""
        self._heard_s = now_s
        if self._is_stalled or (delta and not self._has_delta):
            # The timer is set for the end of patience, or for a limit that no longer counts.
            self._has_delta = self._has_delta or delta
            self.stop()
            self._watch()

    def error(self, target: str) -> SilenceError:
        """What ended the attempt, once it was silent for too long."""
        return SilenceError(target=target, silent_s=self._silent_s, answered=self._has_delta)

    def stop(self) -> None:
        """Watch no more."""
        if self._timer is not None:
            self._timer.cancel()
        if self._is_stalled:
            self._is_stalled = False
            self._moving()

    def _watch(self) -> None:
        silent_s = monotonic_s() - self._heard_s
        limit_s = self._timeouts.silence_s if self._has_delta else self._timeouts.first_delta_s
        if silent_s >= limit_s:
            self._silent_s = silent_s
            self._limit.reschedule(self._loop.time())
            return
        if silent_s >= _STALLED_S and not self._is_stalled:
            self._is_stalled = True
            self._stalled(self._heard_s, self._heard_s + limit_s)
        due_s = limit_s if self._is_stalled else min(_STALLED_S, limit_s)
        self._timer = self._loop.call_later(max(due_s - silent_s, 0.001), self._watch)
