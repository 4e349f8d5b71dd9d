"""A sink that turns what happens in one run into patches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stream_widget.events import (
    DeltaEvent,
    PartFinished,
    ResponseStarted,
    ToolCallFinished,
    UsageReported,
)
from stream_widget.run import RunState
from stream_widget.widget.run_view import (
    cost_view,
    error_view,
    notice_view,
    rates_view,
    rounded,
    usage_view,
    wait_view,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from stream_widget.events import Event
    from stream_widget.run import Attempt, Notice, Run, Wait
    from stream_widget.widget.patch_queue import PatchQueue
    from stream_widget.widget.protocol import PartStart, RunCommand, RunSnapshot
    from stream_widget.widget.shown_run import ShownRun

__all__ = ["RunPatches"]


class RunPatches:
    """Numbers and queues the patches of a run for one widget, and makes its snapshot on demand."""

    def __init__(
        self,
        shown: ShownRun,
        queue: PatchQueue,
        *,
        when_over: Callable[[RunPatches], object],
    ) -> None:
        """Make the patches of a run.

        Args:
            shown: The run.
            queue: Where they go.
            when_over: Called at the run's end, on the engine's loop, under the run's lock.
        """
        self.over = False
        """Nothing follows."""
        self.synced = False
        """The browser was sent all there will ever be."""
        self._when_over = when_over
        self._shown = shown
        self._run = shown.run
        self._run_id = shown.run.run_id
        self._queue = queue
        self._seq = 0
        self._parts = 0
        self._reasoning = False
        self._timing: tuple[float | None, float | None] = (None, None)

    # Snapshots and what readers chose

    def snapshot(self) -> RunSnapshot:
        """Everything the browser needs to start from now; from any thread."""
        with self._run.lock:
            self._queue.seal(self._run_id)
            self.synced = self._run.ended or self.over
            return {
                "type": "run-snapshot",
                "run": self._run_id,
                "seq": self._seq,
                "view": self._shown.page_view,
            }

    def join(self) -> None:
        """Hear what happens from now on in a run that has started."""
        with self._run.lock:
            if self._run.ended:
                self.over = True
                return
            attempt = self._run.attempt
            if attempt is not None:
                self._parts = len(attempt.snapshot.parts)
                self._reasoning = attempt.snapshot.reasoning
                self._timing = (attempt.ttft_s, attempt.ttfo_s)
            self._run.add_sink(self)
            # What happened since the page was given its first state is in no patch.
            self.resync()

    def introduce(self) -> None:
        """Queue a snapshot of a run that the browser has not heard of."""
        self._queue.add(self.snapshot())

    def resync(self) -> None:
        """Queue a snapshot: the browser has lost a patch, or must forget what it holds."""
        self._queue.add(self.next_snapshot())

    def next_snapshot(self) -> RunSnapshot:
        """A snapshot that is a patch of its own: it replaces what was sent before."""
        with self._run.lock:
            self._next_seq()
            return self.snapshot()

    def tell_speed(self) -> None:
        """Queue the speed that was chosen."""
        with self._run.lock:
            self._queue.add(
                {
                    "type": "speed-set",
                    "run": self._run_id,
                    "seq": self._next_seq(),
                    "speed": self._shown.speed,
                }
            )

    def command(self, command: RunCommand) -> None:
        """Carry out what the page asks."""
        if command["type"] == "resync":
            self.resync()
        else:
            self._shown.command(command)

    # What the run tells

    def attempt_started(self, run: Run, attempt: Attempt) -> None:
        """See `Sink`."""
        with run.lock:
            self._parts = 0
            self._reasoning = False
            self._timing = (None, None)
            self._queue.add(
                {
                    "type": "attempt-start",
                    "run": self._run_id,
                    "seq": self._next_seq(),
                    "attempt": attempt.number,
                    "provider": attempt.target.provider,
                    "model": attempt.target.model,
                    "effort": attempt.request.effort,
                    "summary": attempt.request.summary,
                    "verbosity": attempt.request.verbosity,
                    "rates": rates_view(attempt),
                    "at_s": round(attempt.started_s - run.started_s, 3),
                }
            )

    def event_received(self, run: Run, attempt: Attempt, event: Event) -> None:  # noqa: ARG002 - Sink
        """See `Sink`; the run's lock is held."""
        snapshot = attempt.snapshot
        if len(snapshot.parts) > self._parts:
            self._start_parts(attempt)
        if isinstance(event, DeltaEvent):
            place = snapshot.timeline.latest_part
            self._queue.append_text(self._run_id, place or 0, event.text, self._next_seq)
            if self._timing[1] is None and (attempt.ttft_s, attempt.ttfo_s) != self._timing:
                self._set_timing(attempt)
            return
        if isinstance(event, PartFinished | ToolCallFinished):
            self._finish_part(attempt, event.part)
        elif isinstance(event, UsageReported):
            self._set_usage(attempt)
        elif isinstance(event, ResponseStarted):
            self._set_model(attempt)
        if snapshot.reasoning != self._reasoning:
            self._set_reasoning(active=snapshot.reasoning)

    def state_changed(self, run: Run, state: RunState) -> None:
        """See `Sink`."""
        with run.lock:
            if state is RunState.PAUSED and self._shown.held is None:
                self._shown.hold(None)
            elif not state.final and state is not RunState.PAUSED:
                self._shown.held = None
            if state is RunState.FAILED and run.error is not None:
                self._queue.add(
                    {
                        "type": "error-set",
                        "run": self._run_id,
                        "seq": self._next_seq(),
                        "error": error_view(run.error),
                    }
                )
            finish = run.attempt.snapshot.finish if run.attempt else None
            self._queue.add(
                {
                    "type": "state-set",
                    "run": self._run_id,
                    "seq": self._next_seq(),
                    "state": state.value,
                    "finish_reason": finish.finish_reason if finish else None,
                    "raw_finish_reason": finish.raw_finish_reason if finish else None,
                    "at_s": self._now_s(),
                }
            )

    def notice_given(self, run: Run, notice: Notice) -> None:
        """See `Sink`."""
        with run.lock:
            self._queue.add(
                {
                    "type": "notice-add",
                    "run": self._run_id,
                    "seq": self._next_seq(),
                    "notice": notice_view(notice),
                }
            )

    def wait_changed(self, run: Run, wait: Wait | None) -> None:
        """See `Sink`."""
        with run.lock:
            self._queue.add(
                {
                    "type": "wait-set",
                    "run": self._run_id,
                    "seq": self._next_seq(),
                    "wait": wait_view(wait),
                }
            )

    def attempt_ended(self, run: Run, attempt: Attempt) -> None:
        """See `Sink`."""
        with run.lock:
            if attempt.usage is not None and attempt.usage_source == "estimated":
                self._set_usage(attempt)

    def run_ended(self, run: Run) -> None:  # noqa: ARG002 - Sink
        """See `Sink`."""
        self.over = True
        self._when_over(self)

    # Patches

    def _start_parts(self, attempt: Attempt) -> None:
        for place in range(self._parts, len(attempt.snapshot.parts)):
            part = attempt.snapshot.parts[place]
            patch: PartStart = {
                "type": "part-start",
                "run": self._run_id,
                "seq": self._next_seq(),
                "part": place,
                "kind": part.kind,
                "name": part.name,
                "at_s": round(part.started_s, 3),
            }
            if part.call_id is not None:
                patch["call_id"] = part.call_id
            self._queue.add(patch)
        self._parts = len(attempt.snapshot.parts)

    def _finish_part(self, attempt: Attempt, part: int) -> None:
        place = attempt.snapshot.place_of(part)
        if place is not None:
            self._queue.add(
                {
                    "type": "part-finish",
                    "run": self._run_id,
                    "seq": self._next_seq(),
                    "part": place,
                    "at_s": self._now_s(),
                }
            )

    def _set_usage(self, attempt: Attempt) -> None:
        if attempt.usage is None or attempt.usage_source is None:
            return
        self._queue.add(
            {
                "type": "usage-set",
                "run": self._run_id,
                "seq": self._next_seq(),
                "usage": usage_view(attempt.usage),
                "usage_source": attempt.usage_source,
                "cost_usd": cost_view(attempt),
                "price_source": attempt.price_source,
            }
        )

    def _set_model(self, attempt: Attempt) -> None:
        self._queue.add(
            {
                "type": "model-set",
                "run": self._run_id,
                "seq": self._next_seq(),
                "response_model": attempt.snapshot.response_model,
            }
        )

    def _set_timing(self, attempt: Attempt) -> None:
        self._timing = (attempt.ttft_s, attempt.ttfo_s)
        self._queue.add(
            {
                "type": "timing-set",
                "run": self._run_id,
                "seq": self._next_seq(),
                "ttft_s": rounded(attempt.ttft_s),
                "ttfo_s": rounded(attempt.ttfo_s),
            }
        )

    def _set_reasoning(self, *, active: bool) -> None:
        self._reasoning = active
        self._queue.add(
            {
                "type": "reasoning-set",
                "run": self._run_id,
                "seq": self._next_seq(),
                "active": active,
                "at_s": self._now_s(),
            }
        )

    def _next_seq(self) -> int:
        self._seq += 1
        return self._seq

    def _now_s(self) -> float:
        return round(self._run.elapsed_s, 3)
