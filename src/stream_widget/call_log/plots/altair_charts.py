"""The tables as Altair charts."""

# Altair makes its classes from a schema, and types half of what they take:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import altair as alt

from stream_widget.call_log.plots.drawing import Drawing
from stream_widget.call_log.plots.look import (
    GREY,
    KIND_COLOURS,
    SHADE,
    SILENCE_COLOURS,
    TOKEN_COLOURS,
    colours_of,
)
from stream_widget.call_log.plots.tables import PHASES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stream_widget.call_log.plots.tables import Table
    from stream_widget.call_log.plots.timeline_table import TimelineTable

__all__ = ["cost_chart", "latency_chart", "timeline_chart", "token_chart"]

_WIDTH: Final = 560
_ROW: Final = 34
_POINTS: Final = 40


def cost_chart(table: Table) -> Drawing:
    """Bars of dollars over time, stacked by model."""
    return Drawing(
        alt.Chart(table.rows, title=_title(table.title, table.remarks))
        .mark_rect()
        .encode(
            x=alt.X(
                "period:T",
                title=f"Started (UTC, by {table.period})",
                scale=alt.Scale(type="utc", domain=_span(table)),
                axis=alt.Axis(
                    format=_times(table.period),
                    tickCount=8,
                    # No two ticks with the same words.
                    tickMinStep=table.period_s * 1000,
                    labelOverlap=True,
                ),
            ),
            x2="until:T",
            y=alt.Y("base_usd:Q", title="Cost (US dollars)"),
            y2="top_usd:Q",
            color=_models(table.models),
            tooltip=[
                alt.Tooltip("utcyearmonthdatehoursminutes(period):T", title="from (UTC)"),
                alt.Tooltip("model:N"),
                alt.Tooltip("cost_usd:Q", title="US dollars", format=".6f"),
                alt.Tooltip("calls:Q", format=","),
            ],
        )
        .properties(width=_WIDTH, height=240)
    )


def token_chart(table: Table) -> Drawing:
    """A bar of tokens for each model, stacked by kind."""
    return Drawing(
        alt.Chart(table.rows, title=_title(table.title, table.remarks))
        .mark_bar()
        .encode(
            x=alt.X("tokens:Q", title="Tokens", axis=alt.Axis(format="~s")),
            y=alt.Y("model:N", title=None, sort=list(table.models), axis=_labels()),
            color=_named("kind", TOKEN_COLOURS, set(table.rows["kind"]), None, _below()),
            order=alt.Order("order:Q"),
            tooltip=["model:N", "kind:N", alt.Tooltip("tokens:Q", format=",")],
        )
        .properties(width=_WIDTH - 80, height=alt.Step(_ROW))
    )


def latency_chart(table: Table) -> Drawing:
    """For each model and phase, where 90 % and 50 % of the calls lie, and the median."""
    phases = list(PHASES)
    base = alt.Chart(table.rows).encode(
        y=alt.Y("phase:N", title=None, sort=phases),
        color=_models(table.models, legend=False),
        tooltip=[
            alt.Tooltip("model:N"),
            alt.Tooltip("phase:N"),
            alt.Tooltip("calls:Q", format=","),
            *(
                alt.Tooltip(f"{name}:Q", title=f"{name} (s)", format=".2f")
                for name in ("p5", "p25", "median", "p75", "p95")
            ),
        ],
    )
    title = "Seconds (line: 90 % of calls, bar: 50 %, tick: median)"
    whole = base.mark_rule(strokeWidth=2).encode(x=alt.X("p5:Q", title=title), x2="p95:Q")
    half = base.mark_bar(height=11).encode(x="p25:Q", x2="p75:Q")
    # Taller than the bar and of its colour: seen on any background, also where the calls are so
    # few, or so alike, that bar and line have no length.
    median = base.mark_tick(thickness=3, height=19).encode(x="median:Q", opacity=alt.value(1))
    return Drawing(
        alt.layer(whole, half, median)
        .properties(width=_WIDTH - 90, height=alt.Step(_ROW - 10))
        .facet(
            row=alt.Row(
                "model:N",
                title=None,
                sort=list(table.models),
                header=alt.Header(
                    labelAngle=0, labelAnchor="start", labelOrient="top", labelPadding=3
                ),
            ),
            spacing=4,
        )
        .properties(title=_title(table.title, table.remarks))
    )


def timeline_chart(table: TimelineTable) -> Drawing:
    """How the text grew, with silences behind it and a rule where each attempt began."""
    silence = (
        alt.Chart(table.silences)
        .mark_rect(opacity=SHADE)
        .encode(
            x=alt.X("from_s:Q", title="Seconds since the run began"),
            x2="to_s:Q",
            fill=alt.Fill(
                "what:N", title="Nothing came", scale=_scale(_silences(table)), legend=_below()
            ),
            tooltip=["what:N", alt.Tooltip("seconds:Q", format=".2f")],
        )
    )
    starts = (
        alt.Chart(table.starts)
        .mark_rule(strokeDash=[4, 3], strokeWidth=1.5, color=GREY)
        .encode(x="at_s:Q", tooltip=["attempt:Q", "model:N", "state:N"])
    )
    growth = (
        alt.Chart(table.growth)
        .mark_line(interpolate="step-after", strokeWidth=2.5, point=_few(table))
        .encode(
            x="at_s:Q",
            y=alt.Y("characters:Q", title="Characters so far"),
            color=_named("kind", KIND_COLOURS, table.kinds, "Text", _below()),
            detail="attempt:N",
            tooltip=[
                alt.Tooltip("at_s:Q", title="seconds", format=".2f"),
                alt.Tooltip("kind:N"),
                alt.Tooltip("characters:Q", format=","),
            ],
        )
    )
    return Drawing(
        alt.LayerChart(
            layer=[silence, starts, growth],
            title=_title(table.title, table.remarks),
            width=_WIDTH,
            height=260,
        )
    )


def _title(title: str, remarks: Sequence[str]) -> alt.TitleParams:
    return alt.TitleParams(title, subtitle=" · ".join(remarks), anchor="start")


def _models(names: Sequence[str], *, legend: bool = True) -> alt.Color:
    scale = alt.Scale(domain=list(names), range=colours_of(names))
    if not legend:
        return alt.Color("model:N", scale=scale, legend=None)
    return alt.Color("model:N", title=None, scale=scale, legend=_below(columns=3))


def _named(
    field: str, colours: Mapping[str, str], present: Any, title: str | None, legend: alt.Legend
) -> alt.Color:
    shown = {name: colour for name, colour in colours.items() if name in present}
    shown |= {name: GREY for name in present if name not in colours}
    return alt.Color(f"{field}:N", title=title, scale=_scale(shown), legend=legend)


def _scale(colours: Mapping[str, str]) -> alt.Scale:
    return alt.Scale(domain=list(colours), range=list(colours.values()))


def _silences(table: TimelineTable) -> Mapping[str, str]:
    present = set(table.silences["what"])
    return {what: colour for what, colour in SILENCE_COLOURS.items() if what in present}


def _below(columns: int = 0) -> alt.Legend:
    """Beside the chart, long names would be where the page has to be scrolled to see them."""
    return alt.Legend(orient="bottom", direction="horizontal", columns=columns, labelLimit=230)


def _span(table: Table) -> list[int]:
    """In milliseconds since 1970."""
    return [round(at.timestamp() * 1000) for at in table.span or ()]


def _few(table: TimelineTable) -> bool:
    """Whether points are needed to see where text came; a single one makes no line."""
    return len(table.growth) < _POINTS


def _labels() -> alt.Axis:
    return alt.Axis(labelLimit=220)


def _times(period: str) -> str:
    if "minute" in period:
        return "%H:%M"
    return "%b %d, %H:%M" if "hour" in period else "%b %d"
