"""One request as the user sees it: its attempts, its state, its result."""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
import threading
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

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
    ResponseFailed,
    ResponseFinished,
    StreamResumed,
    UsageReported,
)
from stream_widget.run import sentences
from stream_widget.run.attempt import Attempt, Price, now_after
from stream_widget.run.estimate import DEFAULT_CHARS_PER_TOKEN, estimate_rates
from stream_widget.run.patience import patience
from stream_widget.run.retry import RetryPolicy, falls_back, to_leave_out
from stream_widget.run.sinks import Sink, Wait
from stream_widget.run.stated import Stated
from stream_widget.run.states import RunState, Signal, may_take

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence

    from stream_widget.errors import Refusable
    from stream_widget.request import Request, Target
    from stream_widget.run.engine import Engine
    from stream_widget.run.sinks import Notice

__all__ = ["EventSource", "Run"]

EventSource: TypeAlias = "Callable[[Request, Target], AsyncGenerator[Event, None]]"
"""Asks a target and yields what it says; closing it closes the connection."""

_log = logging.getLogger(__name__)

_CANCELLED: Final = RunState.CANCELLED
"""In Python 3.11 a member of an enumeration takes longer to look up than a delta to append."""


def _as_asked(request: Request, _target: Target) -> Request:
    return request


class Run(Stated):
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
        as_sent: Callable[[Request, Target], Request] = _as_asked,
        refused: Mapping[Target, set[Refusable]] | None = None,
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
            as_sent: The request with what a target will be told written out.
            refused: What each target is known to refuse; grows while the run learns.
        """
        if not targets:
            raise InvalidRequestError("A run needs at least one target.")
        super().__init__(engine, notices)
        self.run_id = secrets.token_hex(8)
        self.request = request
        self.targets = tuple(targets)
        self.attempts: list[Attempt] = []
        self.error: ProviderError | None = None
        self.started_at = utc_now()
        self.started_s = monotonic_s()
        self.ended_s: float | None = None
        self._source = source
        self._prepare = prepare
        self._as_sent = as_sent
        self._refused = refused or {}
        self.chars_per_token = chars_per_token
        self._price = price
        self._policy = policy or RetryPolicy()
        self._random = random.Random()  # noqa: S311 - jitter, not a secret
        self._task: asyncio.Task[object] | None = None
        self._unpaused: asyncio.Event | None = None
        self._ended = threading.Event()
        self._when_ended: list[Callable[[], object]] = []

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
    def sent(self) -> Request:
        """The request as the latest attempt sent it, or as the first one will."""
        attempt = self.attempt
        return attempt.request if attempt else self._as_sent(self.request, self.target)

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
            self._tell(sentences.asking_instead(target, error, following))
            self._move(Signal.RETRY)

    async def _ask(self, target: Target) -> ProviderError | None:
        """Ask one target, again where that may help; the last error, or None for a response."""
        retried = 0
        refused = self._refused.get(target, set["Refusable"]())
        told: set[Refusable] = set()
        while True:
            await self._wait_while_paused()
            without = frozenset(refused)  # as it is now: other runs learn too
            if without - told:
                self._tell(sentences.asking_without(target, without - told))
            told |= without
            error = await self._attempt(target, without)
            if error is None or self._delivered():
                return error
            what = to_leave_out(error, self.sent)
            if what is not None:
                refused.add(what)
                told.add(what)
                self._tell(sentences.leaving_out(target, error, what))
                self._move(Signal.RETRY)
                continue
            wait_s = self._policy.wait_s(error, retried=retried, random=self._random)
            if wait_s is None:
                return error
            retried += 1
            self._tell(sentences.asking_again(target, error, wait_s=wait_s))
            self._move(Signal.RETRY)
            await self._sleep(wait_s)

    async def _sleep(self, wait_s: float) -> None:
        now_s = self.elapsed_s
        self._set_wait(Wait("retry", since_s=now_s, until_s=now_s + wait_s))
        try:
            await asyncio.sleep(wait_s)
        finally:
            self._set_wait(None)

    async def _attempt(self, target: Target, without: frozenset[Refusable]) -> ProviderError | None:
        request = replace(self.request, without=without)
        if "stream" in without and request.stream == "auto":
            request = replace(request, stream=False)
        attempt = Attempt(
            len(self.attempts) + 1,
            target,
            now_after(self.attempt),
            monotonic_s(),
            self._as_sent(request, target),
        )
        attempt.rates = estimate_rates(
            attempt.request, target, price=self._price, chars_per_token=self.chars_per_token
        )
        with self.lock:
            self.attempts.append(attempt)
            self._sinks.attempt_started(self, attempt)
        try:
            async with (
                patience(
                    request.timeouts,
                    target=lambda: str(attempt.target),
                    stalled=self._stalled,
                    moving=lambda: self._set_wait(None),
                ) as watch,
                aclosing(self._source(attempt.request, target)) as events,
            ):
                async for event in events:
                    now_s = monotonic_s()
                    watch.heard(now_s, delta=isinstance(event, DeltaEvent))
                    self._take(attempt, event, now_s)
            self._break_off(attempt, StreamInterruptedError(target=str(attempt.target)))
        except ProviderError as error:
            self._break_off(attempt, error)
        except asyncio.CancelledError:
            attempt.cancelled = True
            raise
        except Exception as error:  # noqa: BLE001 - a source may be anyone's code; its fault ends this run, not the kernel's other runs
            _log.exception("The source of %s failed", attempt.target)
            self._break_off(attempt, SourceFailedError(target=str(attempt.target), cause=error))
        finally:
            self._close_attempt(attempt)
        return attempt.error

    def _stalled(self, heard_s: float, until_s: float) -> None:
        since_s = heard_s - self.started_s
        self._set_wait(Wait("data", since_s=since_s, until_s=until_s - self.started_s))

    def _break_off(self, attempt: Attempt, error: ProviderError) -> None:
        """Note why a source ended, unless it had a better reason to."""
        with self.lock:
            if self.state is RunState.CANCELLED:
                # The source ended before the cancellation reached this task, or because of it.
                attempt.cancelled = True
            elif attempt.snapshot.finish is None and attempt.error is None:
                # What follows the provider's last word (a late reset, say) takes nothing from it.
                attempt.error = error

    def _take(self, attempt: Attempt, event: Event, now_s: float) -> None:
        with self.lock:
            if self.state is _CANCELLED:
                return
            if not (attempt.answered or isinstance(event, HeartbeatReceived | ResponseFailed)):
                attempt.answered = True
                self._move(Signal.START)
            attempt.snapshot.apply(event, at_s=now_s - self.started_s)
            if isinstance(event, DeltaEvent):
                if attempt.ttfo_s is None:
                    attempt.note_first(event, now_s)
                self._sinks.event_received(self, attempt, event)
                return
            self._note(attempt, event)
            self._sinks.event_received(self, attempt, event)
            if isinstance(event, ResponseFinished):
                self._move(Signal.STOP_SHORT if event.incomplete else Signal.COMPLETE)

    def _note(self, attempt: Attempt, event: Event) -> None:
        if isinstance(event, UsageReported):
            attempt.account(event.usage, "reported", self._price)
        elif isinstance(event, ResponseFailed):
            attempt.error = event.error
        elif isinstance(event, StreamResumed):
            self._tell(sentences.taking_up(attempt.target, event.reason))

    def _close_attempt(self, attempt: Attempt) -> None:
        with self.lock:
            attempt.end(monotonic_s())
            attempt.estimate_rest(self.chars_per_token, self._price)
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
