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
from stream_widget.widget.shown_run import ShownRun
from stream_widget.widget.widget_runs import WidgetRuns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from run.played import Step
    from stream_widget.events import Usage
    from stream_widget.request import Target
    from stream_widget.run import Engine
    from stream_widget.widget.live_widget import LiveWidget
    from stream_widget.widget.patch_queue import PatchQueue
    from stream_widget.widget.protocol import Message
    from stream_widget.widget.run_patches import RunPatches


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
    runs = WidgetRuns(messages.append, engine=on, budget=KernelBudget())
    patches = runs.add(ShownRun(run, engine=on))
    on_loop(on, runs.queue.wake)
    messages.append(runs.whole())
    run.start(patches)
    assert run.wait_ended(10)
    settle(on, runs.queue)
    return patches, messages


def look_at(widget: LiveWidget) -> None:
    """Have a browser show the widget and say so."""
    widget._take_message(widget, {"type": "ack", "n": 0, "lag_ms": 1.0}, None)
    on_loop(widget._engine, lambda: None)


def settle(on: ThreadEngine, queue: PatchQueue) -> None:
    """Have everything queued sent, on the engine's loop as always."""
    on_loop(on, queue.flush)


def on_loop(on: Engine, call: object) -> None:
    done = threading.Event()

    def work() -> None:
        call()
        done.set()

    on.call_soon(work)
    assert done.wait(10)
