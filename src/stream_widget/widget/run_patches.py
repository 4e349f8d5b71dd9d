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
    run_view,
    usage_view,
    wait_view,
)

if TYPE_CHECKING:
    from stream_widget.events import Event
    from stream_widget.run import Attempt, Notice, Run, Wait
    from stream_widget.widget.patch_queue import PatchQueue
    from stream_widget.widget.protocol import Expectation, RunSnapshot

__all__ = ["RunPatches"]


class RunPatches:
    """Numbers and queues the patches of a run, and makes its snapshot on demand.

    What only the view knows lives here too: the speed, and how much was on screen at a pause.
    """

    def __init__(
        self,
        run: Run,
        queue: PatchQueue,
        *,
        expected: Expectation | None = None,
        restartable: bool = False,
    ) -> None:
        self.speed: float | None = None
        self._run = run
        self._run_id = run.run_id
        self._queue = queue
        self._expected = expected
        self._restartable = restartable
        self._shown: int | None = None
        self._seq = 0
        self._parts = 0
        self._reasoning = False
        self._timing: tuple[float | None, float | None] = (None, None)

    # Snapshots and the view's own settings; from any thread

    def snapshot(self) -> RunSnapshot:
        """Everything the browser needs to start from now."""
        with self._run.lock:
            self._queue.seal()
            return {
                "type": "run-snapshot",
                "run": self._run_id,
                "seq": self._seq,
                "view": run_view(
                    self._run,
                    speed=self.speed,
                    shown=self._shown,
                    expected=self._expected,
                    restartable=self._restartable,
                ),
            }

    def hold(self, shown: int | None) -> None:
        """Remember how much is on screen while the view is held; all of it by default."""
        with self._run.lock:
            attempt = self._run.attempt
            received = attempt.snapshot.received_characters if attempt else 0
            self._shown = received if shown is None else min(shown, received)

    def release(self) -> None:
        """The view is held no more."""
        with self._run.lock:
            held, self._shown = self._shown, None
            if held is not None and self._run.state.final:
                # No change of state will say so: the run ended behind the pause.
                self.resync()

    def set_speed(self, tokens_per_s: float | None) -> None:
        """Show at most so many tokens a second; None is as received."""
        with self._run.lock:
            self.speed = tokens_per_s
            self._queue.add(
                {
                    "type": "speed-set",
                    "run": self._run_id,
                    "seq": self._next_seq(),
                    "speed": tokens_per_s,
                }
            )

    def introduce(self) -> None:
        """Queue a snapshot of a run that the browser has not heard of."""
        self._queue.add(self.snapshot())

    def resync(self) -> None:
        """Queue a snapshot: the browser has lost a patch, or must forget what it holds."""
        with self._run.lock:
            self._next_seq()
            self._queue.add(self.snapshot())

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
            if state is RunState.PAUSED and self._shown is None:
                self.hold(None)
            elif not state.final and state is not RunState.PAUSED:
                self._shown = None
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
        """See `Sink`; the snapshot is what a notebook that keeps widget state will hold."""
        self._queue.flush()
        self.resync()
        self._queue.flush()
        self._queue.unless_acknowledged(self._queue.last_n, self.resync)

    # Patches

    def _start_parts(self, attempt: Attempt) -> None:
        for place in range(self._parts, len(attempt.snapshot.parts)):
            part = attempt.snapshot.parts[place]
            self._queue.add(
                {
                    "type": "part-start",
                    "run": self._run_id,
                    "seq": self._next_seq(),
                    "part": place,
                    "kind": part.kind,
                    "name": part.name,
                    "at_s": round(part.started_s, 3),
                }
            )
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
