"""What the log knows of a run, as the page sees runs."""

from __future__ import annotations

import json
from dataclasses import fields
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from stream_widget.errors import ProviderError
from stream_widget.events import Usage
from stream_widget.request import Target
from stream_widget.run import Timeline
from stream_widget.run.sentences import asking_again, asking_instead
from stream_widget.widget.read_document import SCHEMA, read_document

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stream_widget.widget.protocol import RunView

__all__ = ["logged_view"]

_Row = "Mapping[str, Any]"
_SECOND: Final = 1e6
"""Microseconds, in which the log keeps times."""
_JOINED: Final = "\n\n"
"""Between the parts of a reasoning."""
_REASONING: Final = frozenset({"reasoning_summary", "reasoning_text"})
_STATES: Final = frozenset({"pending", "streaming", "paused", "completed", "incomplete"}) | {
    "cancelled",
    "failed",
}
_NO_CONTENT: Final = (
    "The texts of this run were not logged: log_content was False. Its numbers are here."
)


def logged_view(rows: Sequence[Mapping[str, Any]]) -> RunView:
    """The view of a run.

    Args:
        rows: Its attempts as the log stores them, in order, each with ``parts`` and ``timeline``,
            which may be ``None``; at least one.

    Raises:
        InvalidRequestError: A row holds what no run can have; the message says where.
    """
    first, last = rows[0], rows[-1]
    parts, timeline = _parts(last)
    before_s = _before_s(first, last, timeline)
    started_s = last["started_at"] / _SECOND - before_s
    usage = {field.name: last[field.name] for field in fields(Usage)}
    view = {
        "run": last["run_id"],
        "started_at": max(started_s, 0.0),
        "first_target": f"{first['provider']}:{first['request_model']}",
        "name": last["name"],
        "provider": last["provider"],
        "model": last["request_model"],
        "response_model": last["response_model"],
        "effort": last["effort"],
        "summary": last["summary"],
        "verbosity": last["verbosity"],
        "max_output_tokens": last["max_output_tokens"],
        "attempt": last["attempt"],
        "state": last["state"] if last["state"] in _STATES else "failed",
        "finish_reason": last["finish_reason"],
        "raw_finish_reason": last["raw_finish_reason"],
        "elapsed_s": before_s + _lasted_s(last, timeline, before_s),
        "ttft_s": last["ttft_s"],
        "ttfo_s": last["ttfo_s"],
        "parts": parts,
        "usage": usage if any(value is not None for value in usage.values()) else None,
        "usage_source": last["usage_source"],
        "cost_usd": last["cost_usd"],
        "price_source": last["price_source"],
        "error": _error_view(last),
        "notices": _notices(rows),
        "timeline": timeline,
    }
    return read_document({"schema": SCHEMA, "runs": [view]}).runs[0]


def _before_s(first: Mapping[str, Any], last: Mapping[str, Any], timeline: str) -> float:
    """Seconds of the run before its last attempt began: earlier ones, loading an SDK."""
    arrivals = Timeline.parse(timeline)
    if len(arrivals) and last["ttft_s"] is not None:
        # The one moment that is known on both clocks: the first text.
        return max(next(iter(arrivals)).at_ms / 1000 - last["ttft_s"], 0.0)
    return max((last["started_at"] - first["started_at"]) / _SECOND, 0.0)


def _lasted_s(last: Mapping[str, Any], timeline: str, before_s: float) -> float:
    if last["duration_s"] is not None:
        return max(last["duration_s"], 0.0)
    newest_s = max((arrival.at_ms for arrival in Timeline.parse(timeline)), default=0) / 1000
    return max(newest_s - before_s, 0.0)


def _error_view(row: Mapping[str, Any]) -> dict[str, object] | None:
    if row["error_kind"] is None and row["error_message"] is None:
        return None
    message = row["error_message"] or f"It failed: {row['error_kind']}."
    return {"kind": row["error_kind"] or "interrupted", "message": message}


def _notices(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    told = [_told(before, after) for before, after in pairwise(rows)]
    last = rows[-1]
    if last["output_text"] is None and last["prompt"] is None and last["ended_at"] is not None:
        told.append(_NO_CONTENT)
    return [{"level": "info", "text": text} for text in told]


def _told(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """What the run told of a failed attempt when it happened."""
    target, following = (Target(row["provider"], row["request_model"]) for row in (before, after))
    error = ProviderError(
        before["error_message"] or "",
        kind=before["error_kind"] or "interrupted",
        target=str(target),
    )
    if following != target:
        return asking_instead(target, error, following)
    ended_at = before["ended_at"] or after["started_at"]
    wait_s = max(after["started_at"] - ended_at, 0) / _SECOND
    return asking_again(target, error, wait_s=wait_s)


# Texts


def _parts(row: Mapping[str, Any]) -> tuple[list[dict[str, object]], str]:
    """The parts of an answer and their timeline, which is empty where nobody noted it."""
    if row["parts"] is not None:
        cut = _cut(row, json.loads(row["parts"]))
        if cut is not None:
            times = _times(row["timeline"] or "", len(cut))
            return [part | at for part, at in zip(cut, times, strict=True)], row["timeline"] or ""
    return _whole(row), ""


def _cut(row: Mapping[str, Any], listed: Sequence[Sequence[Any]]) -> list[dict[str, object]] | None:
    """The texts of a row cut into their parts; ``None`` where the lengths do not fit the texts."""
    left = {
        "output_text": row["output_text"] or "",
        "refusal": row["refusal_text"] or "",
        "reasoning": row["reasoning_text"] or "",
    }
    calls: list[dict[str, Any]] = json.loads(row["tool_calls"] or "[]")
    parts: list[dict[str, object]] = []
    for kind, name, characters in listed:
        if kind == "tool_call":
            call = calls.pop(0) if calls else {}
            text = call.get("arguments") or ""
            parts.append({"kind": kind, "name": name, "text": text, "call_id": call.get("id")})
        else:
            track = "reasoning" if kind in _REASONING else kind
            text, left[track] = left[track][:characters], left[track][characters:]
            if track == "reasoning" and characters:
                left[track] = left[track].removeprefix(_JOINED)
            parts.append({"kind": kind, "name": name, "text": text})
        if len(text) != characters:
            return None
    return None if calls or any(left.values()) else parts


def _times(timeline: str, parts: int) -> list[dict[str, float]]:
    """When each part got its first text and its last, in seconds of the run."""
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for at_ms, part, _ in Timeline.parse(timeline):
        first.setdefault(part, at_ms)
        last[part] = at_ms
    return [
        {"started_s": first.get(part, 0) / 1000, "finished_s": last.get(part, 0) / 1000}
        for part in range(parts)
    ]


def _whole(row: Mapping[str, Any]) -> list[dict[str, object]]:
    """One part for each text, where nobody noted how it came."""
    first_s, answer_s = row["ttft_s"] or 0.0, row["ttfo_s"] or row["ttft_s"] or 0.0
    parts: list[dict[str, object]] = [
        {"kind": kind, "text": row[column], "started_s": at_s}
        for kind, column, at_s in (
            ("reasoning_text", "reasoning_text", first_s),
            ("output_text", "output_text", answer_s),
            ("refusal", "refusal_text", first_s),
        )
        if row[column]
    ]
    calls: list[dict[str, Any]] = json.loads(row["tool_calls"] or "[]")
    return parts + [
        {
            "kind": "tool_call",
            "name": call.get("name"),
            "call_id": call.get("id"),
            "text": call.get("arguments") or "",
            "started_s": first_s,
        }
        for call in calls
    ]
