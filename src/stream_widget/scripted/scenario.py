"""What to play, how fast, and what goes wrong."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING, Final

from stream_widget.scripted.faults import (
    ErrorEvent,
    Fault,
    KeepAlive,
    Position,
    UnsupportedParameter,
    UnverifiedOrganization,
)
from stream_widget.scripted.gate import Gate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stream_widget.scripted.script import Playable

__all__ = ["Overrides", "Scenario"]

_OF_THE_RESPONSE: Final = (
    ErrorEvent,
    KeepAlive,
    UnsupportedParameter,
    UnverifiedOrganization,
)
"""Faults that change what a response is, or whether its request is taken."""


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
        ValueError: A rate or a number of bytes is not above 0, a delay is below 0, or a fault
            cannot happen to a resumed stream.
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
    write_bytes: int | None = None
    """The most bytes that are sent at once; ``None``: what is due goes out together."""
    resume_faults: tuple[tuple[Fault, ...], ...] = ()
    """What goes wrong each time a background response is resumed; afterwards nothing does.

    Only what can go wrong on a connection: what its frames are is decided in ``faults``.
    """

    def __post_init__(self) -> None:
        for name in ("tokens_per_s", "reasoning_tokens_per_s", "write_bytes"):
            limit: float | None = getattr(self, name)
            if limit is not None and not limit > 0:
                raise ValueError(f"{name} must be above 0 (None is no limit), not {limit!r}.")
        if self.start_delay_s < 0:
            raise ValueError(f"start_delay_s must not be below 0, but is {self.start_delay_s!r}.")
        resumed = chain.from_iterable(self.resume_faults)
        misplaced = [type(each).__name__ for each in resumed if isinstance(each, _OF_THE_RESPONSE)]
        if misplaced:
            raise ValueError(
                f"{misplaced[0]} cannot happen to a resumed stream: it belongs in `faults`, where "
                "it happens to the whole response."
            )

    def as_connection(self, faults: tuple[Fault, ...] | None = None) -> Scenario:
        """What one connection to a background response does; the pace is the response's own.

        Args:
            faults: What goes wrong on it; ``None`` is what the scenario has.
        """
        return replace(
            self,
            tokens_per_s=None,
            reasoning_tokens_per_s=None,
            start_delay_s=0.0,
            gates={},
            faults=self.faults if faults is None else faults,
        )

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
