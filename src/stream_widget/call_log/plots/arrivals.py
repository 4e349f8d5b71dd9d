"""When the text of a run arrived, as the log keeps it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stream_widget.call_log.reading_run import find_run
from stream_widget.run import Timeline

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

__all__ = ["AttemptArrivals", "read_arrivals"]

_KINDS: Final[Mapping[str, str]] = {
    "reasoning_text": "reasoning",
    "reasoning_summary": "summary of the reasoning",
    "output_text": "answer",
    "refusal": "refusal",
    "tool_call": "tool calls",
}
_US_PER_S: Final = 1e6


@dataclass(frozen=True, slots=True)
class AttemptArrivals:
    """An attempt of a run, in seconds since the run's first attempt was sent."""

    number: int
    model: str
    started_s: float
    ended_s: float | None
    """``None`` while it goes on."""
    state: str
    kinds: tuple[str, ...]
    """Of each part: reasoning, answer and so on."""
    timeline: Timeline
    """Its milliseconds count from the start of the run, which is that of the first attempt."""


def read_arrivals(db: sqlite3.Connection, run_id: str) -> list[AttemptArrivals]:
    """The attempts of a run, in their order.

    Raises:
        UnknownRunError: The log has no such run; it holds the nearest ids.
    """
    rows: list[tuple[int, str, int, int | None, str, str | None, str | None]] = db.execute(
        "select attempt, provider || ':' || request_model, started_at, ended_at, state, parts, "
        "timeline from calls left join streams using (call_id) where run_id = ? order by attempt",
        (find_run(db, run_id),),
    ).fetchall()
    first = rows[0][2]
    return [
        AttemptArrivals(
            number=number,
            model=model,
            started_s=(started_at - first) / _US_PER_S,
            ended_s=None if ended_at is None else (ended_at - first) / _US_PER_S,
            state=state,
            kinds=_kinds(parts),
            timeline=Timeline.parse(timeline or ""),
        )
        for number, model, started_at, ended_at, state, parts, timeline in rows
    ]


def _kinds(parts: str | None) -> tuple[str, ...]:
    stored: list[tuple[str, str | None, int]] = json.loads(parts or "[]")
    return tuple(_KINDS.get(kind, kind) for kind, _, _ in stored)
