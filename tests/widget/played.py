"""Runs made of prepared events, and the messages their widgets would send."""

from __future__ import annotations

import asyncio
import math
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from stream_widget.request import Request, Target
from stream_widget.run import RetryPolicy, Run, ThreadEngine
from stream_widget.widget.pace import KernelBudget
from stream_widget.widget.patch_queue import PatchQueue
from stream_widget.widget.run_patches import RunPatches

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator, Sequence

    from stream_widget.events import Event, Usage
    from stream_widget.widget.protocol import Message

TARGET = Target("openai", "gpt-5-mini")


@contextmanager
def engine() -> Iterator[ThreadEngine]:
    made = ThreadEngine()
    made.loop.set_debug(True)  # a call from a thread that is not the loop's is an error
    try:
        yield made
    finally:
        made.stop()


def make_run(
    on: ThreadEngine, *attempts: Sequence[Event | Exception | threading.Event], retries: int = 1
) -> Run:
    """A run whose attempts play these events, one list after the other.

    An exception is raised in its place; a `threading.Event` holds the stream until it is set.
    """
    left = list(attempts)

    async def source(_request: Request, _target: Target) -> AsyncGenerator[Event, None]:
        for event in left.pop(0):
            if isinstance(event, Exception):
                raise event
            if isinstance(event, threading.Event):
                await asyncio.to_thread(event.wait, 10)
            else:
                yield event

    def price(_target: Target, _usage: Usage) -> tuple[float, str | None]:
        return math.nan, None

    return Run(
        Request("Why?", effort="low", summary="auto", verbosity="low", name="sky"),
        [TARGET],
        source,
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
