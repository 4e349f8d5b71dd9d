"""The states of a run, what moves it between them, and the one table of legal moves."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from stream_widget.errors import IllegalTransitionError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["RunState", "Signal", "may_take", "next_state"]


class RunState(StrEnum):
    """Where a run is; the last four are final."""

    PENDING = "pending"
    """Nothing has come back yet: queued, connecting, waiting, or between two attempts."""
    STREAMING = "streaming"
    """The provider has answered and the response is not over."""
    PAUSED = "paused"
    """The view is held; reading goes on, and a run not yet started waits."""
    COMPLETED = "completed"
    """The response came whole (a refusal is a whole response too)."""
    INCOMPLETE = "incomplete"
    """The provider stopped before the end of the answer and said so."""
    CANCELLED = "cancelled"
    """The user ended it; what had arrived is kept."""
    FAILED = "failed"
    """Every attempt failed; what had arrived is kept, and the error says why."""

    @property
    def final(self) -> bool:
        """Whether no signal moves the run any more."""
        return self in _FINAL


class Signal(StrEnum):
    """What moves a run to another state."""

    START = "start"
    """The provider has answered."""
    RETRY = "retry"
    """The attempt failed before its first delta and another follows."""
    PAUSE = "pause"
    RESUME = "resume"
    """To be sent where the provider has answered."""
    RESUME_WAITING = "resume waiting"
    """To be sent where nothing has come back yet."""
    COMPLETE = "complete"
    STOP_SHORT = "stop short"
    CANCEL = "cancel"
    FAIL = "fail"


_FINAL: Final = frozenset(
    {RunState.COMPLETED, RunState.INCOMPLETE, RunState.CANCELLED, RunState.FAILED}
)

_ENDS: Final[Mapping[Signal, RunState]] = {
    Signal.COMPLETE: RunState.COMPLETED,
    Signal.STOP_SHORT: RunState.INCOMPLETE,
    Signal.CANCEL: RunState.CANCELLED,
    Signal.FAIL: RunState.FAILED,
}

_NEXT: Final[Mapping[tuple[RunState, Signal], RunState]] = {
    (RunState.PENDING, Signal.START): RunState.STREAMING,
    (RunState.PENDING, Signal.RETRY): RunState.PENDING,
    (RunState.PENDING, Signal.PAUSE): RunState.PAUSED,
    (RunState.STREAMING, Signal.RETRY): RunState.PENDING,
    (RunState.STREAMING, Signal.PAUSE): RunState.PAUSED,
    (RunState.PAUSED, Signal.START): RunState.PAUSED,
    (RunState.PAUSED, Signal.RETRY): RunState.PAUSED,
    (RunState.PAUSED, Signal.RESUME): RunState.STREAMING,
    (RunState.PAUSED, Signal.RESUME_WAITING): RunState.PENDING,
    **{
        (state, signal): end
        for state in (RunState.PENDING, RunState.STREAMING, RunState.PAUSED)
        for signal, end in _ENDS.items()
    },
}


def may_take(state: RunState, signal: Signal) -> bool:
    """Whether a run in ``state`` may take ``signal``."""
    return (state, signal) in _NEXT


def next_state(state: RunState, signal: Signal) -> RunState:
    """The state that follows.

    Raises:
        IllegalTransitionError: No rule leads from ``state`` by ``signal``.
    """
    try:
        return _NEXT[state, signal]
    except KeyError:
        raise IllegalTransitionError(state=state, signal=signal) from None
