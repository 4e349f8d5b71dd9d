"""Pace: a schedule, kept by a clock that is ours here, on a line that only takes notes."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from stream_widget.scripted import Cut, Gate, Malformed, NoEnd, Scenario, Script, Stall
from stream_widget.scripted.player import play
from stream_widget.scripted.steps import Step

if TYPE_CHECKING:
    from stream_widget.scripted.faults import Position

DELTAS = [Step(b"%03d\n" % i, "answer", 1) for i in range(200)]


class NotedLine:
    """Takes notes; its waits take no time."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.waits: list[float | None] = []
        self.gates: list[Gate] = []
        self.resets: bool | None = None

    async def send(self, data: bytes) -> None:
        self.sent.append(data)

    async def wait(self, seconds: float | None) -> None:
        self.waits.append(seconds)

    async def hold(self, gate: Gate) -> None:
        self.sent.append(b"|")
        self.gates.append(gate)

    async def cut(self, unsent: bytes, *, resets: bool) -> None:
        self.sent.append(unsent)
        self.resets = resets


def perform(steps: list[Step], scenario: Scenario) -> NotedLine:
    line = NotedLine()
    asyncio.run(play(line, steps, scenario))
    return line


def test_without_a_pace_frames_go_out_together() -> None:
    line = perform(DELTAS, Scenario(Script()))
    assert line.waits == []
    assert line.sent == [b"".join(step.raw for step in DELTAS)]


def test_frames_that_are_due_together_make_writes_of_a_bounded_size() -> None:
    line = perform([Step(b"x" * 1000)] * 100, Scenario(Script()))
    assert b"".join(line.sent) == b"x" * 100_000
    assert max(map(len, line.sent)) <= 17_000


def test_with_a_pace_each_frame_waits_for_its_time_by_a_schedule() -> None:
    # The waits take no time here, so the last one is the whole schedule: 200 tokens at 10 a second.
    line = perform(DELTAS, Scenario(Script(), tokens_per_s=10))
    assert len(line.sent) == 200
    assert line.waits[-1] == pytest.approx(20, rel=0.1)
    assert line.waits == sorted(line.waits, key=lambda wait: wait or 0)


def test_the_irregularities_of_a_pace_are_those_of_the_last_time() -> None:
    first, second = (perform(DELTAS, Scenario(Script(), tokens_per_s=1)) for _ in range(2))
    assert first.waits == pytest.approx(second.waits, abs=0.5)
    steps = [b - a for a, b in pairwise(first.waits) if a and b]
    assert max(steps) > 1.2 * min(steps)


def test_the_reasoning_may_have_a_pace_of_its_own() -> None:
    steps = [Step(b"r", "reasoning", 1)] * 100 + [Step(b"a", "answer", 1)] * 100
    line = perform(steps, Scenario(Script(), tokens_per_s=10, reasoning_tokens_per_s=100))
    assert line.waits[-1] == pytest.approx(11, rel=0.1)


def test_the_delay_comes_once_before_the_first_delta() -> None:
    line = perform([Step(b"head"), *DELTAS[:2]], Scenario(Script(), start_delay_s=5))
    assert line.sent[0] == b"head"
    assert line.waits[0] == pytest.approx(5, abs=0.5)
    assert max(wait or 0 for wait in line.waits) <= 5


@pytest.mark.parametrize(("rate", "waits"), [(None, 0), (10.0, 1)])
def test_silence_is_kept_only_by_a_scenario_with_a_pace(rate: float | None, waits: int) -> None:
    line = perform([Step(b"done", silence_s=3)], Scenario(Script(), tokens_per_s=rate))
    assert len(line.waits) == waits


@pytest.mark.parametrize(
    ("position", "before"),
    [
        (0, b""),
        (3, b"headr0r1"),
        (99, b"headr0r1a0a1tail"),
        (-1, b""),
        ("start", b"head"),
        ("reasoning", b"headr0"),
        ("answer", b"headr0r1a0"),
        ("end", b"headr0r1a0a1"),
    ],
)
def test_a_position_is_a_number_or_a_word(position: Position, before: bytes) -> None:
    steps = [Step(b"head"), Step(b"r0", "reasoning"), Step(b"r1", "reasoning")]
    steps += [Step(b"a0", "answer"), Step(b"a1", "answer"), Step(b"tail")]
    line = perform(steps, Scenario(Script(), gates={position: Gate()}))
    assert b"".join(line.sent).split(b"|")[0] == before


def test_a_word_for_what_is_not_there_is_the_first_delta_or_the_end() -> None:
    line = perform([Step(b"head"), Step(b"tail")], Scenario(Script(), gates={"answer": Gate()}))
    assert b"".join(line.sent) == b"head|tail"


def test_a_stall_may_stand_in_the_middle_of_a_frame() -> None:
    fault = Stall(seconds=2, after_bytes=6)
    line = perform(DELTAS[:3], Scenario(Script(), faults=(fault,)))
    assert (line.sent, line.waits) == ([b"000\n00", b"1\n002\n"], [2])


def test_several_marks_happen_in_their_order() -> None:
    faults = (Stall(seconds=2, after_bytes=10**6), Stall(seconds=1, after_bytes=1))
    line = perform(DELTAS[:1], Scenario(Script(), faults=faults, gates={0: Gate()}))
    assert line.waits == [1, 2]
    assert line.sent == [b"|", b"0", b"00\n"]


@pytest.mark.parametrize("end", [0, 2])
@pytest.mark.parametrize("damage", ["answer", "end", 2, 99])
def test_a_frame_that_never_comes_is_not_damaged(end: int, damage: Position) -> None:
    faults = (NoEnd(at=end), Malformed(at=damage))
    for order in (faults, faults[::-1]):
        line = perform(DELTAS[:4], Scenario(Script(), faults=order))
        assert b"".join(line.sent) == b"".join(step.raw for step in DELTAS[:end])


@pytest.mark.parametrize("resets", [True, False])
def test_a_cut_hands_over_what_was_not_sent_and_ends_the_play(*, resets: bool) -> None:
    line = NotedLine()
    faults = (Cut(after_bytes=6, resets=resets),)
    is_whole = asyncio.run(play(line, DELTAS, Scenario(Script(), faults=faults)))
    assert (is_whole, line.sent, line.resets) == (False, [b"000\n00"], resets)
