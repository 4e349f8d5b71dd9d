"""Calls added up by group: how many, what they used and cost, how long they took."""

from __future__ import annotations

import difflib
import math
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from stream_widget.call_log.columns import COLUMNS, CONTENT_COLUMNS, KINDS, TOKENS
from stream_widget.call_log.frame import make_frame
from stream_widget.errors import InvalidRequestError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    import pandas as pd

    from stream_widget.call_log.columns import ColumnKind
    from stream_widget.call_log.filters import Filters

__all__ = ["Connect", "read_summary", "summary_keys"]

Connect: TypeAlias = "Callable[[], AbstractContextManager[sqlite3.Connection]]"
"""Gives a reader its connection."""

_DAY: Final = "calls.started_at - (calls.started_at % 86400000000 + 86400000000) % 86400000000"
_COMPUTED: Final[Mapping[str, tuple[str, ColumnKind]]] = {
    "tag": ("tag.value", "text"),
    "day": (_DAY, "time"),
}
"""What one may group by that is no column."""

_TIMES: Final = ("ttft_s", "duration_s", "tokens_per_s")
_QUANTILES: Final[Mapping[str, float]] = {"median": 0.5, "p95": 0.95}
_MILLION: Final = 1e6
_LARGE: Final = 200_000
"""Rows from which on threads are worth their start."""
_MOST_THREADS: Final = 4
_ANSWERED: Final = frozenset({"completed", "incomplete"})
_ENDED: Final = _ANSWERED | {"cancelled"}


def summary_keys(by: str | Sequence[str] | None) -> list[str]:
    """The names to group by.

    Raises:
        InvalidRequestError: One is nothing to group by.
    """
    names = [by] if isinstance(by, str) else list(by or ())
    known = [name for name in COLUMNS if name not in CONTENT_COLUMNS and name != "tags"]
    known += _COMPUTED
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(str(name), known, n=1)
            offer = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(known)}."
            raise InvalidRequestError(f"A summary cannot be made by {name!r}. {offer}")
    return list(dict.fromkeys(names))


def read_summary(connect: Connect, filters: Filters, keys: Sequence[str]) -> pd.DataFrame:
    """One row per group of the calls that pass the filters, the dearest first.

    Args:
        connect: Gives a connection to whoever reads, on any thread.
        filters: Which calls.
        keys: What to group by, as `summary_keys` gives it.
    """
    import pandas as pd  # noqa: PLC0415 - only who asks for a frame pays it

    groups = _groups(connect, filters, keys)
    if not keys:
        groups.setdefault((), _Group())
    kinds: dict[str, ColumnKind] = {key: _kind(key) for key in keys}
    kinds.update((name, "integer") for name in ("calls", "runs", "retried", *TOKENS))
    kinds.update({"cost_usd": "real", "cost_unknown": "integer"})
    rows = [
        (*key, *each.counts, *each.tokens, each.cost_usd, each.cost_unknown)
        for key, each in groups.items()
    ]
    made = make_frame(rows, kinds)
    for at, name in enumerate(_TIMES):
        quantiles = [_quantiles(each.times[at]) for each in groups.values()]
        for called in _QUANTILES:
            made[f"{name}_{called}"] = pd.Series([q[called] for q in quantiles], dtype="float64")
    for name in ("failed_share", "estimated_share", "cost_unknown_share"):
        made[name] = pd.Series([getattr(each, name) for each in groups.values()], dtype="float64")
    if not keys:
        return made
    made = made.sort_values(
        ["cost_usd", "calls"], ascending=False, kind="stable", na_position="last"
    )
    return made.set_index(list(keys))  # pyright: ignore[reportUnknownMemberType] - pandas types half of it


@dataclass(slots=True)
class _Group:
    calls: int = 0
    retried: int = 0
    failed: int = 0
    """Runs whose last call failed."""
    used: int = 0
    estimated: int = 0
    cost_usd: float | None = None
    cost_unknown: int = 0
    tokens: list[int | None] = field(default_factory=lambda: [None] * len(TOKENS))
    times: list[list[str]] = field(default_factory=lambda: [[] for _ in _TIMES])
    """Of each kind, texts with millionths."""

    def add(self, state: str, source: str | None, counted: Sequence[Any]) -> None:
        """Take the calls of one state and one source of usage."""
        calls, priced, cost_usd, *sums = counted
        tokens, times = sums[: len(TOKENS)], sums[len(TOKENS) :]
        self.calls += calls
        self.failed += calls if state == "failed" else 0
        self.used += calls if source else 0
        self.estimated += calls if source == "estimated" else 0
        self.cost_usd = _plus(self.cost_usd, cost_usd)
        # A call that was refused used nothing: its cost is not unknown.
        if state in _ENDED or (state == "failed" and source):
            self.cost_unknown += calls - priced
        self.tokens = [_plus(*pair) for pair in zip(self.tokens, tokens, strict=True)]
        # Others end when someone ends them.
        if state in _ANSWERED:
            for known, text in zip(self.times, times, strict=True):
                known.extend([text] if text else [])

    @property
    def counts(self) -> tuple[int, int, int]:
        return self.calls, self.calls - self.retried, self.retried

    @property
    def failed_share(self) -> float:
        return _share(self.failed, self.calls - self.retried)

    @property
    def estimated_share(self) -> float:
        return _share(self.estimated, self.used)

    @property
    def cost_unknown_share(self) -> float:
        return _share(self.cost_unknown, self.calls)


def _groups(
    connect: Connect, filters: Filters, keys: Sequence[str]
) -> dict[tuple[object, ...], _Group]:
    groups: dict[tuple[object, ...], _Group] = {}
    latest = 0
    for row in _counted(connect, filters, keys):
        state, source, attempt, *counted = row[len(keys) :]
        latest = max(latest, attempt)
        groups.setdefault(row[: len(keys)], _Group()).add(state, source, counted)
    if latest > 1:
        with connect() as db:
            followed = _followed(db, filters, keys)
        for row in followed:
            calls, failed = row[len(keys) :]
            group = groups[row[: len(keys)]]
            group.retried, group.failed = calls, group.failed - failed
    return groups


def _counted(connect: Connect, filters: Filters, keys: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """What `_Group.add` takes, for each group one or more times."""
    # Of the times SQLite lists millionths as text, which is exact enough, and a third of the time
    # that a million rows of them take to become Python numbers.
    wanted = ["max(calls.attempt)", "count(*)", "count(calls.cost_usd)", "sum(calls.cost_usd)"]
    wanted += [f"sum(calls.{name})" for name in TOKENS]
    wanted += [f"group_concat(cast(calls.{name} * 1e6 as integer))" for name in _TIMES]
    finest = [*keys, "state", "usage_source"]

    def read(rows: str) -> list[tuple[Any, ...]]:
        with connect() as db:
            return _grouped(db, filters, finest, wanted, rows=rows)

    with connect() as db:
        ranges = _ranges(db, filters)
    if len(ranges) == 1:
        yield from read(ranges[0])
        return
    # SQLite sorts without Python's lock, so that each thread has a core of its own.
    with ThreadPoolExecutor(len(ranges)) as pool:
        yield from chain.from_iterable(pool.map(read, ranges))


def _ranges(db: sqlite3.Connection, filters: Filters) -> list[str]:
    """Conditions that share out the rows of a large log; each row is in one range."""
    first, last = db.execute("select min(rowid), max(rowid) from calls").fetchone()
    parts = min(os.cpu_count() or 1, _MOST_THREADS)
    if filters.since is not None or last is None or last - first < _LARGE or parts == 1:
        return ["true"]
    bounds = [first + (last - first) * at // parts for at in range(1, parts)]
    inner = [f"calls.rowid >= {low} and calls.rowid < {high}" for low, high in pairwise(bounds)]
    return [f"calls.rowid < {bounds[0]}", *inner, f"calls.rowid >= {bounds[-1]}"]


def _followed(
    db: sqlite3.Connection, filters: Filters, keys: Sequence[str]
) -> list[tuple[Any, ...]]:
    """Of each group: the calls that another attempt of their run followed, and how many failed."""
    condition, values = filters.where()
    latest = (
        "join (select calls.run_id, max(calls.attempt) as attempt from calls "  # noqa: S608 - ours
        f"where calls.attempt > 1 and {condition} group by calls.run_id) as latest "
        "on latest.run_id = calls.run_id and calls.attempt < latest.attempt"
    )
    wanted = ["count(*)", "sum(calls.state = 'failed')"]
    found = _grouped(db, filters, keys, wanted, join=latest, bound=values)
    return [row for row in found if row[-2]]


def _grouped(  # noqa: PLR0913 - the parts of one statement
    db: sqlite3.Connection,
    filters: Filters,
    keys: Sequence[str],
    wanted: Sequence[str],
    *,
    join: str = "",
    bound: Sequence[str | int] = (),
    rows: str = "true",
) -> list[tuple[Any, ...]]:
    expressions = [_expression(key) for key in keys]
    source = f"calls {join}" + (", json_each(calls.tags) as tag" if "tag" in keys else "")
    condition, values = filters.where()
    groups = f" group by {', '.join(expressions)}" if keys else ""
    return db.execute(
        f"select {', '.join([*expressions, *wanted])} from {source} "  # noqa: S608 - names are ours, values are bound
        f"where {condition} and {rows}{groups}",
        [*bound, *values],
    ).fetchall()


def _expression(key: str) -> str:
    return _COMPUTED[key][0] if key in _COMPUTED else f"calls.{key}"


def _kind(key: str) -> ColumnKind:
    return _COMPUTED[key][1] if key in _COMPUTED else KINDS[key]


def _quantiles(texts: Sequence[str]) -> dict[str, float]:
    import numpy as np  # noqa: PLC0415 - comes with pandas

    if not texts:
        return dict.fromkeys(_QUANTILES, math.nan)
    values = np.fromstring(",".join(texts), dtype=np.int64, sep=",") / _MILLION
    return {name: float(np.quantile(values, share)) for name, share in _QUANTILES.items()}


def _plus(one: Any, other: Any) -> Any:
    """Nothing known of both is not 0."""
    return other if one is None else one if other is None else one + other


def _share(part: int, whole: int) -> float:
    """Of nothing there is no share: NaN."""
    return part / whole if whole else math.nan
