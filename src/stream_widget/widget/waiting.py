"""Waiting for runs in ordinary code: it can be interrupted, and says what it waited for in vain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from stream_widget.clock import monotonic_s

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stream_widget.run import Run

__all__ = ["wait_until_ended"]

_WAIT_STEP_S: Final = 0.2
"""A lock cannot be interrupted on Windows: Ctrl-C is looked for this often."""
_CANCELLED_WITHIN_S: Final = 2.0


def wait_until_ended(runs: Sequence[Run], *, timeout_s: float | None) -> None:
    """Block until all runs are over; Ctrl-C cancels them and is raised again.

    Raises:
        TimeoutError: They are not over after ``timeout_s`` seconds; they go on.
    """
    until_s = None if timeout_s is None else monotonic_s() + timeout_s
    try:
        for run in runs:
            if not _wait(run, until_s):
                raise TimeoutError(_in_vain(runs, timeout_s or 0.0))
    except KeyboardInterrupt:
        for run in runs:
            run.cancel()
        until_s = monotonic_s() + _CANCELLED_WITHIN_S
        for run in runs:
            run.wait_ended(max(0.0, until_s - monotonic_s()))
        raise


def _wait(run: Run, until_s: float | None) -> bool:
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
