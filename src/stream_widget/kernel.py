"""What one kernel has one of: engine, SDK clients, log, scripted server, defaults."""

from __future__ import annotations

import asyncio
import atexit
import functools
import sys
import threading
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from stream_widget import call_log, catalog
from stream_widget.providers import Clients, Once
from stream_widget.run import Engine, LoopEngine, ThreadEngine
from stream_widget.settings import Settings
from stream_widget.widget import KernelBudget, StreamWidget, loaded_run, logged_view

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stream_widget.errors import Refusable
    from stream_widget.providers import Endpoint
    from stream_widget.request import Target
    from stream_widget.scripted import ScriptedServer

__all__ = ["CallLog", "Kernel", "current_kernel"]

_LOGGED: Final = (
    "A run of the log cannot be asked again: its row does not hold the whole request. Call "
    "stream() with the prompt."
)
_MAKING = threading.Lock()


class CallLog(call_log.CallLog):
    """A table of calls in a file that several kernels may write at once; its runs can be shown.

    Making one touches no disk: the file is made with its first row or its first reader. Every
    method may be called from any thread.

    Args:
        path: The file; ``":memory:"`` keeps rows as long as the log lives; ``None`` is the file
            that ``STREAM_WIDGET_LOG`` names when the log is first used, else ``calls.db`` in the
            user's data folder.
    """

    def get(self, run_id: str) -> StreamWidget:
        """A run as a widget that shows it like one that has just ended, and can `replay` it.

        Earlier attempts stand above it as notices. A run that still streams is as it was when it
        was last written.

        Args:
            run_id: Its id, or at least six characters of its beginning that no other run shares.

        Raises:
            UnknownRunError: There is none; it holds the nearest ids.
            InvalidRequestError: Its rows are damaged.
        """
        kernel = current_kernel()
        return StreamWidget(
            loaded_run(logged_view(self.read_run(run_id)), engine=kernel.engine),
            engine=kernel.engine,
            budget=kernel.budget,
            calls=lambda run_id: self.to_frame(run_id=run_id),
            why_not_again=_LOGGED,
        )


class Kernel:
    """Made on first use; its parts are made on theirs."""

    def __init__(self) -> None:
        self.settings = Settings.from_environment()
        self.budget = KernelBudget()
        self.clients = Clients()
        self._log = CallLog(self.settings.log)
        self._engine: ThreadEngine | LoopEngine | None = None
        self._server: ScriptedServer | None = None
        self._prices = Once(catalog.warm)
        self._refused: defaultdict[tuple[str | None, Target], set[Refusable]] = defaultdict(set)
        self._lock = threading.Lock()
        atexit.register(self.close)

    @property
    def engine(self) -> Engine:
        """The engine: on a thread of its own, or on the running loop where there are no threads."""
        with self._lock:
            if sys.platform == "emscripten":
                # Pyodide has no threads; its notebook's loop is always running.
                if self._engine is None or self._engine.loop is not asyncio.get_running_loop():
                    self._engine = LoopEngine()
                return self._engine
            if not isinstance(self._engine, ThreadEngine) or not self._engine.alive:
                self._engine = ThreadEngine()
            return self._engine

    @property
    def log(self) -> CallLog:
        """The log that new runs write to."""
        return self._log

    def configure(self, **changes: object) -> None:
        """Change the defaults; another ``log`` counts for runs that start from now on."""
        self.settings = self.settings.with_changes(**changes)
        if changes.get("log") is not None:
            self._log.flush()
            self._log = CallLog(self.settings.log)

    def scripted_base_url(self) -> str:
        """Where this kernel's own scripted server listens; it is started on first use."""
        from stream_widget.scripted import ScriptedServer  # noqa: PLC0415 - brings tornado's server

        with self._lock:
            if self._server is None:
                self._server = ScriptedServer(speed=self.settings.scripted_speed).start()
            return self._server.base_url

    def refused(self, target: Target, endpoint: Endpoint) -> set[Refusable]:
        """What a target has refused there since the kernel started; runs add to it."""
        return self._refused[endpoint.base_url, target]

    async def get_ready(self, endpoints: Iterable[Endpoint]) -> None:
        """Load what a run that asks these endpoints needs, off the engine's loop."""
        await self.clients.get_ready(endpoints)
        await self._prices.done()

    def close(self) -> None:
        """Cancel what still runs, write what is pending, and stop the threads."""
        with self._lock:
            engine, self._engine = self._engine, None
            server, self._server = self._server, None
        if isinstance(engine, ThreadEngine):
            engine.stop()
        self._log.close()
        if server is not None:
            server.stop()


@functools.cache
def _one_kernel() -> Kernel:
    return Kernel()


def current_kernel() -> Kernel:
    """What runs of this kernel share; made on first use."""
    with _MAKING:  # a cache alone lets two threads make two
        return _one_kernel()
