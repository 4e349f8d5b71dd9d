"""Who hears what happens in a run, and the one place that keeps a deaf listener from harming it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from stream_widget.events import Event
    from stream_widget.run.attempt import Attempt
    from stream_widget.run.run import Run
    from stream_widget.run.states import RunState

__all__ = ["Notice", "Sink", "SinkFanOut", "Wait"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the reader should know that is not the model's words."""

    text: str
    level: Literal["info", "warn"] = "warn"


@dataclass(frozen=True, slots=True)
class Wait:
    """Why nothing happens just now."""

    kind: Literal["retry", "data"]
    """Another attempt is due, or the provider sends nothing."""
    since_s: float
    """Seconds since the run started; for ``data``, when the provider was last heard."""
    until_s: float
    """When the attempt is due, or patience ends."""


class Sink(Protocol):
    """Takes what happens in a run, on the engine's loop, in order; must not block.

    A subclass says what matters to it: here nothing does.
    """

    def attempt_started(self, run: Run, attempt: Attempt) -> None:
        """An attempt is about to be sent."""

    def event_received(self, run: Run, attempt: Attempt, event: Event) -> None:
        """An event was folded into the attempt's snapshot."""

    def state_changed(self, run: Run, state: RunState) -> None:
        """The run moved to another state."""

    def notice_given(self, run: Run, notice: Notice) -> None:
        """The reader should know something; the run keeps it in ``notices`` too."""

    def wait_changed(self, run: Run, wait: Wait | None) -> None:
        """The run waits for something, or no longer does."""

    def attempt_ended(self, run: Run, attempt: Attempt) -> None:
        """The attempt is over; usage, cost and times are set."""

    def run_ended(self, run: Run) -> None:
        """Nothing follows."""


class SinkFanOut:
    """Tells every sink; one that raises is logged, and neither the run nor the others notice."""

    def __init__(self) -> None:
        self._sinks: list[Sink] = []

    def add(self, sink: Sink) -> None:
        """Tell this sink too, from the next call on."""
        self._sinks = [*self._sinks, sink]

    def remove(self, sink: Sink) -> None:
        """Tell this sink no more, from the next call on."""
        self._sinks = [known for known in self._sinks if known is not sink]

    def attempt_started(self, run: Run, attempt: Attempt) -> None:
        """See `Sink`."""
        self._tell(lambda sink: sink.attempt_started(run, attempt))

    def event_received(self, run: Run, attempt: Attempt, event: Event) -> None:
        """See `Sink`."""
        for sink in self._sinks:  # not by `_tell`: a closure for each delta costs as much again
            try:
                sink.event_received(run, attempt, event)
            except Exception:  # noqa: BLE001 - as in `_tell`
                _log.exception("%s failed", type(sink).__name__)

    def state_changed(self, run: Run, state: RunState) -> None:
        """See `Sink`."""
        self._tell(lambda sink: sink.state_changed(run, state))

    def notice_given(self, run: Run, notice: Notice) -> None:
        """See `Sink`."""
        self._tell(lambda sink: sink.notice_given(run, notice))

    def wait_changed(self, run: Run, wait: Wait | None) -> None:
        """See `Sink`."""
        self._tell(lambda sink: sink.wait_changed(run, wait))

    def attempt_ended(self, run: Run, attempt: Attempt) -> None:
        """See `Sink`."""
        self._tell(lambda sink: sink.attempt_ended(run, attempt))

    def run_ended(self, run: Run) -> None:
        """See `Sink`."""
        self._tell(lambda sink: sink.run_ended(run))

    def _tell(self, call: Callable[[Sink], None]) -> None:
        for sink in self._sinks:
            try:
                call(sink)
            except Exception:  # noqa: BLE001 - logged; the run and the others go on
                _log.exception("%s failed", type(sink).__name__)
