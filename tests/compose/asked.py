"""What the tests of `stream` share: what is played, and ways to wait for what must happen."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

from stream_widget import compose
from stream_widget.scripted import Position, Scenario, Script

if TYPE_CHECKING:
    from collections.abc import Callable

    from stream_widget.scripted import Fault, Gate
    from stream_widget.widget import StreamWidget

WAIT_S = 60.0
"""Longer than anything here takes; a test that needs it has failed."""
REASONING = ("**First**\n\nThe reader asks about the sky.", "**Then**\n\nAir scatters blue light.")
ANSWER = "The sky is blue 🌌 because air scatters short waves more than long ones."
SCRIPT = Script(answer=ANSWER, reasoning=REASONING)
KEY = "planted-0123456789-secret"
"""A key that looks like none: only who knows it can blank it."""


def scenario(*faults: Fault, gates: dict[Position, Gate] | None = None) -> Scenario:
    return Scenario(SCRIPT, faults=faults, gates=gates or {})


def kernel() -> object:
    return compose.current_kernel()


def wait_until(w: StreamWidget, condition: Callable[[], object]) -> None:
    """Look again with each message to the browser; there is one after whatever happens."""
    changed = threading.Event()

    def tell(_change: object) -> None:
        changed.set()

    w.observe(tell, "patches")
    w._take_message(w, {"type": "ack", "n": 0, "lag_ms": 1.0}, None)  # as a page that shows it does
    while not condition():
        assert changed.wait(WAIT_S), "it did not happen"
        changed.clear()
    w.unobserve(tell, "patches")


def engine_tasks() -> list[str]:
    """The names of the tasks on the engine's loop, once those that are ending have ended."""

    async def names() -> list[str]:
        for _ in range(3):
            await asyncio.sleep(0)
        mine = asyncio.current_task()
        return [task.get_name() for task in asyncio.all_tasks() if task is not mine]

    loop = compose.current_kernel().engine.loop
    return asyncio.run_coroutine_threadsafe(names(), loop).result(WAIT_S)
