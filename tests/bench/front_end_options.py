"""How long the measurements of the front end take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import argparse

__all__ = ["UNITS_PER_TOKEN", "Options", "read_options"]

UNITS_PER_TOKEN: Final = 4


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked for."""

    tokens: int
    """Length of a long stream."""
    seconds: float
    """Length of many streams."""
    hidden_s: float
    rounds: int
    mounts: int
    only: tuple[str, ...]
    """Parts to measure; none named is all of them."""

    @property
    def units(self) -> int:
        """UTF-16 units of a long stream."""
        return self.tokens * UNITS_PER_TOKEN


def read_options(parser: argparse.ArgumentParser) -> Options:
    """What the command line says; ``--short`` is for a look, not for a number to publish."""
    parser.add_argument("--short", action="store_true", help="a fifth of everything")
    parser.add_argument("--tokens", type=int, help="length of a long stream")
    parser.add_argument("--seconds", type=float, help="length of many streams at once")
    parser.add_argument("--hidden-s", type=float, help="how long a tab is hidden")
    parser.add_argument("--rounds", type=int, help="how often a part is repeated")
    given = parser.parse_args()
    short = given.short
    return Options(
        tokens=given.tokens or (20_000 if short else 100_000),
        seconds=given.seconds or (12.0 if short else 60.0),
        hidden_s=given.hidden_s or (10.0 if short else 120.0),
        rounds=given.rounds or (1 if short else 3),
        mounts=20,
        only=tuple(given.only or ()),
    )
