"""Plays steps to one client: pace, gates, and the faults that happen on the way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, Final, Protocol, assert_never

from stream_widget.clock import monotonic_s
from stream_widget.scripted.faults import (
    Cut,
    Fault,
    HttpError,
    Malformed,
    NoEnd,
    NotAnEventStream,
    Stall,
)
from stream_widget.scripted.gate import Gate
from stream_widget.scripted.pieces import seeded
from stream_widget.scripted.steps import Step, position_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stream_widget.scripted.scenario import Scenario

__all__ = ["Line", "play"]

_LARGEST_WRITE_BYTES: Final = 16 * 1024
_JITTER: Final = 0.4
"""A token comes up to this part of its time sooner or later than its neighbours."""
_LONGEST_LAG_S: Final = 0.5
"""Behind by more (after a stall, say), the schedule begins anew: no burst makes up for it."""


class Line(Protocol):
    """The way to one client. Every method raises `ClientGoneError` when the client has left."""

    async def send(self, data: bytes) -> None:
        """Send whole chunks."""
        ...

    async def wait(self, seconds: float | None) -> None:
        """Send nothing for a while; ``None`` is until the client leaves."""
        ...

    async def hold(self, gate: Gate) -> None:
        """Send nothing until the gate is open."""
        ...

    async def cut(self, unsent: bytes, *, resets: bool) -> None:
        """Send the first bytes of a chunk that is never finished, and end the connection."""
        ...


@dataclass(frozen=True, slots=True)
class _Mark:
    """Something that happens after a number of bytes."""

    offset: int
    action: Cut | Stall | Gate


async def play(line: Line, steps: Sequence[Step], scenario: Scenario) -> bool:
    """Send the steps as the scenario says; whether the response may be ended in good order."""
    steps, marks = _prepare(steps, scenario)
    outbox = _Outbox(line, marks)
    pace = _Pace(scenario)
    for step in steps:
        wait_s = pace.wait_before(step)
        if wait_s > 0:
            await outbox.flush()
            await line.wait(wait_s)
        await outbox.put(step.raw)
        if outbox.is_cut:
            return False
    await outbox.finish()
    return not outbox.is_cut


class _Outbox:
    """Frames that are due; those due together go out together, and marks where they stand."""

    def __init__(self, line: Line, marks: list[_Mark]) -> None:
        self._line = line
        self._marks = marks
        self._due = bytearray()
        self._taken_bytes = 0
        self.is_cut = False

    async def put(self, raw: bytes) -> None:
        position = 0
        while self._marks and self._marks[-1].offset < self._taken_bytes + len(raw):
            mark = self._marks.pop()
            stop = max(mark.offset - self._taken_bytes, position)
            self._due += raw[position:stop]
            position = stop
            await self._act(mark.action)
            if self.is_cut:
                return
        self._due += raw[position:]
        self._taken_bytes += len(raw)
        if len(self._due) >= _LARGEST_WRITE_BYTES:
            await self.flush()

    async def flush(self) -> None:
        if self._due:
            unsent = bytes(self._due)
            self._due.clear()
            await self._line.send(unsent)

    async def finish(self) -> None:
        # What was to happen after more bytes than there are happens at the end.
        while self._marks and not self.is_cut:
            await self._act(self._marks.pop().action)
        await self.flush()

    async def _act(self, action: Cut | Stall | Gate) -> None:
        if isinstance(action, Cut):
            await self._line.cut(bytes(self._due), resets=action.resets)
            self._due.clear()
            self.is_cut = True
            return
        await self.flush()
        if isinstance(action, Gate):
            await self._line.hold(action)
        else:
            await self._line.wait(action.seconds)


def _prepare(steps: Sequence[Step], scenario: Scenario) -> tuple[list[Step], list[_Mark]]:
    """The steps with damage done, and the marks, the first one last."""
    played = list(steps)
    # Positions are found in the whole stream, so that one fault does not move another.
    offsets = [0, *accumulate(len(step.raw) for step in steps)]
    marks = [
        _Mark(offsets[position_of(position, steps)], gate)
        for position, gate in scenario.gates.items()
    ]
    for fault in scenario.faults:
        mark = _apply(fault, played, steps, offsets)
        if mark is not None:
            marks.append(mark)
    return played, sorted(marks, key=lambda mark: mark.offset, reverse=True)


def _apply(
    fault: Fault, played: list[Step], steps: Sequence[Step], offsets: Sequence[int]
) -> _Mark | None:
    match fault:
        case Cut(after_bytes=after_bytes, at=at) | Stall(after_bytes=after_bytes, at=at):
            place = offsets[position_of(at, steps)] if after_bytes is None else after_bytes
            return _Mark(place, fault)
        case Malformed(at=at):
            place = min(position_of(at, steps), len(played) - 1)
            played[place] = replace(played[place], raw=_damaged(played[place].raw))
        case NoEnd(at=at):
            del played[position_of(at, steps) :]
        case HttpError() | NotAnEventStream():
            pass  # these replace the whole answer; no stream begins
        case _:
            assert_never(fault)
    return None


def _damaged(raw: bytes) -> bytes:
    """A frame of the same length whose JSON stops in its middle: offsets stay what they are."""
    text = raw.rstrip()
    return text[: len(text) // 2].ljust(len(text), b" ") + raw[len(text) :]


class _Pace:
    """When each step is due, by a schedule, so that small delays do not add up."""

    def __init__(self, scenario: Scenario) -> None:
        answer_rate = scenario.tokens_per_s
        reasoning_rate = scenario.reasoning_tokens_per_s or answer_rate
        self._answer_token_s = 1 / answer_rate if answer_rate else 0.0
        self._reasoning_token_s = 1 / reasoning_rate if reasoning_rate else 0.0
        self._start_delay_s = scenario.start_delay_s
        self._random = seeded("pace")
        self._due_at_s = monotonic_s()

    def wait_before(self, step: Step) -> float:
        """Seconds until the step is due; 0 or less when it is due now."""
        if self._start_delay_s and step.phase != "frame":
            self._due_at_s += self._start_delay_s
            self._start_delay_s = 0.0
        if self._answer_token_s or self._reasoning_token_s:
            self._due_at_s += step.silence_s
        token_s = self._reasoning_token_s if step.phase == "reasoning" else self._answer_token_s
        if token_s and step.tokens:
            jitter = self._random.uniform(-_JITTER, _JITTER)
            self._due_at_s += token_s * step.tokens * (1 + jitter)
        now_s = monotonic_s()
        if now_s - self._due_at_s > _LONGEST_LAG_S:
            self._due_at_s = now_s
        return self._due_at_s - now_s
