"""A measured fact beside its budget, as a row of a table."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rig import show_table

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["TIMES", "Finding", "mean", "show_findings"]

TIMES: Final = "\N{MULTIPLICATION SIGN}"
"""The unit of a ratio."""
_FEW: Final = 100
"""Below this, hundredths tell something."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was measured, in the unit its name says."""

    what: str
    measured: float
    budget: float | None = None
    """It should not be above this; ``None`` has no budget and is told for its own sake."""
    unit: str = ""
    note: str = ""

    @property
    def verdict(self) -> str:
        """Whether it is within its budget; ``""`` where it has none."""
        if self.budget is None:
            return ""
        return "within" if self.measured <= self.budget else "OVER"


def show_findings(findings: Sequence[Finding]) -> None:
    """Print a table."""
    rows = [["what", "measured", "budget", "", "of which"]]
    for finding in findings:
        budget = "" if finding.budget is None else _number(float(finding.budget), finding.unit)
        measured = _number(float(finding.measured), finding.unit)
        rows.append([finding.what, measured, budget, finding.verdict, finding.note])
    show_table(rows)


def mean(values: Sequence[float]) -> float:
    """The mean; 0 of none."""
    return sum(values) / len(values) if values else 0.0


def _number(value: float, unit: str) -> str:
    if math.isnan(value):
        return "?"
    digits = 2 if abs(value) < _FEW and not (unit == "" and value.is_integer()) else 0
    return f"{value:.{digits}f} {unit}".rstrip()
