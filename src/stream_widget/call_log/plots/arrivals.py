"""When the text of a run arrived, as the log keeps it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from stream_widget.call_log.reading_run import find_run
from stream_widget.run import Timeline

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

__all__ = ["AttemptArrivals", "read_arrivals"]

_KINDS: Final[Mapping[str, str]] = {
    "reasoning_text": "reasoning",
    "reasoning_summary": "summary of the reasoning",
    "output_text": "answer",
    "refusal": "refusal",
    "tool_call": "tool calls",
}
_US_PER_S: Final = 1e6
_Row: TypeAlias = tuple[int, str, int, int | None, str, float | None, str | None, str | None]
"""Attempt, model, start, end, state, time to the first token, parts, timeline."""


@dataclass(frozen=True, slots=True)
class AttemptArrivals:
    """An attempt of a run, in seconds since the run began."""

    number: int
    model: str
    started_s: float
    ended_s: float | None
    """``None`` while it goes on."""
    state: str
    kinds: tuple[str, ...]
    """Of each part: reasoning, answer and so on."""
    timeline: Timeline
    """Its milliseconds count from the start of the run."""


def read_arrivals(db: sqlite3.Connection, run_id: str) -> list[AttemptArrivals]:
    """The attempts of a run, in their order.

    Raises:
        UnknownRunError: The log has no such run; it holds the nearest ids.
    """
    rows: list[_Row] = db.execute(
        "select attempt, provider || ':' || request_model, started_at, ended_at, state, ttft_s, "
        "parts, timeline from calls left join streams using (call_id) where run_id = ? "
        "order by attempt",
        (find_run(db, run_id),),
    ).fetchall()
    timelines = [Timeline.parse(row[-1] or "") for row in rows]
    began = rows[0][2] - _first_sent_s(rows, timelines) * _US_PER_S
    return [
        AttemptArrivals(
            number=number,
            model=model,
            started_s=(started_at - began) / _US_PER_S,
            ended_s=None if ended_at is None else (ended_at - began) / _US_PER_S,
            state=state,
            kinds=_kinds(parts),
            timeline=timeline,
        )
        for (number, model, started_at, ended_at, state, _, parts, _), timeline in zip(
            rows, timelines, strict=True
        )
    ]


def _first_sent_s(rows: Sequence[_Row], timelines: Sequence[Timeline]) -> float:
    """How long after the run began its first attempt was sent.

    A run begins with a place in the queue and with modules to load; what is waited for then is
    no provider.
    """
    for row, timeline in zip(rows, timelines, strict=True):
        started_at, ttft_s = row[2], row[5]
        if ttft_s is not None and len(timeline):
            sent_s = next(iter(timeline)).at_ms / 1000 - ttft_s
            return max(sent_s - (started_at - rows[0][2]) / _US_PER_S, 0.0)
    return 0.0


def _kinds(parts: str | None) -> tuple[str, ...]:
    stored: list[tuple[str, str | None, int]] = json.loads(parts or "[]")
    return tuple(_KINDS.get(kind, kind) for kind, _, _ in stored)
