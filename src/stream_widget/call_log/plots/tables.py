"""What charts of many calls show: small tables, whatever the size of the log."""

# pandas types half of what its methods give, and that often wrongly:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
# pyright: reportAttributeAccessIssue=false, reportArgumentType=false, reportCallIssue=false
# pyright: reportReturnType=false

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stream_widget.errors import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

__all__ = ["MOST_MODELS", "PHASES", "REST", "Table", "cost_table", "latency_table", "token_table"]

MOST_MODELS: Final = 6
"""More colours than that are told apart by nobody."""
REST: Final = "all others"
_MOST_PERIODS: Final = 48
_FEWEST_PERIODS: Final = 12
"""With fewer a bar would be so wide that it looks like an area."""
_PERIODS: Final[Mapping[str, str]] = {
    "1min": "minute",
    "5min": "5 minutes",
    "15min": "15 minutes",
    "1h": "hour",
    "3h": "3 hours",
    "12h": "12 hours",
    "1D": "day",
    "7D": "7 days",
    "28D": "28 days",
    "364D": "52 weeks",
}
PHASES: Final[Mapping[str, str]] = {
    "waiting": "until the first sign of an answer",
    "reasoning": "from there to the first word of the answer",
    "writing": "from there to the end",
    "whole": "the whole call",
}
_QUANTILES: Final[Mapping[str, float]] = {
    "p5": 0.05,
    "p25": 0.25,
    "median": 0.5,
    "p75": 0.75,
    "p95": 0.95,
}


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a chart, and its words."""

    rows: pd.DataFrame
    models: Sequence[str]
    """The models in it, the most important first."""
    title: str
    remarks: Sequence[str]
    """What the reader must know to trust it; shown below the title."""
    period: str = ""
    """The width of its bars, where they stand for times."""
    period_s: float = 0.0
    """The same in seconds."""
    span: tuple[pd.Timestamp, pd.Timestamp] | None = None
    """From when to when there is room for bars; the last ends at the end."""


def cost_table(calls: pd.DataFrame) -> Table:
    """Dollars by period and model: ``period``, ``until``, ``model``, ``cost_usd``, ``calls``.

    ``base_usd`` and ``top_usd`` are where a model's piece of its period's bar begins and ends.

    Raises:
        InvalidRequestError: There is no call, or no call with a known price.
    """
    import pandas as pd  # noqa: PLC0415 - only who asks for a chart pays it

    _check(calls)
    priced = calls[calls["cost_usd"].notna()]
    if priced.empty:
        names = ", ".join(sorted(_targets(calls).unique())[:MOST_MODELS])
        raise InvalidRequestError(
            f"None of these {len(calls)} calls has a known price ({names}): there is no cost to "
            "draw."
        )
    width = _width(priced["started_at"])
    model, names = _main_models(_targets(priced), priced["cost_usd"])
    period = priced["started_at"].dt.floor(width)
    rows = (
        pd.DataFrame({"period": period, "model": model, "cost_usd": priced["cost_usd"]})
        .groupby(["period", "model"], observed=True)["cost_usd"]
        .agg(["sum", "size"])
        .reset_index()
        .set_axis(["period", "model", "cost_usd", "calls"], axis=1)
    )
    each = pd.Timedelta(width)
    rows["until"] = rows["period"] + each
    end = rows["until"].max()
    begin = min(rows["period"].min(), end - _FEWEST_PERIODS * each)
    rows["top_usd"] = rows.groupby("period")["cost_usd"].cumsum()
    rows["base_usd"] = rows["top_usd"] - rows["cost_usd"]
    total = float(priced["cost_usd"].sum())
    return Table(
        rows,
        names,
        f"Cost by {_PERIODS[width]}: {_dollars(total)} in all",
        [
            _count(len(priced), "call"),
            *_remark(len(calls) - len(priced), "without a known price left out"),
            *_remark(_estimated(priced), "estimated"),
        ],
        _PERIODS[width],
        each.total_seconds(),
        (begin, end),
    )


def token_table(calls: pd.DataFrame) -> Table:
    """Tokens by model and kind: ``model``, ``kind``, ``tokens``, ``order``.

    Raises:
        InvalidRequestError: There is no call, or none whose tokens are known.
    """
    import pandas as pd  # noqa: PLC0415 - as above

    _check(calls)
    known = calls[calls["input_tokens"].notna() | calls["output_tokens"].notna()]
    if known.empty:
        raise InvalidRequestError(f"The tokens of these {len(calls)} calls are not known.")
    counts = {
        name: known[name].fillna(0).astype("int64")
        for name in known.columns
        if name.endswith("_tokens") and name != "max_output_tokens"
    }
    cached, written = counts["cached_input_tokens"], counts["cache_write_tokens"]
    reasoning = counts["reasoning_tokens"]
    kinds = pd.DataFrame(
        {
            "input": counts["input_tokens"] - cached - written,
            "input from the cache": cached,
            "input written to the cache": written,
            "reasoning": reasoning,
            "answer": counts["output_tokens"] - reasoning,
        }
    )
    model, names = _main_models(_targets(known), kinds.sum(axis="columns"))
    rows = (
        kinds.groupby(model, observed=True)
        .sum()
        .rename_axis("model")
        .reset_index()
        .melt(id_vars="model", var_name="kind", value_name="tokens")
    )
    rows["order"] = rows["kind"].map({kind: at for at, kind in enumerate(kinds.columns)})
    rows = rows[rows["tokens"] > 0].reset_index(drop=True)
    total = int(kinds.to_numpy().sum())
    return Table(
        rows,
        names,
        f"Tokens by model: {total:,} in all",
        [
            _count(len(known), "call"),
            *_remark(len(calls) - len(known), "whose tokens are not known left out"),
            *_remark(_estimated(known), "estimated"),
        ],
    )


def latency_table(calls: pd.DataFrame) -> Table:
    """Seconds by model and phase: ``model``, ``phase``, ``calls``, ``p5`` … ``p95``, ``order``.

    Raises:
        InvalidRequestError: There is no call, or none that was answered.
    """
    import pandas as pd  # noqa: PLC0415 - as above

    _check(calls)
    answered = calls[calls["state"].isin(["completed", "incomplete"]) & calls["ttft_s"].notna()]
    if answered.empty:
        raise InvalidRequestError(f"None of these {len(calls)} calls was answered to its end.")
    first = answered["ttfo_s"].fillna(answered["duration_s"])
    phases = pd.DataFrame(
        {
            "waiting": answered["ttft_s"],
            "reasoning": first - answered["ttft_s"],
            "writing": answered["duration_s"] - first,
            "whole": answered["duration_s"],
        }
    )
    model, names = _main_models(_targets(answered), pd.Series(1, index=answered.index))
    grouped = phases.groupby(model, observed=True)
    rows = (
        grouped.quantile(list(_QUANTILES.values()))
        .rename_axis(["model", "quantile"])
        .melt(var_name="phase", value_name="seconds", ignore_index=False)
        .reset_index()
        .pivot(index=["model", "phase"], columns="quantile", values="seconds")
        .set_axis(list(_QUANTILES), axis="columns")
        .reset_index()
    )
    rows["calls"] = rows["model"].map(model.value_counts()).astype("int64")
    rows["order"] = rows["phase"].map({phase: at for at, phase in enumerate(PHASES)})
    rows = rows.sort_values(["model", "order"]).reset_index(drop=True)
    left_out = len(calls) - len(answered)
    return Table(
        rows,
        names,
        "How long calls take, and with what",
        [_count(len(answered), "call"), *_remark(left_out, "not answered to the end left out")],
    )


# What they share


def _check(calls: pd.DataFrame) -> None:
    if calls.empty:
        raise InvalidRequestError("No call of the log passes these filters: nothing to draw.")


def _targets(calls: pd.DataFrame) -> pd.Series:
    return calls["provider"] + ":" + calls["request_model"]


def _main_models(targets: pd.Series, weights: pd.Series) -> tuple[pd.Series, list[str]]:
    """Each call's model, the less important ones as one; and the names, the weightiest first."""
    import pandas as pd  # noqa: PLC0415 - as above

    ranked = list(weights.groupby(targets).sum().sort_values(ascending=False).index)
    names = ranked if len(ranked) <= MOST_MODELS else [*ranked[: MOST_MODELS - 1], REST]
    shown = targets.where(targets.isin(names), REST)
    return pd.Series(pd.Categorical(shown, categories=names), index=targets.index), names


def _width(times: pd.Series) -> str:
    """The narrowest period of which there are not too many."""
    import pandas as pd  # noqa: PLC0415 - as above

    span = times.max() - times.min()
    for width in _PERIODS:
        if span <= pd.Timedelta(width) * (_MOST_PERIODS - 1):
            return width
    return next(reversed(_PERIODS))


def _estimated(calls: pd.DataFrame) -> int:
    return int((calls["usage_source"] == "estimated").fillna(value=False).sum())


def _remark(count: int, what: str) -> list[str]:
    return [f"{count:,} {what}"] if count else []


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _dollars(amount: float) -> str:
    small = 0 < amount < 0.1  # noqa: PLR2004 - below that, cents hide all there is
    return f"${amount:,.{1 - math.floor(math.log10(amount)) if small else 2}f}"
