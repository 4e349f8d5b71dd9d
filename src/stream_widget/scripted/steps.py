"""Drafts and steps: the frames of one response, each with its place in the story."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, assert_never

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stream_widget.scripted.faults import Position

__all__ = ["Draft", "Phase", "Step", "position_of"]

Phase: TypeAlias = Literal["frame", "reasoning", "answer", "end"]
"""A delta of the reasoning, one of the answer, what says that the response is over, or none."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One frame before it is bytes: others may still come before it and change its number."""

    body: dict[str, object] | bytes
    """Bytes are sent as they are."""
    phase: Phase = "frame"
    event: str | None = None
    silence_s: float = 0.0
    """Seconds of silence before it, where the scenario has a pace."""
    wait_s: float = 0.0
    """Seconds of silence before it, whatever the pace."""

    def as_step(self, raw: bytes) -> Step:
        """The frame as bytes, at the same place."""
        tokens = 1 if self.phase in {"reasoning", "answer"} else 0
        return Step(raw, self.phase, tokens, self.silence_s, self.wait_s)


@dataclass(frozen=True, slots=True)
class Step:
    """One frame as bytes."""

    raw: bytes
    phase: Phase = "frame"
    tokens: int = 0
    """What it counts for the pace."""
    silence_s: float = 0.0
    """As in `Draft`."""
    wait_s: float = 0.0
    """As in `Draft`."""


def position_of(position: Position, steps: Sequence[Draft | Step]) -> int:
    """The number of the step that a position is before; at most the number of steps."""
    match position:
        case int():
            return min(max(position, 0), len(steps))
        case "end":
            return _first(steps, "end", otherwise=max(len(steps) - 1, 0))
        case "start":
            return _first_delta(steps)
        case "reasoning" | "answer":
            places = [i for i, step in enumerate(steps) if step.phase == position]
            return places[len(places) // 2] if places else _first_delta(steps)
        case _:
            assert_never(position)


def _first_delta(steps: Sequence[Draft | Step]) -> int:
    deltas = (i for i, step in enumerate(steps) if step.phase in {"reasoning", "answer"})
    return next(deltas, position_of("end", steps))


def _first(steps: Sequence[Draft | Step], phase: Phase, *, otherwise: int) -> int:
    return next((i for i, step in enumerate(steps) if step.phase == phase), otherwise)
