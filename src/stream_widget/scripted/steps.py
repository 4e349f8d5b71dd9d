"""Steps: the frames of one response, each with its place in the story and what it weighs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, assert_never

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stream_widget.scripted.faults import Position

__all__ = ["Phase", "Step", "position_of"]

Phase: TypeAlias = Literal["frame", "reasoning", "answer"]


@dataclass(frozen=True, slots=True)
class Step:
    """One frame as bytes."""

    raw: bytes
    phase: Phase = "frame"
    """Whether it is a delta of the reasoning, a delta of the answer, or neither."""
    tokens: int = 0
    """What it counts for the pace."""
    silence_s: float = 0.0
    """Seconds of silence before it, where the scenario has a pace."""


def position_of(position: Position, steps: Sequence[Step]) -> int:
    """The number of the step that a position is before; at most the number of steps."""
    match position:
        case int():
            return min(max(position, 0), len(steps))
        case "end":
            return max(len(steps) - 1, 0)
        case "start":
            return _first_delta(steps)
        case "reasoning" | "answer":
            places = [i for i, step in enumerate(steps) if step.phase == position]
            return places[len(places) // 2] if places else _first_delta(steps)
        case _:
            assert_never(position)


def _first_delta(steps: Sequence[Step]) -> int:
    deltas = (i for i, step in enumerate(steps) if step.phase != "frame")
    return next(deltas, max(len(steps) - 1, 0))
