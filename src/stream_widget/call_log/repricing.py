"""What calls cost by today's price data, beside what was written when they were made."""

from __future__ import annotations

import functools
import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, cast

from stream_widget import catalog
from stream_widget.call_log.columns import TOKENS
from stream_widget.call_log.frame import make_frame
from stream_widget.events import Usage
from stream_widget.request import Target

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    import pandas as pd

    from stream_widget.call_log.columns import ColumnKind
    from stream_widget.call_log.filters import Filters

__all__ = ["read_repriced", "write_prices"]

_KINDS: Final[Mapping[str, ColumnKind]] = {
    "call_id": "text",
    "started_at": "time",
    "provider": "text",
    "request_model": "text",
    "cost_before_usd": "real",
    "cost_usd": "real",
    "price_source_before": "text",
    "price_source": "text",
}
_REMEMBERED: Final = 100_000
_HOUR_US: Final = 3_600_000_000
"""Prices change with the day, and some with the hour."""
_SAME: Final = 1e-12


def read_repriced(db: sqlite3.Connection, filters: Filters) -> pd.DataFrame:
    """The calls whose cost, or the price data it is made by, is another today; oldest first."""
    condition, values = filters.where()
    rows = db.execute(
        "select call_id, started_at, provider, request_model, cost_usd, price_source, "  # noqa: S608 - ours
        f"{', '.join(TOKENS)} from calls where {condition} and "
        f"({' or '.join(f'{name} is not null' for name in TOKENS)}) order by started_at, rowid",
        values,
    )
    changed: list[tuple[object, ...]] = []
    for call_id, started_at, provider, model, before, source_before, *usage in rows:
        cost, source = _price(provider, model, started_at // _HOUR_US, *usage)
        if cost is None:
            continue  # a price that is not known today does not make the old one wrong
        same = before is not None and math.isclose(before, cost, rel_tol=_SAME)
        if not same or source != source_before:
            changed.append(
                (call_id, started_at, provider, model, before, cost, source_before, source)
            )
    return make_frame(changed, _KINDS)


def write_prices(db: sqlite3.Connection, repriced: pd.DataFrame) -> None:
    """Write the new costs, in the transaction that is open."""
    frame = cast("Any", repriced)
    db.executemany(
        "update calls set cost_usd = ?, price_source = ? where call_id = ?",
        zip(frame["cost_usd"], frame["price_source"], frame["call_id"], strict=True),
    )


@functools.lru_cache(_REMEMBERED)
def _price(
    provider: str, model: str, hour: int, *usage: int | None
) -> tuple[float | None, str | None]:
    """What was asked for a usage in an hour since 1970.

    A price takes the library a while, and many calls are alike.
    """
    at = datetime.fromtimestamp(hour * 3600, UTC)
    known = Usage(**dict(zip(TOKENS, usage, strict=True)))
    cost, source = catalog.price(Target(provider, model), known, at=at)
    return (None, None) if math.isnan(cost) else (cost, source)
