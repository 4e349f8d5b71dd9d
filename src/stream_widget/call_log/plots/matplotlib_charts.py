"""The tables as matplotlib figures, on white paper of their own whatever the page's theme."""

# matplotlib and pandas type half of what they have:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
# pyright: reportArgumentType=false, reportGeneralTypeIssues=false

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import matplotlib.pyplot as plt
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.ticker import EngFormatter

from stream_widget.call_log.plots.look import (
    GREY,
    KIND_COLOURS,
    SHADE,
    SILENCE_COLOURS,
    TOKEN_COLOURS,
    colours_of,
    shortened,
)
from stream_widget.call_log.plots.tables import PHASES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from stream_widget.call_log.plots.tables import Table
    from stream_widget.call_log.plots.timeline_table import TimelineTable

__all__ = ["cost_chart", "latency_chart", "timeline_chart", "token_chart"]

_INK: Final = "#1f2328"
_LINE: Final = "#d0d4d9"
_WIDTH: Final = 7.6
"""Inches."""


def cost_chart(table: Table) -> Figure:
    """Bars of dollars over time, stacked by model."""
    rows = table.rows
    figure, axes = _paper(3.4)
    for model, colour in zip(table.models, colours_of(table.models), strict=True):
        of_model = rows[rows["model"] == model]
        starts = date2num(of_model["period"])
        axes.bar(
            starts, of_model["cost_usd"], date2num(of_model["until"]) - starts,
            of_model["base_usd"], color=colour, label=shortened(model), align="edge",
        )  # fmt: skip
    axes.set_xlim(*map(date2num, table.span or ()))
    locator = AutoDateLocator(maxticks=8)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    axes.set_xlabel(f"Started (UTC, by {table.period})")
    axes.set_ylabel("Cost (US dollars)")
    return _finished(figure, axes, table.title, table.remarks)


def token_chart(table: Table) -> Figure:
    """A bar of tokens for each model, stacked by kind."""
    wide = table.rows.pivot_table(
        index="model", columns="kind", values="tokens", fill_value=0, observed=True
    ).reindex(list(reversed(table.models)))
    figure, axes = _paper(1.6 + 0.4 * len(wide))
    base = wide.iloc[:, 0] * 0
    labels = [shortened(model) for model in wide.index]
    for kind, colour in TOKEN_COLOURS.items():
        if kind in wide:
            axes.barh(range(len(wide)), wide[kind], left=base, color=colour, label=kind)
            base += wide[kind]
    axes.set_yticks(range(len(wide)), labels)
    axes.xaxis.set_major_formatter(EngFormatter())
    axes.set_xlabel("Tokens")
    return _finished(figure, axes, table.title, table.remarks)


def latency_chart(table: Table) -> Figure:
    """For each model and phase, where 90 % and 50 % of the calls lie, and the median."""
    rows = table.rows
    places = [f"{model} · {phase}" for model in table.models for phase in PHASES]
    at = {place: len(places) - number for number, place in enumerate(places)}
    y = (rows["model"].astype("object") + " · " + rows["phase"]).map(at)
    colours = dict(zip(table.models, colours_of(table.models), strict=True))
    colour = list(rows["model"].map(colours).astype("object"))
    figure, axes = _paper(1.4 + 0.28 * len(places))
    axes.hlines(y, rows["p5"], rows["p95"], colors=colour, linewidth=2)
    axes.hlines(y, rows["p25"], rows["p75"], colors=colour, linewidth=8)
    axes.plot(rows["median"], y, "|", color=_INK, markersize=14, markeredgewidth=2.5)
    first, *others = PHASES
    labels = [
        label for model in table.models for label in (f"{shortened(model)} · {first}", *others)
    ]
    axes.set_yticks(list(at.values()), labels)
    axes.set_xlim(left=0)
    axes.set_xlabel("Seconds (line: 90 % of calls, bar: 50 %, tick: median)")
    return _finished(figure, axes, table.title, table.remarks, legend=False)


def timeline_chart(table: TimelineTable) -> Figure:
    """How the text grew, with silences behind it and a rule where each attempt began."""
    figure, axes = _paper(3.6)
    for what, silences in table.silences.groupby("what"):
        spans = list(zip(silences["from_s"], silences["seconds"], strict=True))
        axes.broken_barh(
            spans, (0, 1), transform=axes.get_xaxis_transform(), color=SILENCE_COLOURS[str(what)],
            alpha=SHADE, linewidth=0, label=f"nothing came: {what}",
        )  # fmt: skip
    for at_s in table.starts["at_s"]:
        axes.axvline(at_s, color=GREY, linestyle="--", linewidth=1.2)
    for (_, kind), grown in table.growth.groupby(["attempt", "kind"], sort=False):
        colour = KIND_COLOURS.get(str(kind), GREY)
        axes.step(grown["at_s"], grown["characters"], where="post", color=colour, label=str(kind))
    axes.set_xlabel("Seconds since the run began")
    axes.set_ylabel("Characters so far")
    axes.set_ylim(bottom=0)
    return _finished(figure, axes, table.title, table.remarks)


def _paper(height: float) -> tuple[Figure, Axes]:
    figure, axes = plt.subplots(figsize=(_WIDTH, height), layout="constrained", facecolor="white")
    # A notebook shows the figure that a cell gives back, and would show an open one once more.
    plt.close(figure)
    axes.set_facecolor("white")
    axes.tick_params(colors=_INK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(_INK)
    axes.grid(color=_LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    return figure, axes


def _finished(
    figure: Figure, axes: Axes, title: str, remarks: Sequence[str], *, legend: bool = True
) -> Figure:
    figure.suptitle(title, x=0.01, ha="left", color=_INK, fontweight="bold")
    axes.set_title(" · ".join(remarks), loc="left", color=_INK, fontsize="small")
    for label in (axes.xaxis.label, axes.yaxis.label):
        label.set_color(_INK)
    if legend:
        handles, names = axes.get_legend_handles_labels()
        shown = dict(zip(names, handles, strict=True))
        axes.legend(
            shown.values(), shown.keys(), loc="upper left", bbox_to_anchor=(1.0, 1.0),
            frameon=False, labelcolor=_INK, fontsize="small",
        )  # fmt: skip
    return figure
