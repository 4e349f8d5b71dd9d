"""Drives a caller's own stream where it may be driven; its items come to the run's loop.

An asynchronous one belongs to the loop of the cell that made it. A plain one may block in
``next()``, so it gets a thread of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import sys
import threading
from contextlib import aclosing, closing
from typing import TYPE_CHECKING, Final, Protocol

from stream_widget.run.hand_over import HandOver

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator

__all__ = ["Drivable", "Driver", "driver_for", "running_loop"]

_LEAVES_WITHIN_S: Final = 1.0
"""How long a stopped stream may take to close; one that blocks closes when it comes back."""


class Drivable(Protocol):
    """A stream that somebody else made, plain or asynchronous."""

    @property
    def is_async(self) -> bool:
        """Which of the two to call: `items` or `async_items`."""
        ...

    def items(self) -> Generator[object, None, None]:
        """Its items; closing the generator closes the stream."""
        ...

    def async_items(self) -> AsyncGenerator[object, None]:
        """Its items; closing the generator closes the stream."""
        ...

    def interrupt(self) -> None:
        """Make a blocked ``next()`` come back, from another thread, where there is a way."""
        ...

    def close(self) -> None:
        """Close a plain stream that was not driven."""
        ...

    async def aclose(self) -> None:
        """Close an asynchronous stream that was not driven."""
        ...


class Driver(Protocol):
    """Drives one stream, once."""

    def items(self) -> AsyncGenerator[object, None]:
        """The stream's items, on the loop that asks; closing the generator closes the stream.

        Returns within a second when it is closed, whether or not the stream does; only where there
        are no threads does closing a plain stream take as long as the stream takes.
        """
        ...

    def release(self) -> None:
        """Close the stream where `items` was never begun; else do nothing. From any thread."""
        ...


def driver_for(stream: Drivable, *, engine_loop: asyncio.AbstractEventLoop) -> Driver:
    """The driver for a stream that was made here: on the running loop, or else on the engine's."""
    if not stream.is_async:
        # Pyodide has no threads; there a plain stream takes turns with everything else.
        return _TurnDriver(stream) if sys.platform == "emscripten" else _ThreadDriver(stream)
    return _LoopDriver(stream, running_loop() or engine_loop)


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The loop that runs on this thread, if one does."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


class _ThreadDriver:
    def __init__(self, stream: Drivable) -> None:
        self._stream = stream
        self._context = contextvars.copy_context()
        self._begun = False
        self._stopped = False
        self._room = threading.Event()

    async def items(self) -> AsyncGenerator[object, None]:
        self._begun = True
        queue = HandOver(self._room.set)
        self._start(lambda: self._pump(queue))
        try:
            async with aclosing(queue.items()) as items:
                async for item in items:
                    yield item
        finally:
            self._stopped = True
            self._room.set()
            if not await queue.over(within_s=0):
                self._stream.interrupt()
                await queue.over(within_s=_LEAVES_WITHIN_S)

    def release(self) -> None:
        if not self._begun:
            self._begun = True
            self._start(self._stream.close)

    def _start(self, work: Callable[[], object]) -> None:
        threading.Thread(
            target=self._context.run, args=(work,), name="stream_widget watch", daemon=True
        ).start()

    def _pump(self, queue: HandOver) -> None:
        error: BaseException | None = None
        try:
            with closing(_items_of(self._stream)) as items:
                for item in items:
                    if not queue.put(item):
                        self._room.wait()
                        self._room.clear()
                    if self._stopped:
                        break
        except BaseException as raised:  # noqa: BLE001 - handed on to the run
            error = raised
        queue.end(error)


class _LoopDriver:
    """Drives an asynchronous stream on a loop, the run's own or another's."""

    def __init__(self, stream: Drivable, loop: asyncio.AbstractEventLoop) -> None:
        self._stream = stream
        self._loop = loop
        self._context = contextvars.copy_context()
        self._begun = False
        self._room = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def items(self) -> AsyncGenerator[object, None]:
        self._begun = True
        queue = HandOver(self._make_room)
        # A loop that is closed says so here, and that is how the run ends.
        self._loop.call_soon_threadsafe(self._begin, queue, context=self._context)
        try:
            async with aclosing(queue.items()) as items:
                async for item in items:
                    yield item
        finally:
            if not await queue.over(within_s=0):
                self._call_soon(self._cancel)
                await queue.over(within_s=_LEAVES_WITHIN_S)

    def release(self) -> None:
        if not self._begun:
            self._begun = True
            self._call_soon(self._begin_close)

    # On the stream's loop

    def _begin(self, queue: HandOver) -> None:
        self._task = self._loop.create_task(self._pump(queue), name="stream_widget watch")
        # Not in the task itself: one that is cancelled before its first step never takes it.
        self._task.add_done_callback(lambda task: queue.end(_end_of(task)))

    def _begin_close(self) -> None:
        self._task = self._loop.create_task(self._stream.aclose(), name="stream_widget watch")

    async def _pump(self, queue: HandOver) -> None:
        async with aclosing(_async_items_of(self._stream)) as items:
            async for item in items:
                if not queue.put(item):
                    await self._room.wait()
                    self._room.clear()

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    # On the run's loop

    def _make_room(self) -> None:
        self._call_soon(self._room.set)

    def _call_soon(self, call: Callable[[], object]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed, and the stream with it
            self._loop.call_soon_threadsafe(call, context=self._context)


class _TurnDriver:
    """Drives a plain stream on the run's loop, which has a turn after each item."""

    def __init__(self, stream: Drivable) -> None:
        self._stream = stream
        self._begun = False

    async def items(self) -> AsyncGenerator[object, None]:
        self._begun = True
        with closing(_items_of(self._stream)) as items:
            for item in items:
                yield item
                await asyncio.sleep(0)

    def release(self) -> None:
        if not self._begun:
            self._begun = True
            self._stream.close()


# What a stream's own code lets escape would cancel or end more than the stream: here it becomes an
# error.


def _items_of(stream: Drivable) -> Generator[object, None, None]:
    try:
        with closing(stream.items()) as items:
            yield from items
    except (asyncio.CancelledError, SystemExit) as error:
        raise _escaped(error) from error


async def _async_items_of(stream: Drivable) -> AsyncGenerator[object, None]:
    try:
        async with aclosing(stream.async_items()) as items:
            async for item in items:
                yield item
    except SystemExit as error:
        raise _escaped(error) from error
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise _escaped(error) from error


def _escaped(error: BaseException) -> RuntimeError:
    return RuntimeError(f"{type(error).__name__} was raised in it.")


def _end_of(task: asyncio.Task[None]) -> BaseException | None:
    return asyncio.CancelledError() if task.cancelled() else task.exception()
