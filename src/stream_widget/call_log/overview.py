"""The latest calls and what all come to, as a person reads them: in a page, in a terminal."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from stream_widget.call_log.exchanged import time_text
from stream_widget.call_log.text_table import Column, text_table
from stream_widget.clock import utc_now

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from stream_widget.call_log.filters import Filters

__all__ = ["Overview", "printable", "read_overview", "row_cells"]

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
_COLUMNS: Final = (
    Column("Started (UTC)"),
    Column("Run"),
    Column("Target", least=17),
    Column("State", least=19),
    Column("In", right=True, spare=4),
    Column("Out", right=True, spare=2),
    Column("Cost", right=True),
    Column("First", right=True, spare=5),
    Column("Took", right=True, spare=3),
    Column("Prompt", least=12, spare=1),
)
_EXPLAINED: Final[Mapping[str, str]] = {
    "In": "Input tokens, those from the cache among them",
    "Out": "Output tokens, those of the reasoning among them",
    "First": "Until the first token of any kind came",
    "Prompt": "Or the name of the call, where it has one",
}
_RUN_ID: Final = 8
"""Characters of a run's id: enough to ask for it."""
_SMALL_USD: Final = 0.01
_TABLE: Final = (
    "border-collapse:collapse;table-layout:auto;width:100%;margin:0 0 0.6em;"
    "font-size:calc(var(--jp-ui-font-size1,13px)*0.92);color:var(--jp-content-font-color1,inherit)"
)
_CELL: Final = (
    "padding:0.3em 0.45em;white-space:nowrap;overflow:hidden;text-overflow:ellipsis;"
    "border-bottom:1px solid var(--jp-border-color2,#8888);text-align:"
)
_LIMITS: Final[Mapping[str, str]] = {
    "Target": ";max-width:11.5em",
    # All the room that is left, and no more than that.
    "Prompt": ";width:100%;max-width:0;min-width:7em",
}
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
        cost = _dollars(self.cost_usd)
        cost += (
            f" and {_counted(self.cost_unknown, 'call')} of unknown cost"
            if self.cost_unknown
            else ""
        )
        shown = f" The latest {len(self.calls)} are shown." if len(self.calls) < self.count else ""
        return (
            f"{_counted(self.count, 'call')} of {_counted(self.runs, 'run')}, {self.failed:,} "
            f"failed; {self.input_tokens:,} tokens in, {self.output_tokens:,} out; {cost}.{shown}"
        )

    def text(self, *, width: int, title: str = "") -> str:
        """A table no wider than ``width`` characters, as far as its columns let it."""
        lines = [title] if title else []
        if self.calls:
            lines.append(text_table(_COLUMNS, map(row_cells, self.calls), width=width))
        return "\n".join([*lines, self.totals])

    def html(self, *, title: str = "", problem: str | None = None) -> str:
        """A static table without script; all texts are escaped."""
        head = "".join(
            _html_cell("th", column.head, column, _EXPLAINED.get(column.head, ""))
            for column in _COLUMNS
        )
        rows = "".join(
            "<tr>"
            + "".join(
                _html_cell("td", cell, column, cell if column.least else "")
                for column, cell in zip(_COLUMNS, row_cells(call), strict=True)
            )
            + "</tr>"
            for call in self.calls
        )
        body = f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
        table = f'<table style="{_TABLE}">{body}</table>'
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
        _time(call["started_at"]),
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


def _html_cell(tag: str, text: str, column: Column, whole: str) -> str:
    """A cell, and what is said of it to whoever points at it."""
    style = f"{_CELL}{'right' if column.right else 'left'}{_LIMITS.get(column.head, '')}"
    title = f' title="{html.escape(whole)}"' if whole else ""
    return f'<{tag} style="{style}"{title}>{html.escape(text)}</{tag}>'


def printable(text: str) -> str:
    """A text that cannot move a terminal's cursor, nor turn a line around; its lines stay."""
    return "".join(
        each if each.isprintable() or each in "\n\t" else "\N{REPLACEMENT CHARACTER}"
        for each in text
    )


def _one_line(text: str) -> str:
    return printable(" ".join(text.split())[:_EXCERPT])


def _time(started_at: int) -> str:
    """To the second; without the year where it is this one."""
    text = time_text(started_at)[:19].replace("T", " ")
    return text.removeprefix(f"{utc_now().year}-")


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
