"""What the tests of a run are made of: a source that plays steps, gates in it, and a sink that
writes down what it hears."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, TypeAlias

from stream_widget.errors import ProviderError
from stream_widget.events import OutputTextDelta, ResponseFinished, ResponseStarted
from stream_widget.request import Target

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from stream_widget.errors import ErrorKind
    from stream_widget.events import Event
    from stream_widget.request import Request
    from stream_widget.run import Attempt, Engine, Notice, Run, RunState, Wait

WAIT_S = 20.0
"""Longer than anything here takes; a test that needs it has failed."""
MINI = Target("openai", "gpt-5-mini")
NANO = Target("openai", "gpt-5-nano")
GROK = Target("xai", "grok-4")
STARTED = ResponseStarted("resp_1", "gpt-5-mini-2025-08-07")
FINISHED = ResponseFinished("stop", "completed")


def text(words: str) -> OutputTextDelta:
    return OutputTextDelta(0, words)


def failure(kind: ErrorKind = "server", *, retry_after_s: float | None = 0.0) -> ProviderError:
    """By default one that is retried at once."""
    return ProviderError(
        f"It failed: {kind}.", kind=kind, target=str(MINI), retry_after_s=retry_after_s
    )


class Gate:
    """Holds a source on the engine's loop until a test opens it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._open = asyncio.Event()
        self._reached = threading.Event()

    def open(self) -> None:
        self._engine.call_soon(self._open.set)

    def wait_until_reached(self) -> None:
        assert self._reached.wait(WAIT_S), "the source did not come to its gate"

    async def hold(self) -> None:
        self._reached.set()
        await self._open.wait()


Step: TypeAlias = "Event | BaseException | Gate | Callable[[], object]"


class PlayedSource:
    """Yields events, waits at gates, raises exceptions and makes calls: one list per attempt."""

    def __init__(self, *attempts: Sequence[Step]) -> None:
        self._attempts = attempts
        self.asked: list[Target] = []
        self.closed = 0

    async def __call__(self, _request: Request, target: Target) -> AsyncGenerator[Event, None]:
        steps = self._attempts[min(len(self.asked), len(self._attempts) - 1)]
        self.asked.append(target)
        try:
            for step in steps:
                if isinstance(step, Gate):
                    await step.hold()
                elif isinstance(step, BaseException):
                    raise step
                elif callable(step):
                    step()
                else:
                    yield step
        finally:
            self.closed += 1


class Heard:
    """A sink that keeps what it is told, in order."""

    def __init__(self) -> None:
        self.all: list[tuple[str, object]] = []

    def of(self, what: str) -> list[object]:
        return [value for name, value in self.all if name == what]

    @property
    def states(self) -> list[str]:
        return [str(state) for state in self.of("state")]

    def attempt_started(self, _run: Run, attempt: Attempt) -> None:
        self.all.append(("attempt started", attempt.number))

    def event_received(self, _run: Run, _attempt: Attempt, event: Event) -> None:
        self.all.append(("event", event))

    def state_changed(self, _run: Run, state: RunState) -> None:
        self.all.append(("state", state))

    def notice_given(self, _run: Run, notice: Notice) -> None:
        self.all.append(("notice", notice.text))

    def wait_changed(self, _run: Run, wait: Wait | None) -> None:
        self.all.append(("wait", None if wait is None else wait.kind))

    def attempt_ended(self, _run: Run, attempt: Attempt) -> None:
        self.all.append(("attempt ended", attempt.outcome))

    def run_ended(self, run: Run) -> None:
        self.all.append(("run ended", run.state.value))


def settle(engine: Engine) -> None:
    """Return when the loop has done all that it was asked to do so far."""
    asyncio.run_coroutine_threadsafe(asyncio.sleep(0), engine.loop).result(WAIT_S)
