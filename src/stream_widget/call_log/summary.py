"""Calls added up by group: how many, what they used and cost, how long they took."""

from __future__ import annotations

import difflib
import json
import math
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from stream_widget.call_log.columns import COLUMNS, CONTENT_COLUMNS, KINDS, TOKENS
from stream_widget.call_log.frame import make_frame
from stream_widget.errors import InvalidRequestError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Generator, Iterator, Mapping, Sequence

    import pandas as pd

    from stream_widget.call_log.columns import ColumnKind
    from stream_widget.call_log.filters import Filters

__all__ = ["read_summary", "summary_keys"]

_DAY: Final = "calls.started_at - (calls.started_at % 86400000000 + 86400000000) % 86400000000"
_COMPUTED: Final[Mapping[str, tuple[str, ColumnKind]]] = {
    "tag": ("calls.tags", "text"),
    "day": (_DAY, "time"),
}
"""What one may group by that is no column."""
_INDEXED: Final = (
    "usage_source",
    "state",
    "provider",
    "request_model",
    "response_model",
    "effort",
    "day",
    "tag",
    "name",
)
"""What the index `calls_summary` begins with, in its order: rows come from it grouped by these.

Those of which a log has many values are at the end, where they make groups finer for few."""

_TIMES: Final = ("ttft_s", "duration_s", "tokens_per_s")
_QUANTILES: Final[Mapping[str, float]] = {"median": 0.5, "p95": 0.95}
_MILLION: Final = 1e6
_ANSWERED: Final = frozenset({"completed", "incomplete"})
_ENDED: Final = _ANSWERED | {"cancelled"}
_REMEMBERED: Final = 4096
"""Texts of tags; most logs have a handful."""


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
            near = [each for each in known if name and f"_{name}" in each]
            near = near or difflib.get_close_matches(str(name), known, n=1)
            offer = " or ".join(map(repr, near))
            offer = f"Did you mean {offer}?" if near else f"There are {', '.join(known)}."
            raise InvalidRequestError(f"A summary cannot be made by {name!r}. {offer}")
    return list(dict.fromkeys(names))


def read_summary(db: sqlite3.Connection, filters: Filters, keys: Sequence[str]) -> pd.DataFrame:
    """One row per group of the calls that pass the filters, the dearest first.

    Args:
        db: In no transaction.
        filters: Which calls.
        keys: What to group by, as `summary_keys` gives it.
    """
    import pandas as pd  # noqa: PLC0415 - only who asks for a frame pays it

    groups = _groups(db, filters, keys)
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
    order = {"cost_usd": False, "calls": False, **dict.fromkeys(keys, True)}
    made = made.sort_values(list(order), ascending=list(order.values()), na_position="last")
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

    def follow(self, state: str, calls: int) -> None:
        """Know of calls that another attempt of their run followed."""
        self.retried += calls
        self.failed -= calls if state == "failed" else 0

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
    db: sqlite3.Connection, filters: Filters, keys: Sequence[str]
) -> dict[tuple[object, ...], _Group]:
    finest = _finest(keys)
    state, source = finest.index("state"), finest.index("usage_source")
    groups: dict[tuple[object, ...], _Group] = {}
    latest = 0
    with _moment(db):
        for row in _counted(db, filters, finest):
            attempt, *counted = row[len(finest) :]
            latest = max(latest, attempt)
            for key in _keys_of(row, finest, keys):
                groups.setdefault(key, _Group()).add(row[state], row[source], counted)
        followed = _followed(db, filters, finest) if latest > 1 else []
    for row in followed:
        for key in _keys_of(row, finest, keys):
            groups[key].follow(row[state], row[-1])
    return groups


@contextmanager
def _moment(db: sqlite3.Connection) -> Generator[None, None, None]:
    """All that is read sees the log as of one moment."""
    db.execute("begin")
    try:
        yield
    finally:
        if db.in_transaction:
            db.execute("rollback")


def _finest(keys: Sequence[str]) -> Sequence[str]:
    """What to have SQLite group by, so that it need not sort: that takes most of the time.

    Groups finer than asked for cost little to add up. What the index has not in front is sorted.
    """
    wanted = {*keys, "state", "usage_source"}
    if not wanted.issubset(_INDEXED):
        return [*dict.fromkeys([*keys, "state", "usage_source"])]
    return _INDEXED[: max(_INDEXED.index(key) for key in wanted) + 1]


def _keys_of(
    row: Sequence[Any], finest: Sequence[str], keys: Sequence[str]
) -> Iterator[tuple[object, ...]]:
    """The groups of a row: more than one, or none, by tag."""
    values = dict(zip(finest, row, strict=False))
    return product(*(_tags(values[key]) if key == "tag" else (values[key],) for key in keys))


@lru_cache(_REMEMBERED)
def _tags(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(tag) for tag in json.loads(text)))


def _counted(
    db: sqlite3.Connection, filters: Filters, finest: Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    """The latest attempt and what `_Group.add` takes, by the finest groups."""
    # Of the times SQLite lists millionths as text, which is exact enough, and a third of the time
    # that a million rows of them take to become Python numbers.
    wanted = ["max(calls.attempt)", "count(*)", "count(calls.cost_usd)", "sum(calls.cost_usd)"]
    wanted += [f"sum(calls.{name})" for name in TOKENS]
    wanted += [f"group_concat(cast(calls.{name} * 1e6 as integer))" for name in _TIMES]
    condition, values = filters.where(scanning=True)
    groups = ", ".join(_expression(key) for key in finest)
    return db.execute(
        f"select {groups}, {', '.join(wanted)} from calls "  # noqa: S608 - names are ours, values are bound
        f"where {condition} group by {groups}",
        values,
    )


def _followed(
    db: sqlite3.Connection, filters: Filters, finest: Sequence[str]
) -> list[tuple[Any, ...]]:
    """By the finest groups: how many calls another attempt of their run followed."""
    condition, values = filters.where()
    groups = ", ".join(_expression(key) for key in finest)
    # The index `calls_retried` has the attempts after the first.
    return db.execute(
        f"select {groups}, count(*) from calls "  # noqa: S608 - as above
        "join (select calls.run_id, max(calls.attempt) as attempt from calls "
        f"where calls.attempt > 1 and {condition} group by calls.run_id) as latest "
        "on latest.run_id = calls.run_id and calls.attempt < latest.attempt "
        f"where {condition} group by {groups}",
        [*values, *values],
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
