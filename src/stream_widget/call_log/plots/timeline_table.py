"""What the chart of one run shows: how its text grew, and when nothing came."""

# pandas types half of what its methods give, and that often wrongly:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false, reportArgumentType=false, reportCallIssue=false

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stream_widget.errors import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from stream_widget.call_log.plots.arrivals import AttemptArrivals

__all__ = ["TimelineTable", "timeline_table"]

_MOST_POINTS: Final = 600
_SHORTEST_PAUSE_S: Final = 0.5
_TIMES_THE_USUAL: Final = 8
_STALL_S: Final = 10.0
"""From here on the widget says that the provider sends nothing."""


@dataclass(frozen=True, slots=True)
class TimelineTable:
    """The rows of the chart, and its words."""

    growth: pd.DataFrame
    """``at_s``, ``kind``, ``attempt``, ``characters`` so far of that kind in that attempt."""
    silences: pd.DataFrame
    """``from_s``, ``to_s``, ``seconds``, and ``what``: ``waiting`` for an attempt's first text,
    a ``pause`` between texts, or a ``stall``, which is one of ten seconds and more."""
    starts: pd.DataFrame
    """``at_s``, ``attempt``, ``model``, ``state``."""
    kinds: Sequence[str]
    """The kinds in it, in the order in which they first came."""
    title: str
    remarks: Sequence[str]


def timeline_table(run_id: str, attempts: Sequence[AttemptArrivals]) -> TimelineTable:
    """How the text of a run grew.

    Raises:
        InvalidRequestError: No times were kept of it.
    """
    import pandas as pd  # noqa: PLC0415 - only who asks for a chart pays it

    arrived = [_arrivals(attempt) for attempt in attempts if len(attempt.timeline)]
    if not arrived:
        raise InvalidRequestError(
            f"The log has no times of run {run_id!r}: no text of it has arrived, or it was logged "
            "by an older version."
        )
    growth = pd.concat(arrived, ignore_index=True)
    silences = pd.concat([_silences(attempt) for attempt in attempts], ignore_index=True)
    kinds = list(dict.fromkeys(growth["kind"]))
    characters = int(growth.groupby(["attempt", "kind"])["characters"].max().sum())
    starts = pd.DataFrame(
        {
            "at_s": [attempt.started_s for attempt in attempts],
            "attempt": [attempt.number for attempt in attempts],
            "model": [attempt.model for attempt in attempts],
            "state": [attempt.state for attempt in attempts],
        }
    )
    last = attempts[-1]
    return TimelineTable(
        _thinned(growth),
        silences,
        starts,
        kinds,
        f"When the text arrived: {last.model}",
        [
            f"{characters:,} characters in {len(growth):,} arrivals",
            *([f"{len(attempts)} attempts"] if len(attempts) > 1 else []),
            *_told(silences),
            *([] if last.state == "completed" else [last.state]),
        ],
    )


def _arrivals(attempt: AttemptArrivals) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - as above

    rows = pd.DataFrame(list(attempt.timeline), columns=["at_ms", "part", "added"])
    kinds = dict(enumerate(attempt.kinds))
    kind = rows["part"].map(kinds).fillna("text")
    return pd.DataFrame(
        {
            "at_s": rows["at_ms"] / 1000,
            "kind": kind,
            "attempt": attempt.number,
            "characters": rows["added"].groupby(kind).cumsum(),
        }
    )


def _silences(attempt: AttemptArrivals) -> pd.DataFrame:
    import numpy as np  # noqa: PLC0415 - comes with pandas
    import pandas as pd  # noqa: PLC0415 - as above

    at_s = np.array([arrival.at_ms for arrival in attempt.timeline]) / 1000
    end_s = attempt.ended_s if attempt.ended_s is not None else attempt.started_s
    first_s = at_s[0] if len(at_s) else max(end_s, attempt.started_s)
    # The two clocks of a run may differ by a little; nothing arrives before it is asked for.
    waiting = [(attempt.started_s, max(float(first_s), attempt.started_s))]
    gaps = np.diff(at_s)
    usual = float(np.median(gaps)) if len(gaps) else 0.0
    long = gaps >= max(_SHORTEST_PAUSE_S, _TIMES_THE_USUAL * usual)
    between = list(zip(at_s[:-1][long], at_s[1:][long], strict=True)) if len(gaps) else []
    rows = pd.DataFrame([*waiting, *between], columns=["from_s", "to_s"], dtype="float64")
    rows["seconds"] = rows["to_s"] - rows["from_s"]
    rows["what"] = np.where(rows["seconds"] >= _STALL_S, "stall", "pause")
    rows.loc[0, "what"] = "waiting"
    return rows[rows["seconds"] > 0].nlargest(_MOST_POINTS // 6, "seconds").sort_values("from_s")


def _thinned(growth: pd.DataFrame) -> pd.DataFrame:
    """At most so many points that a notebook carries them, and no eye misses the others."""
    import pandas as pd  # noqa: PLC0415 - as above

    if len(growth) <= _MOST_POINTS:
        return growth
    series = growth.groupby(["attempt", "kind"]).ngroups
    bins = pd.cut(growth["at_s"], max(_MOST_POINTS // series, 2), labels=False)
    keys = [growth["attempt"], growth["kind"], bins]
    last = growth.groupby(keys, sort=False).tail(1).index
    first = growth.groupby(["attempt", "kind"], sort=False).head(1).index
    return growth.loc[last.union(first)].reset_index(drop=True)


def _told(silences: pd.DataFrame) -> list[str]:
    told = []
    for what in ("pause", "stall"):
        found = silences[silences["what"] == what]
        if len(found):
            seconds = float(found["seconds"].sum())
            told.append(f"{len(found)} {what}{'' if len(found) == 1 else 's'} of {seconds:.1f} s")
    return told
