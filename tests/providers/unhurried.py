"""A loop whose clock jumps over every wait: what takes minutes is told in none, always the same."""

from __future__ import annotations

import asyncio
import selectors
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Coroutine

__all__ = ["run_unhurried"]


class _JumpingSelector(selectors.DefaultSelector):
    """Where nothing is ready, the time until something is due has passed at once."""

    passed_s = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0 if timeout is not None else None)
        if not ready and timeout is not None:
            self.passed_s += max(timeout, 0.0)
        return ready


class _UnhurriedLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.passed_s


def run_unhurried(main: Coroutine[Any, Any, Any]) -> Any:
    """`asyncio.run`, for code whose only waits are its own: nothing here may come from a socket."""
    with asyncio.Runner(loop_factory=_UnhurriedLoop) as runner:
        return runner.run(main)
