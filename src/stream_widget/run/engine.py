"""Where runs live: one event loop, on a thread of its own, whose task group waits for every run."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, ParamSpec, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

__all__ = ["Engine", "LoopEngine", "ThreadEngine"]

_P = ParamSpec("_P")


class Engine(Protocol):
    """Starts runs and carries calls to the loop they live on."""

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop all runs of this engine live on."""
        ...

    @property
    def is_current(self) -> bool:
        """Whether the caller is on the loop's own thread."""
        ...

    def start(self, drive: Callable[[], Coroutine[object, object, None]], *, name: str) -> None:
        """Start a task on the loop, from any thread."""
        ...

    def call_soon(self, call: Callable[_P, object], *args: _P.args, **kwargs: _P.kwargs) -> None:
        """Call something on the loop, from any thread; nothing happens once the engine stopped."""
        ...


class _GroupEngine:
    """What both engines share: a loop and a task group on it."""

    def __init__(self) -> None:
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._group: asyncio.TaskGroup | None = None
        self._stopping: asyncio.Event | None = None

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            raise RuntimeError("The engine has not started.")
        return self._loop

    def start(self, drive: Callable[[], Coroutine[object, object, None]], *, name: str) -> None:
        def begin() -> None:
            if self._group is not None:
                self._group.create_task(drive(), name=name)

        self.call_soon(begin)

    def call_soon(self, call: Callable[_P, object], *args: _P.args, **kwargs: _P.kwargs) -> None:
        # A closed loop means the interpreter or the kernel is going down: nobody is left to tell.
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(lambda: call(*args, **kwargs))

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            self._group = group
            waiter = group.create_task(self._stopping.wait(), name="engine stop")
            self._ready.set()
            await waiter
            self._group = None
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()


class ThreadEngine(_GroupEngine):
    """The engine of a kernel or a script: a daemon thread with its own loop."""

    def __init__(self) -> None:
        super().__init__()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve()), name="stream_widget engine", daemon=True
        )
        self._thread.start()
        self._ready.wait()

    def stop(self, *, timeout_s: float = 2.0) -> None:
        """Cancel what still runs, wait until its connections are closed, and end the thread."""
        if self._stopping is not None:
            self.call_soon(self._stopping.set)
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout_s)

    @property
    def is_current(self) -> bool:
        """Whether the caller is on the engine's thread."""
        return threading.current_thread() is self._thread

    @property
    def alive(self) -> bool:
        """Whether the thread still runs (it does not after `stop`, nor in a forked child)."""
        return self._thread.is_alive()


class LoopEngine:
    """The engine where threads cannot be had (Pyodide): tasks on the loop that is running now."""

    def __init__(self) -> None:
        self._running_loop = asyncio.get_running_loop()
        self._thread = threading.current_thread()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop of whoever made the engine."""
        return self._running_loop

    @property
    def is_current(self) -> bool:
        """Whether the caller is on the loop's own thread."""
        return threading.current_thread() is self._thread

    def start(self, drive: Callable[[], Coroutine[object, object, None]], *, name: str) -> None:
        """Start a task on the loop; no task group can outlive the cell that made it here."""

        def begin() -> None:
            task = self._running_loop.create_task(drive(), name=name)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        self.call_soon(begin)

    def call_soon(self, call: Callable[_P, object], *args: _P.args, **kwargs: _P.kwargs) -> None:
        """Call something on the loop."""
        with contextlib.suppress(RuntimeError):
            self._running_loop.call_soon_threadsafe(lambda: call(*args, **kwargs))
