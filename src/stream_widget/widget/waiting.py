"""Waiting for runs: it can be interrupted, and says what it waited for in vain."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from stream_widget.clock import monotonic_s

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Generator, Sequence

    from stream_widget.run import Run

__all__ = ["cancelled_by_interrupt", "wait_until_ended", "woken_often"]

_WAIT_STEP_S: Final = 0.2
"""Ctrl-C is looked for this often, where it does not end the wait by itself."""
_CANCELLED_WITHIN_S: Final = 2.0


def wait_until_ended(runs: Sequence[Run], *, timeout_s: float | None) -> None:
    """Block until all runs are over.

    Raises:
        TimeoutError: They are not over after ``timeout_s`` seconds; they go on.
    """
    until_s = None if timeout_s is None else monotonic_s() + timeout_s
    for run in runs:
        if not _wait(run, until_s):
            raise TimeoutError(_in_vain(runs, timeout_s or 0.0))


@contextmanager
def cancelled_by_interrupt(runs: Sequence[Run]) -> Generator[None]:
    """Let Ctrl-C in here cancel the runs; it is raised again once they have their last text."""
    try:
        yield
    except KeyboardInterrupt:
        for run in runs:
            run.cancel()
        until_s = monotonic_s() + _CANCELLED_WITHIN_S
        for run in runs:
            run.wait_ended(max(0.0, until_s - monotonic_s()))
        raise


@contextmanager
def woken_often(loop: asyncio.AbstractEventLoop) -> Generator[None]:
    """Let the loop run a few times a second, so that an awaiting cell hears of an interrupt.

    ipykernel (7.4) answers the signal with a callback that does not wake the loop: as long as
    nothing else does, the cell goes on waiting.
    """

    def again() -> None:
        nonlocal beat
        beat = loop.call_later(_WAIT_STEP_S, again)

    beat = loop.call_later(_WAIT_STEP_S, again)
    try:
        yield
    finally:
        beat.cancel()


def _wait(run: Run, until_s: float | None) -> bool:
    # In steps: a lock cannot be interrupted on Windows.
    while True:
        left_s = _WAIT_STEP_S if until_s is None else until_s - monotonic_s()
        if run.wait_ended(min(_WAIT_STEP_S, max(0.0, left_s))):
            return True
        if left_s <= 0:
            return False


def _in_vain(runs: Sequence[Run], timeout_s: float) -> str:
    if len(runs) == 1:
        return (
            f"The run is {runs[0].state.value} after {timeout_s:g} s and goes on; "
            "wait() again, or cancel() it."
        )
    over = sum(run.ended for run in runs)
    return (
        f"{over} of {len(runs)} runs are over after {timeout_s:g} s and the others go on; "
        "wait() again, or cancel() them."
    )
