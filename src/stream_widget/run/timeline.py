"""When text arrived: which part of a response, how much of it, at which millisecond.

Written as one string (``timeline`` in the page, in a notebook and in exports), since a list of
numbers in a notebook would take five times as much: entries separated by blanks, each
``<ms>[:<part>]+<characters>``, with the milliseconds since the entry before (the first: since the
run started), the part where it is another than in the entry before, and characters as Python counts
them. ``"800:0+15 33+12 40:1+5"`` is 15 characters of part 0 after 0.8 s, 12 more 33 ms later, and
5 of part 1 after another 40 ms.
"""

from __future__ import annotations

import re
from array import array
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Arrival", "Timeline"]

_ENTRY: Final = re.compile(r"(\d{1,15})(?::(\d{1,9}))?\+(\d{1,15})")


class Arrival(NamedTuple):
    """Text that came at one moment."""

    at_ms: int
    """Since the run started."""
    part: int
    characters: int


class Timeline:
    """The arrivals of one response, in their order; constant work and 20 bytes for each."""

    __slots__ = ("_at_ms", "_characters", "_parts")

    def __init__(self) -> None:
        self._at_ms = array("Q")
        self._parts = array("L")
        self._characters = array("Q")

    def add(self, at_s: float, part: int, characters: int) -> None:
        """Note text that arrived ``at_s`` seconds after the run started; never before the last."""
        at_ms = int(at_s * 1000)
        if self._at_ms and self._at_ms[-1] == at_ms and self._parts[-1] == part:
            self._characters[-1] += characters
            return
        self._at_ms.append(at_ms)
        self._parts.append(part)
        self._characters.append(characters)

    @property
    def latest_part(self) -> int | None:
        """The part that text arrived for last; ``None`` before any."""
        return self._parts[-1] if self._parts else None

    @property
    def order(self) -> list[tuple[int, int]]:
        """The order of arrival: (part, characters), neighbours of one part joined."""
        joined: list[tuple[int, int]] = []
        for _, part, characters in self:
            if joined and joined[-1][0] == part:
                joined[-1] = (part, joined[-1][1] + characters)
            else:
                joined.append((part, characters))
        return joined

    def since(self, index: int) -> list[Arrival]:
        """The arrivals from the ``index``-th on; work for these alone."""
        return [*map(Arrival, self._at_ms[index:], self._parts[index:], self._characters[index:])]

    def __iter__(self) -> Iterator[Arrival]:
        return map(Arrival, self._at_ms, self._parts, self._characters)

    def __len__(self) -> int:
        return len(self._at_ms)

    def __eq__(self, other: object) -> bool:
        """Whether the same text arrived at the same times."""
        return isinstance(other, Timeline) and [*self] == [*other]

    __hash__ = None  # pyright: ignore[reportAssignmentType] - it grows

    def __str__(self) -> str:
        """The one string; see the module."""
        if not self._at_ms:
            return ""
        entries = [f"{self._at_ms[0]}:{self._parts[0]}+{self._characters[0]}"]
        for before, now in pairwise(self):
            part = "" if now.part == before.part else f":{now.part}"
            entries.append(f"{now.at_ms - before.at_ms}{part}+{now.characters}")
        return " ".join(entries)

    @classmethod
    def of(cls, arrivals: Iterable[Arrival]) -> Timeline:
        """A timeline of these arrivals, which are in the order of their times."""
        timeline = cls()
        for at_ms, part, characters in arrivals:
            timeline._at_ms.append(at_ms)
            timeline._parts.append(part)
            timeline._characters.append(characters)
        return timeline

    @classmethod
    def parse(cls, text: str) -> Timeline:
        """Read the one string.

        Raises:
            ValueError: It is not one; the message names the entry.
        """
        timeline = cls()
        at_ms = part = 0
        for entry in text.split():
            found = _ENTRY.fullmatch(entry)
            if found is None:
                raise ValueError(f"{entry[:40]!r} is no entry of a timeline such as '33:0+15'.")
            at_ms += int(found[1])
            part = part if found[2] is None else int(found[2])
            timeline._at_ms.append(at_ms)
            timeline._parts.append(part)
            timeline._characters.append(int(found[3]))
        return timeline
