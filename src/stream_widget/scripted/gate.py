"""A gate in a stream, which a test opens."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Gate"]


class Gate:
    """Holds a stream until `open` is called, from any thread; once open it stays open."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reached = threading.Event()
        self._is_open = False
        self._waiting: list[Callable[[], object]] = []

    @property
    def is_open(self) -> bool:
        """Whether streams pass."""
        return self._is_open

    def open(self) -> None:
        """Let the stream that waits here, and all later ones, go on."""
        with self._lock:
            self._is_open = True
            waiting, self._waiting = self._waiting, []
        for wake in waiting:
            wake()

    def wait_until_reached(self, timeout_s: float = 10.0) -> None:
        """Block until a stream waits here: all before the gate has then been sent.

        Raises:
            TimeoutError: No stream came in time.
        """
        if not self._reached.wait(timeout_s):
            raise TimeoutError(f"No stream reached the gate within {timeout_s:g} s.")

    def reach(self, wake: Callable[[], object]) -> None:
        """For the server: a stream is here; ``wake`` is called, in any thread, on opening."""
        self._reached.set()
        with self._lock:
            if not self._is_open:
                self._waiting.append(wake)
                return
        wake()
