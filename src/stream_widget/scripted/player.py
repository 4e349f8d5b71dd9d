"""Plays steps to one client: pace, gates, and the faults that happen on the way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, Final, Protocol, assert_never

from stream_widget.scripted.faults import (
    Cut,
    ErrorEvent,
    Fault,
    HangUp,
    HttpError,
    KeepAlive,
    Malformed,
    NoEnd,
    NotAnEventStream,
    Stall,
    UnsupportedParameter,
    UnverifiedOrganization,
)
from stream_widget.scripted.gate import Gate
from stream_widget.scripted.pace import Pace
from stream_widget.scripted.steps import Step, position_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stream_widget.scripted.scenario import Scenario

__all__ = ["Line", "play"]

_LARGEST_WRITE_BYTES: Final = 16 * 1024


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


async def play(
    line: Line,
    steps: Sequence[Step],
    scenario: Scenario,
    *,
    ready: Callable[[int], Gate | None] | None = None,
) -> bool:
    """Send the steps as the scenario says; whether the response may be ended in good order.

    Args:
        line: The way to the client.
        steps: What is sent.
        scenario: How fast, and what goes wrong.
        ready: The gate of each step, where the steps are still being made; ``None`` where the
            making has ended before it.
    """
    steps, marks = _prepare(steps, scenario)
    outbox = _Outbox(line, marks, largest_write_bytes=scenario.write_bytes)
    pace = Pace(scenario)
    for index, step in enumerate(steps):
        if ready is not None and not await _is_made(index, ready, line, outbox):
            break
        wait_s = pace.wait_before(step)
        if wait_s > 0:
            await outbox.flush()
            await line.wait(wait_s)
        await outbox.put(step.raw)
        if outbox.is_cut:
            return False
    await outbox.finish()
    return not outbox.is_cut


async def _is_made(
    index: int, ready: Callable[[int], Gate | None], line: Line, outbox: _Outbox
) -> bool:
    """Wait until a step is made; whether it is."""
    while (gate := ready(index)) is not None and not gate.is_open:
        await outbox.flush()
        await line.hold(gate)
    return gate is not None


class _Outbox:
    """Frames that are due; those due together go out together, and marks where they stand."""

    def __init__(self, line: Line, marks: list[_Mark], *, largest_write_bytes: int | None) -> None:
        self._line = line
        self._marks = marks
        self._write_bytes = largest_write_bytes
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
            size = self._write_bytes or len(unsent)
            for start in range(0, len(unsent), size):
                await self._line.send(unsent[start : start + size])

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
            place = min(position_of(at, steps), len(steps) - 1)
            if place in range(len(played)):  # else it is not sent at all
                played[place] = replace(played[place], raw=_damaged(played[place].raw))
        case NoEnd(at=at):
            del played[position_of(at, steps) :]
        case ErrorEvent() | KeepAlive():
            pass  # the steps have them already: what they are is the wire's business
        case (
            HttpError()
            | NotAnEventStream()
            | HangUp()
            | UnverifiedOrganization()
            | UnsupportedParameter()
        ):
            pass  # these replace the whole answer; no stream begins
        case _:
            assert_never(fault)
    return None


def _damaged(raw: bytes) -> bytes:
    """A frame of the same length whose JSON stops in its middle: offsets stay what they are."""
    text = raw.rstrip()
    return text[: len(text) // 2].ljust(len(text), b" ") + raw[len(text) :]
