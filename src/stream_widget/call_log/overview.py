"""The latest calls and what all come to, as a person reads them: in a page, in a terminal."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from stream_widget.call_log.exchanged import time_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence

    from stream_widget.call_log.filters import Filters

__all__ = ["Overview", "printable", "read_overview", "row_cells", "text_table"]

_READ: Final = (
    "run_id",
    "attempt",
    "started_at",
    "provider",
    "request_model",
    "state",
    "error_kind",
    "input_tokens",
    "output_tokens",
    "usage_source",
    "cost_usd",
    "ttft_s",
    "duration_s",
    "name",
)
_EXCERPT: Final = 200
"""Characters of the prompt that are read; fewer are shown."""
_HEADS: Final = (
    "Started (UTC)",
    "Run",
    "Target",
    "State",
    "In",
    "Out",
    "Cost",
    "First token",
    "Took",
    "Prompt",
)
_NUMBERS: Final = frozenset({"In", "Out", "Cost", "First token", "Took"})
_RUN_ID: Final = 8
"""Characters of a run's id: enough to ask for it."""
_SHORTEST_PROMPT: Final = 12
_SMALL_USD: Final = 0.01
_STYLE: Final = (
    "border-collapse:collapse;font-size:var(--jp-ui-font-size1,13px);"
    "color:var(--jp-content-font-color1,inherit)"
)
_CELL: Final = (
    "padding:0.25em 0.7em;text-align:{};white-space:{};max-width:28em;overflow:hidden;"
    "text-overflow:ellipsis;border-bottom:1px solid var(--jp-border-color2,#8888)"
)
_UNKNOWN: Final = "?"


@dataclass(frozen=True, slots=True)
class Overview:
    """Calls, newest first, and the totals of all that were asked for."""

    calls: Sequence[Mapping[str, Any]]
    """The latest."""
    count: int
    """All."""
    runs: int
    failed: int
    input_tokens: int
    output_tokens: int
    cost_usd: float
    """Of the calls whose cost is known."""
    cost_unknown: int

    @property
    def totals(self) -> str:
        """One sentence about all."""
        if not self.count:
            return "No calls."
        cost = f"{_dollars(self.cost_usd)}"
        cost += f" and {self.cost_unknown:,} of unknown cost" if self.cost_unknown else ""
        shown = f" The latest {len(self.calls)} are shown." if len(self.calls) < self.count else ""
        return (
            f"{_counted(self.count, 'call')} of {_counted(self.runs, 'run')}, {self.failed:,} "
            f"failed; {self.input_tokens:,} tokens in, {self.output_tokens:,} out; {cost}.{shown}"
        )

    def text(self, *, width: int, title: str = "") -> str:
        """A table no wider than ``width`` characters, as far as its numbers let it."""
        lines = [title] if title else []
        if self.calls:
            lines += text_table(_HEADS, map(row_cells, self.calls), width=width, right=_NUMBERS)
        return "\n".join([*lines, self.totals])

    def html(self, *, title: str = "", problem: str | None = None) -> str:
        """A static table without script; all texts are escaped."""
        head = "".join(_html_cell("th", head, head) for head in _HEADS)
        rows = "".join(
            "<tr>"
            + "".join(
                _html_cell("td", cell, head)
                for head, cell in zip(_HEADS, row_cells(call), strict=True)
            )
            + "</tr>"
            for call in self.calls
        )
        body = f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
        table = f'<table style="{_STYLE}">{body}</table>'
        said = f"<p>{html.escape(self.totals)}</p>"
        named = f"<p><code>{html.escape(title)}</code></p>" if title else ""
        named += f"<p><strong>{html.escape(problem)}</strong></p>" if problem else ""
        return f"<div>{named}{table if self.calls else ''}{said}</div>"


def read_overview(db: sqlite3.Connection, filters: Filters, *, limit: int) -> Overview:
    """The latest calls that pass the filters, and the totals of all of them."""
    condition, values = filters.where()
    columns = ", ".join(f"calls.{name}" for name in _READ)
    rows = db.execute(
        f"select {columns}, substr(calls.prompt, 1, {_EXCERPT}) from calls where {condition} "  # noqa: S608 - names are ours, values are bound
        "order by calls.started_at desc, calls.rowid desc limit ?",
        [*values, limit],
    ).fetchall()
    count, runs, *totals = db.execute(
        "select count(*), count(distinct run_id), coalesce(sum(state = 'failed'), 0), "  # noqa: S608 - as above
        "coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0), "
        "coalesce(sum(cost_usd), 0.0), coalesce(sum(cost_usd is null and ended_at is not null and "
        "(state <> 'failed' or input_tokens is not null or output_tokens is not null)), 0) "
        f"from calls where {condition}",
        values,
    ).fetchone()
    names: list[str] = [*_READ, "prompt"]
    calls = [dict(zip(names, row, strict=True)) for row in rows]
    return Overview(calls, count, runs, *totals)


def row_cells(call: Mapping[str, Any]) -> list[str]:
    """What the table says of a call."""
    about = "~" if call["usage_source"] == "estimated" else ""
    state = call["state"] if call["error_kind"] is None else f"failed: {call['error_kind']}"
    run = call["run_id"][:_RUN_ID]
    cost = _UNKNOWN if call["cost_usd"] is None else about + _dollars(call["cost_usd"])
    cells = [
        time_text(call["started_at"])[:19].replace("T", " "),
        run if call["attempt"] == 1 else f"{run} #{call['attempt']}",
        f"{call['provider']}:{call['request_model']}",
        state,
        _tokens(call["input_tokens"], about),
        _tokens(call["output_tokens"], about),
        cost,
        _seconds(call["ttft_s"]),
        _seconds(call["duration_s"]),
        call["name"] or call["prompt"] or "",
    ]
    return [_one_line(cell) for cell in cells]


def text_table(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    width: int,
    right: frozenset[str] = frozenset(),
) -> list[str]:
    """Lines of a table; the last column is cut to what is left of the width.

    Args:
        heads: Of the columns.
        rows: Their cells, each one line.
        width: Characters a line may have.
        right: The columns that stand to the right, as numbers do.
    """
    table = [list(heads), *map(list, rows)]
    wide = [max(len(row[at]) for row in table) for at in range(len(heads))]
    before = sum(wide[:-1]) + 2 * (len(heads) - 1)
    wide[-1] = min(wide[-1], max(width - before, _SHORTEST_PROMPT))
    lines: list[str] = []
    for row in table:
        cells = [
            cell.rjust(wide[at]) if heads[at] in right else _cut(cell, wide[at]).ljust(wide[at])
            for at, cell in enumerate(row)
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def _html_cell(tag: str, text: str, head: str) -> str:
    side = "right" if head in _NUMBERS else "left"
    style = _CELL.format(side, "nowrap")
    return f'<{tag} style="{style}">{html.escape(text)}</{tag}>'


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(width - 1, 0)] + "…"


def printable(text: str) -> str:
    """A text that cannot move a terminal's cursor, nor turn a line around; its lines stay."""
    return "".join(
        each if each.isprintable() or each in "\n\t" else "\N{REPLACEMENT CHARACTER}"
        for each in text
    )


def _one_line(text: str) -> str:
    return printable(" ".join(text.split())[:_EXCERPT])


def _tokens(count: int | None, about: str) -> str:
    return _UNKNOWN if count is None else f"{about}{count:,}"


def _seconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.1f} s"


def _dollars(usd: float) -> str:
    if usd == 0 or usd >= _SMALL_USD:
        return f"${usd:,.2f}"
    return f"${usd:.2g}" if usd >= 1e-4 else f"${usd:.7f}".rstrip("0")  # noqa: PLR2004 - where "e" begins


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"
