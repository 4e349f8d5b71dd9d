"""A run that is over, once more: its text arrives again as it arrived then, or faster."""

from __future__ import annotations

import asyncio
import math
import threading
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from stream_widget.clock import monotonic_s
from stream_widget.errors import InvalidRequestError
from stream_widget.events import (
    OutputTextDelta,
    ReasoningSummaryDelta,
    ReasoningTextDelta,
    RefusalDelta,
    ResponseFinished,
    ResponseStarted,
    ToolCallDelta,
    ToolCallStarted,
    UsageReported,
)
from stream_widget.run import Notice, RetryPolicy, Run, RunState
from stream_widget.widget.stream_widget import StreamWidget

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator

    from stream_widget.events import DeltaEvent, Event, PartKind, Usage
    from stream_widget.request import Request, Target
    from stream_widget.run import Engine, Snapshot
    from stream_widget.widget.pace import KernelBudget

__all__ = ["Replay", "ReplayedText", "check_replay"]

_DELTAS: Final[dict[PartKind, Callable[[int, str], DeltaEvent]]] = {
    "output_text": OutputTextDelta,
    "refusal": RefusalDelta,
    "reasoning_summary": ReasoningSummaryDelta,
    "reasoning_text": ReasoningTextDelta,
    "tool_call": ToolCallDelta,
}


class ReplayedText(NamedTuple):
    """Text that arrived at one moment."""

    at_s: float
    """Since the run started, then; whatever the speed is now."""
    kind: PartKind
    text: str


def check_replay(played: Run, speed: object) -> None:
    """Refuse what cannot be played.

    Raises:
        InvalidRequestError: The run is not over, or the speed is not above 0.
    """
    if isinstance(speed, bool) or not isinstance(speed, int | float) or not speed > 0:
        raise InvalidRequestError(
            f"speed is how many times as fast as it was, above 0, not {speed!r}."
        )
    if not played.ended:
        raise InvalidRequestError(
            f"The run is {played.state.value}: it can be replayed when it is over."
        )


class _Step(NamedTuple):
    at_s: float
    part: int
    text: str
    opens: bool
    """It is the first of its part."""


class Replay(StreamWidget):
    """A run of its own that plays another's text; nobody is asked, nothing is logged or paid.

    Iterating gives each `ReplayedText` when its time has come, for use without a front end.
    """

    def __init__(
        self,
        played: Run,
        *,
        speed: float,
        engine: Engine,
        budget: KernelBudget,
        calls: Callable[[str], Any],
    ) -> None:
        """Make a replay that `start` begins.

        Args:
            played: The run; it is over.
            speed: How many times as fast as it was; infinite is at once.
            engine: Where the replay lives.
            budget: How many messages the kernel may send.
            calls: The rows of the log for a run's id.
        """
        self._played, self._factor = played, speed
        self._steps = _steps(played.attempt.snapshot) if played.attempt else []
        run = _PlayedRun(played, self._steps, speed, engine)
        super().__init__(
            run,
            engine=engine,
            budget=budget,
            calls=lambda _: calls(played.run_id),
            again=lambda: _PlayedRun(played, self._steps, speed, engine),
        )

    def __iter__(self) -> Iterator[ReplayedText]:
        """Each piece of text, in time; the first starts the clock."""
        attempt = self._played.attempt
        kinds: list[PartKind] = [p.kind for p in attempt.snapshot.parts] if attempt else []
        start_s = monotonic_s()
        pause = threading.Event()
        for step in self._steps:
            wait_s = start_s + step.at_s / self._factor - monotonic_s()
            if wait_s > 0:
                pause.wait(wait_s)
            if step.text:
                yield ReplayedText(step.at_s, kinds[step.part], step.text)


class _PlayedRun(Run):
    """Asks nobody; ends as the run it plays ended."""

    def __init__(self, played: Run, steps: list[_Step], speed: float, engine: Engine) -> None:
        attempt = played.attempt

        def source(_request: Request, _target: Target) -> AsyncGenerator[Event, None]:
            return _play(played, steps, speed, engine, self.cancel)

        def price(_target: Target, _usage: Usage) -> tuple[float, str | None]:
            if attempt is None or attempt.cost_usd is None:
                return math.nan, None
            return attempt.cost_usd, attempt.price_source

        when = played.started_at.strftime("%Y-%m-%d %H:%M:%S UTC")
        pace = "at its own pace" if speed == 1 else f"{speed:g} times as fast"
        super().__init__(
            played.sent,
            [played.target],
            source,
            engine=engine,
            price=price,
            policy=RetryPolicy(retries=0),
            chars_per_token=played.chars_per_token,
            notices=[Notice(f"A replay of the run of {when}, {pace}."), *played.notices],
        )


async def _play(
    played: Run,
    steps: list[_Step],
    speed: float,
    engine: Engine,
    cancel: Callable[[], object],
) -> AsyncGenerator[Event, None]:
    attempt = played.attempt
    snapshot = attempt.snapshot if attempt else None
    start_s = engine.loop.time()

    async def until(at_s: float) -> None:
        # Also without a wait the loop gets its turn: a cancel is heard.
        await asyncio.sleep(max(0.0, start_s + at_s / speed - engine.loop.time()))

    if attempt is not None and snapshot is not None:
        yield ResponseStarted(snapshot.response_id, snapshot.response_model)
        for step in steps:
            await until(step.at_s)
            for event in _events(snapshot, step):
                yield event
    await until(played.elapsed_s)
    if attempt is not None and attempt.usage is not None and attempt.usage_source == "reported":
        yield UsageReported(attempt.usage)
    if played.state is RunState.CANCELLED:
        cancel()
        await asyncio.Event().wait()  # for the cancel, which ends it
    if played.error is not None:
        raise played.error
    yield (snapshot.finish if snapshot else None) or ResponseFinished(None, None)


def _events(snapshot: Snapshot, step: _Step) -> Iterator[Event]:
    part = snapshot.parts[step.part]
    if step.opens and part.kind == "tool_call":
        yield ToolCallStarted(step.part, part.call_id or "", part.name or "")
    if step.text:
        yield _DELTAS[part.kind](step.part, step.text)


def _steps(snapshot: Snapshot) -> list[_Step]:
    """What arrived when; text that no entry of the timeline speaks of comes with its part's last.

    A part without any is there from its beginning.
    """
    taken: defaultdict[int, int] = defaultdict(int)
    texts = [part.text for part in snapshot.parts]
    steps: list[_Step] = []
    for at_ms, part, characters in snapshot.timeline:
        opens = not taken[part]
        text = texts[part][taken[part] : taken[part] + characters]
        taken[part] += characters
        steps.append(_Step(at_ms / 1000, part, text, opens))
    for place, part in enumerate(snapshot.parts):
        rest = texts[place][taken[place] :]
        if rest or not taken[place]:
            at_s = max((step.at_s for step in steps if step.part == place), default=part.started_s)
            steps.append(_Step(at_s, place, rest, not taken[place]))
    return sorted(steps, key=lambda step: step.at_s)
