"""A table of text that fits a terminal: long cells are cut, then columns are left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Column", "text_table"]

_GAP: Final = 2


@dataclass(frozen=True, slots=True)
class Column:
    """How a column gives way where there is too little room."""

    head: str
    right: bool = False
    """Whether its cells stand to the right, as numbers do."""
    least: int | None = None
    """The characters that its cells may be cut to; ``None`` cuts none."""
    spare: int = 0
    """The column with the highest is left out first; one with 0 never is."""


def text_table(columns: Sequence[Column], rows: Iterable[Sequence[str]], *, width: int) -> str:
    """A table no wider than ``width`` characters, if its columns let it be.

    A last line names the columns that there is no room for.

    Args:
        columns: What there is of each row.
        rows: Their cells, each one line.
        width: Characters a line may have.
    """
    table = [[column.head for column in columns], *map(list, rows)]
    natural = [max(len(row[at]) for row in table) for at in range(len(columns))]
    least = [
        wide if column.least is None else min(wide, column.least)
        for column, wide in zip(columns, natural, strict=True)
    ]
    shown = _shown(columns, least, width)
    wide = _widened({at: least[at] for at in shown}, natural, width - _total(least, shown))
    lines = [
        (" " * _GAP).join(_cell(row[at], wide[at], right=columns[at].right) for at in shown)
        for row in table
    ]
    missing = [column.head.strip() for at, column in enumerate(columns) if at not in wide]
    lines += [f"(no room for {', '.join(missing)})"] if missing else []
    return "\n".join(line.rstrip() for line in lines)


def _shown(columns: Sequence[Column], least: Sequence[int], width: int) -> list[int]:
    shown = list(range(len(columns)))
    while _total(least, shown) > width:
        first = max(shown, key=lambda at: columns[at].spare)
        if not columns[first].spare:
            break
        shown.remove(first)
    return shown


def _widened(wide: dict[int, int], natural: Sequence[int], left: int) -> dict[int, int]:
    """What is left goes to the columns that are cut, evenly."""
    while left > 0 and (cut := [at for at in wide if wide[at] < natural[at]]):
        for at in cut[:left]:
            wide[at] += 1
        left -= len(cut)
    return wide


def _total(wide: Sequence[int], shown: Sequence[int]) -> int:
    return sum(wide[at] for at in shown) + _GAP * (len(shown) - 1)


def _cell(text: str, wide: int, *, right: bool) -> str:
    cut = text if len(text) <= wide else f"{text[: max(wide - 1, 0)]}…"
    return cut.rjust(wide) if right else cut.ljust(wide)
