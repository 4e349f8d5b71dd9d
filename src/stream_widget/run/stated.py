"""What has a state that any thread may move and that sinks hear of on the engine's loop."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, cast

from stream_widget.run.sinks import Notice, SinkFanOut, Wait
from stream_widget.run.states import RunState, Signal, may_take, next_state

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stream_widget.run.engine import Engine
    from stream_widget.run.run import Run
    from stream_widget.run.sinks import Sink

__all__ = ["Stated"]


class Stated:
    """The part of a run that is told to others: its state, its notices, what it waits for."""

    def __init__(self, engine: Engine, notices: Iterable[Notice]) -> None:
        self.state = RunState.PENDING
        self.notices: list[Notice] = list(notices)
        self.wait: Wait | None = None
        """Why nothing happens just now."""
        self.lock = threading.RLock()
        self._engine = engine
        self._sinks = SinkFanOut()
        self._told = self.state
        """The state that the sinks heard of last."""
        self._started = False

    @property
    def started(self) -> bool:
        """Whether the run has begun."""
        return self._started

    def add_sink(self, sink: Sink) -> None:
        """Tell this sink too, what happens from now on; on the engine's loop, under the lock."""
        self._sinks.add(sink)

    def remove_sink(self, sink: Sink) -> None:
        """Tell this sink no more; on the engine's loop. One that is not told is left alone."""
        self._sinks.remove(sink)

    def notify(self, text: str) -> None:
        """Tell the reader something, from any thread; a run that is over by then says nothing."""
        self._engine.call_soon(self._tell_unless_ended, text)

    def _tell_unless_ended(self, text: str) -> None:
        if not cast("Run", self).ended:
            self._tell(text)

    def _move(self, signal: Signal) -> None:
        """Take a signal on the loop; one that the state has no rule for changes nothing."""
        if self._change(signal):
            self._tell_state()

    def _signal(self, signal: Signal) -> bool:
        """Take a signal on any thread: the state moves at once, the sinks hear it on the loop."""
        changed = self._change(signal)
        if changed:
            self._engine.call_soon(self._tell_state)
        return changed

    def _change(self, signal: Signal) -> bool:
        with self.lock:
            if not may_take(self.state, signal):
                return False
            before, self.state = self.state, next_state(self.state, signal)
            return self.state is not before

    def _tell_state(self) -> None:
        """Tell the state as it is now: one from another thread may come after the run's last."""
        with self.lock:
            if self._told is not self.state:
                self._told = self.state
                self._sinks.state_changed(cast("Run", self), self.state)

    def _tell(self, text: str) -> None:
        notice = Notice(text)
        with self.lock:
            self.notices.append(notice)
            self._sinks.notice_given(cast("Run", self), notice)

    def _set_wait(self, wait: Wait | None) -> None:
        with self.lock:
            self.wait = wait
            self._sinks.wait_changed(cast("Run", self), wait)
