"""Runs made of prepared events, and the messages their widgets would send."""

from __future__ import annotations

import math
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from run.played import MINI, PlayedSource
from stream_widget.request import Request
from stream_widget.run import RetryPolicy, Run, ThreadEngine
from stream_widget.widget.pace import KernelBudget
from stream_widget.widget.patch_queue import PatchQueue
from stream_widget.widget.run_patches import RunPatches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from run.played import Step
    from stream_widget.events import Usage
    from stream_widget.request import Target
    from stream_widget.widget.protocol import Message


@contextmanager
def engine() -> Iterator[ThreadEngine]:
    made = ThreadEngine()
    made.loop.set_debug(True)  # a call from a thread that is not the loop's is an error
    try:
        yield made
    finally:
        made.stop()


def make_run(on: ThreadEngine, *attempts: Sequence[Step], retries: int = 1) -> Run:
    """A run whose attempts play these steps, one list after the other; see `PlayedSource`."""

    def price(_target: Target, _usage: Usage) -> tuple[float, str | None]:
        return math.nan, None

    return Run(
        Request("Why?", effort="low", summary="auto", verbosity="low", name="sky"),
        [MINI],
        PlayedSource(*attempts),
        engine=on,
        price=price,
        policy=RetryPolicy(retries, first_wait_s=0.0),
    )


def play(on: ThreadEngine, run: Run) -> tuple[RunPatches, list[Message]]:
    """Drive a run to its end; its patches, and the messages in the order they were sent."""
    messages: list[Message] = []
    queue = PatchQueue(messages.append, engine=on, budget=KernelBudget())
    patches = RunPatches(run, queue)
    messages.append({"n": 0, "patches": [patches.snapshot()]})
    run.start(patches)
    assert run.wait_ended(10)
    settle(on, queue)
    return patches, messages


def settle(on: ThreadEngine, queue: PatchQueue) -> None:
    """Have everything queued sent, on the engine's loop as always."""
    on_loop(on, queue.flush)


def on_loop(on: ThreadEngine, call: object) -> None:
    done = threading.Event()

    def work() -> None:
        call()
        done.set()

    on.call_soon(work)
    assert done.wait(10)
