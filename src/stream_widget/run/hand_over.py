"""Carries items from a thread, or from another loop, to the loop that a run lives on."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

__all__ = ["HandOver"]

_AT_MOST: Final = 256
"""Items that may wait: a source that is faster than the page does not fill the memory."""


class HandOver:
    """A queue with one giver and one taker, made by the taker on its loop.

    The taker takes all that waits at once, so that many quick items cost one wake-up.
    """

    def __init__(self, made_room: Callable[[], object]) -> None:
        """Make a queue; ``made_room`` tells a giver that waits, on the taker's loop."""
        self._loop = asyncio.get_running_loop()
        self._made_room = made_room
        self._lock = threading.Lock()
        self._items: list[object] = []
        self._error: BaseException | None = None
        self._ended = False
        self._arrived = asyncio.Event()
        self._over = asyncio.Event()

    # The giver, on any thread

    def put(self, item: object) -> bool:
        """Give an item; False asks the giver to wait until there is room again."""
        with self._lock:
            self._items.append(item)
            waiting = len(self._items)
        if waiting == 1:
            self._call(self._arrived.set)
        return waiting < _AT_MOST

    def end(self, error: BaseException | None = None) -> None:
        """Say that nothing follows, and why, where that is an error."""
        with self._lock:
            self._ended, self._error = True, error
        self._call(self._arrived.set)
        self._call(self._over.set)

    def _call(self, call: Callable[[], object]) -> None:
        # A closed loop: the engine has stopped, and nobody takes anything any more.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(call)

    # The taker, on its loop

    async def items(self) -> AsyncGenerator[object, None]:
        """The items in order, then the error that the giver ended with, if any.

        Raises:
            asyncio.CancelledError: The giver was cancelled.
            Exception: What the giver raised; an exit or an interrupt comes as a `RuntimeError`,
                since it was meant for the giver's thread.
        """
        ended = False
        while not ended:
            await self._arrived.wait()
            self._arrived.clear()
            with self._lock:
                items, self._items = self._items, []
                ended = self._ended
            if len(items) >= _AT_MOST:
                self._made_room()
            for item in items:
                yield item
        error = self._error
        if isinstance(error, Exception | asyncio.CancelledError):
            raise error
        if error is not None:
            raise RuntimeError(f"{type(error).__name__} was raised in it.") from error

    async def over(self, *, within_s: float) -> bool:
        """Wait until the giver has ended; False if it has not in time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._over.wait()
        return self._over.is_set()
