"""A text that grows in the page, and what each of its stretches took."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bench_page import BenchPage

__all__ = ["Grown", "grow"]


@dataclass(slots=True)
class Grown:
    """One text from its first frame to its last."""

    deltas: int
    frames: int
    cpu_ms: list[float] = field(default_factory=list)
    """Processor time of the page's main thread in each tenth of the frames."""
    write_ms: list[float] = field(default_factory=list)
    """Of each frame, by the clock: writing the text and, for a renderer alone, laying it out."""

    @property
    def whole_ms(self) -> float:
        """Processor time of the whole stream."""
        return sum(self.cpu_ms)

    @property
    def first_ms(self) -> float:
        """Processor time of a frame in the first tenth."""
        return self.cpu_ms[0] / (self.frames / len(self.cpu_ms))

    @property
    def last_ms(self) -> float:
        """Processor time of a frame in the last tenth."""
        return self.cpu_ms[-1] / (self.frames / len(self.cpu_ms))


def grow(page: BenchPage, function: str, asked: dict[str, Any]) -> Grown:
    """Open a text by a function of the page and let it grow to its end, tenth by tenth."""
    opened = page.call(function, asked)
    grown = Grown(opened["deltas"], opened["frames"])
    tenth = -(-grown.frames // 10)
    for _ in range(10):
        before_s = page.busy_s()
        stretch = page.call("advance", tenth)
        grown.cpu_ms.append((page.busy_s() - before_s) * 1000)
        grown.write_ms += stretch["writeMs"]
    return grown
