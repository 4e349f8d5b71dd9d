"""One request as the user sees it: its attempts, its state, its result."""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
import threading
from contextlib import aclosing
from typing import TYPE_CHECKING, Literal, TypeAlias

from stream_widget.clock import monotonic_s, utc_now
from stream_widget.errors import (
    InvalidRequestError,
    ProviderError,
    SourceFailedError,
    StreamInterruptedError,
)
from stream_widget.events import (
    DeltaEvent,
    Event,
    HeartbeatReceived,
    OutputTextDelta,
    ResponseFailed,
    ResponseFinished,
    UsageReported,
)
from stream_widget.run.attempt import Attempt
from stream_widget.run.estimate import DEFAULT_CHARS_PER_TOKEN, estimate_usage
from stream_widget.run.retry import RetryPolicy, falls_back
from stream_widget.run.sinks import Notice, Sink, SinkFanOut
from stream_widget.run.states import RunState, Signal, may_take, next_state

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

    from stream_widget.events import Usage
    from stream_widget.request import Request, Target
    from stream_widget.run.engine import Engine

__all__ = ["EventSource", "Price", "Run"]

EventSource: TypeAlias = "Callable[[Request, Target], AsyncGenerator[Event, None]]"
"""Asks a target and yields what it says; closing it closes the connection."""

Price: TypeAlias = "Callable[[Target, Usage], tuple[float, str | None]]"
"""US dollars (``nan`` where the price is not known), and which price data said so."""

_log = logging.getLogger(__name__)


class Run:
    """Drives one request to its end; every method may be called from any thread.

    State and texts change under ``lock``, so that a reader who holds it sees both as they were at
    one moment. Sinks are told on the engine's loop, in order.
    """

    def __init__(  # noqa: PLR0913 - the parts a run is made of, each named
        self,
        request: Request,
        targets: Sequence[Target],
        source: EventSource,
        *,
        engine: Engine,
        price: Price,
        policy: RetryPolicy | None = None,
        chars_per_token: float = DEFAULT_CHARS_PER_TOKEN,
        notices: Sequence[Notice] = (),
        prepare: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Make a run that `start` begins.

        Args:
            request: What is asked.
            targets: Who is asked, in turn.
            source: Asks one target.
            engine: Where the run lives.
            price: What tokens cost.
            policy: When a failed attempt is made again.
            chars_per_token: For counts that the provider does not give.
            notices: What the reader should know from the start.
            prepare: Awaited before the first attempt, outside of its times (loading an SDK, say).
        """
        if not targets:
            raise InvalidRequestError("A run needs at least one target.")
        self.run_id = secrets.token_hex(8)
        self.request = request
        self.targets = tuple(targets)
        self.attempts: list[Attempt] = []
        self.notices: list[Notice] = list(notices)
        self.error: ProviderError | None = None
        self.state = RunState.PENDING
        self.started_s = monotonic_s()
        self.ended_s: float | None = None
        self.lock = threading.RLock()
        self._source = source
        self._prepare = prepare
        self._engine = engine
        self.chars_per_token = chars_per_token
        self._price = price
        self._policy = policy or RetryPolicy()
        self._random = random.Random()  # noqa: S311 - jitter, not a secret
        self._sinks = SinkFanOut()
        self._task: asyncio.Task[object] | None = None
        self._unpaused: asyncio.Event | None = None
        self._ended = threading.Event()
        self._when_ended: list[Callable[[], object]] = []
        self._started = False
        self._told = self.state
        """The state that the sinks heard of last."""

    # What a reader sees

    @property
    def target(self) -> Target:
        """The target of the latest attempt, or the first one that will be asked."""
        return self.attempts[-1].target if self.attempts else self.targets[0]

    @property
    def attempt(self) -> Attempt | None:
        """The latest attempt; ``None`` before the first."""
        return self.attempts[-1] if self.attempts else None

    @property
    def ended(self) -> bool:
        """Whether the run is over and its sinks have been told."""
        return self._ended.is_set()

    @property
    def elapsed_s(self) -> float:
        """Seconds from the start to now, or to the end."""
        return (monotonic_s() if self.ended_s is None else self.ended_s) - self.started_s

    # What a person does

    def start(self, *sinks: Sink) -> None:
        """Begin on the engine's loop and return at once; the sinks hear everything."""
        if self._started:
            raise RuntimeError("A run starts once.")
        self._started = True
        for sink in sinks:
            self._sinks.add(sink)
        self._engine.start(self._drive, name=f"run {self.run_id}")

    def pause(self) -> None:
        """Hold the view; a run that has ended or is held already stays as it is."""
        self._signal(Signal.PAUSE)

    def resume(self) -> None:
        """Release the view; a run that is not held stays as it is."""
        with self.lock:
            attempt = self.attempt
            answered = attempt is not None and attempt.answered and attempt.ended_at is None
        self._signal(Signal.RESUME if answered else Signal.RESUME_WAITING)
        self._engine.call_soon(self._open_gate)

    def cancel(self) -> None:
        """End the run and close its connection; what arrived is kept. Does nothing at its end."""
        if self._signal(Signal.CANCEL):
            self._engine.call_soon(self._cancel_task)

    def wait_ended(self, timeout_s: float | None = None) -> bool:
        """Block until the run is over; False if ``timeout_s`` seconds passed first.

        Raises:
            RuntimeError: The run lives on the loop of this very thread, which would wait for ever.
        """
        if not self.ended and self._engine.is_current:
            raise RuntimeError(
                "The run lives on this thread's own event loop: use `await` instead."
            )
        return self._ended.wait(timeout_s)

    def when_ended(self, call: Callable[[], object]) -> None:
        """Call something once the run is over (at once if it is), on whichever thread ends it."""
        with self.lock:
            if not self.ended:
                self._when_ended.append(call)
                return
        call()

    # The life of a run, on the engine's loop

    async def _drive(self) -> None:
        self._task = asyncio.current_task()
        try:
            if self.state is RunState.CANCELLED:
                return
            if self._prepare is not None:
                await self._prepare()
            await self._make_attempts()
        except asyncio.CancelledError:
            self._move(Signal.CANCEL)
            raise
        except Exception as error:  # noqa: BLE001 - an SDK that does not load, say: it ends this run, not the kernel's other runs
            _log.exception("The run of %s failed", self.target)
            self._fail(SourceFailedError(target=str(self.target), cause=error))
        finally:
            self._finish()

    async def _make_attempts(self) -> None:
        for index, target in enumerate(self.targets):
            error = await self._ask(target)
            if error is None:
                return
            following = self.targets[index + 1] if index + 1 < len(self.targets) else None
            if (
                self._delivered()
                or following is None
                or not falls_back(error, current=target, following=following)
            ):
                self._fail(error)
                return
            self._tell(f"{target} failed ({_short(error)}); asking {following} instead.")
            self._move(Signal.RETRY)

    async def _ask(self, target: Target) -> ProviderError | None:
        """Ask one target, again where that may help; the last error, or None for a response."""
        retried = 0
        while True:
            await self._wait_while_paused()
            error = await self._attempt(target)
            if error is None or self._delivered():
                return error
            wait_s = self._policy.wait_s(error, retried=retried, random=self._random)
            if wait_s is None:
                return error
            retried += 1
            self._tell(f"{target} failed ({_short(error)}); asking again in {wait_s:.1f} s.")
            self._move(Signal.RETRY)
            await asyncio.sleep(wait_s)

    async def _attempt(self, target: Target) -> ProviderError | None:
        attempt = Attempt(len(self.attempts) + 1, target, utc_now(), monotonic_s())
        with self.lock:
            self.attempts.append(attempt)
            self._sinks.attempt_started(self, attempt)
        try:
            async with aclosing(self._source(self.request, target)) as events:
                async for event in events:
                    self._take(attempt, event)
            self._break_off(attempt, StreamInterruptedError(target=str(target)))
        except ProviderError as error:
            self._break_off(attempt, error)
        except asyncio.CancelledError:
            attempt.cancelled = True
            raise
        except Exception as error:  # noqa: BLE001 - a source may be anyone's code; its fault ends this run, not the kernel's other runs
            _log.exception("The source of %s failed", target)
            self._break_off(attempt, SourceFailedError(target=str(target), cause=error))
        finally:
            self._close_attempt(attempt)
        return attempt.error

    def _break_off(self, attempt: Attempt, error: ProviderError) -> None:
        """Note why a source ended, unless it had a better reason to."""
        with self.lock:
            if self.state is RunState.CANCELLED:
                # The source ended before the cancellation reached this task, or because of it.
                attempt.cancelled = True
            elif attempt.snapshot.finish is None and attempt.error is None:
                # What follows the provider's last word (a late reset, say) takes nothing from it.
                attempt.error = error

    def _take(self, attempt: Attempt, event: Event) -> None:
        now_s = monotonic_s()
        with self.lock:
            if self.state is RunState.CANCELLED:
                return
            if not (attempt.answered or isinstance(event, HeartbeatReceived | ResponseFailed)):
                attempt.answered = True
                self._move(Signal.START)
            attempt.snapshot.apply(event, at_s=now_s - self.started_s)
            if attempt.ttfo_s is None and isinstance(event, DeltaEvent):
                _note_first(attempt, event, now_s)
            if isinstance(event, UsageReported):
                self._account(attempt, event.usage, "reported")
            elif isinstance(event, ResponseFailed):
                attempt.error = event.error
            self._sinks.event_received(self, attempt, event)
            if isinstance(event, ResponseFinished):
                self._move(Signal.STOP_SHORT if event.incomplete else Signal.COMPLETE)

    def _account(
        self, attempt: Attempt, usage: Usage, source: Literal["reported", "estimated"]
    ) -> None:
        attempt.usage, attempt.usage_source = usage, source
        attempt.cost_usd, attempt.price_source = self._price(attempt.target, usage)

    def _close_attempt(self, attempt: Attempt) -> None:
        with self.lock:
            attempt.ended_at = utc_now()
            attempt.duration_s = monotonic_s() - attempt.started_s
            if attempt.usage is None:
                usage = estimate_usage(
                    self.request, attempt.snapshot, chars_per_token=self.chars_per_token
                )
                if usage is not None:
                    self._account(attempt, usage, "estimated")
            self._sinks.attempt_ended(self, attempt)

    def _finish(self) -> None:
        with self.lock:
            if not self.state.final:
                # Only an error of ours leads here: the run must still end, and its sinks hear it.
                self._move(Signal.FAIL)
            self.ended_s = monotonic_s()
            self._tell_state()
            self._sinks.run_ended(self)
            self._ended.set()
        for call in self._when_ended:
            try:
                call()
            except Exception:  # noqa: BLE001 - logged, as for a sink; the loop of who waited may be closed
                _log.exception("A listener to the end of %s failed", self.target)

    # Small moves

    def _fail(self, error: ProviderError) -> None:
        with self.lock:
            if may_take(self.state, Signal.FAIL):
                self.error = error
                self._move(Signal.FAIL)

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
                self._sinks.state_changed(self, self.state)

    def _tell(self, text: str) -> None:
        notice = Notice(text)
        with self.lock:
            self.notices.append(notice)
            self._sinks.notice_given(self, notice)

    def _delivered(self) -> bool:
        return self.attempt is not None and self.attempt.ttft_s is not None

    async def _wait_while_paused(self) -> None:
        while self.state is RunState.PAUSED:
            self._unpaused = asyncio.Event()
            await self._unpaused.wait()

    def _open_gate(self) -> None:
        if self._unpaused is not None:
            self._unpaused.set()

    def _cancel_task(self) -> None:
        if self._task is not None:
            self._task.cancel()


def _note_first(attempt: Attempt, event: DeltaEvent, now_s: float) -> None:
    since_s = now_s - attempt.started_s
    if attempt.ttft_s is None:
        attempt.ttft_s = since_s
    if isinstance(event, OutputTextDelta):
        attempt.ttfo_s = since_s


def _short(error: ProviderError) -> str:
    return f"HTTP {error.status}" if error.status is not None else error.kind.replace("_", " ")
