"""What to play, how fast, and what goes wrong."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from stream_widget.scripted.faults import Fault, Position
from stream_widget.scripted.gate import Gate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stream_widget.scripted.script import Playable

__all__ = ["Overrides", "Scenario"]


@dataclass(frozen=True, slots=True)
class Overrides:
    """What a request may change about the scenario it is answered with."""

    tokens_per_s: float | None = None
    """``None``: the scenario's own pace."""
    start_delay_s: float | None = None
    """``None``: the scenario's own delay."""
    fault: Fault | None = None
    """``None``: the scenario's own faults."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What to play, how fast, and what goes wrong.

    Raises:
        ValueError: A rate is not above 0, or a delay is below 0.
    """

    play: Playable
    tokens_per_s: float | None = None
    """One piece is one token; ``None`` is as fast as possible."""
    reasoning_tokens_per_s: float | None = None
    """``None``: the same as ``tokens_per_s``."""
    start_delay_s: float = 0.0
    """Silence between the first frames and the first delta."""
    faults: tuple[Fault, ...] = ()
    gates: Mapping[Position, Gate] = field(default_factory=dict[Position, Gate])
    """The stream waits before these frames until their gate is open."""

    def __post_init__(self) -> None:
        for name in ("tokens_per_s", "reasoning_tokens_per_s"):
            rate: float | None = getattr(self, name)
            if rate is not None and not rate > 0:
                raise ValueError(f"{name} must be above 0 (None is no limit), not {rate!r}.")
        if self.start_delay_s < 0:
            raise ValueError(f"start_delay_s must not be below 0, but is {self.start_delay_s!r}.")

    def with_overrides(self, overrides: Overrides) -> Scenario:
        """The scenario as a request wants it."""
        rate = overrides.tokens_per_s
        delay = overrides.start_delay_s
        return replace(
            self,
            tokens_per_s=self.tokens_per_s if rate is None else rate,
            reasoning_tokens_per_s=self.reasoning_tokens_per_s if rate is None else rate,
            start_delay_s=self.start_delay_s if delay is None else delay,
            faults=self.faults if overrides.fault is None else (overrides.fault,),
        )
