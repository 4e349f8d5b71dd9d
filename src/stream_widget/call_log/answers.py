"""What a model's past answers were like: for the estimate of tokens and of the time left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3

__all__ = ["RecentAnswers", "read_recent_answers"]

_FEWEST: Final = 3
"""Answers below which nothing is concluded: one sample is no proof."""
_FEWEST_CHARS_PER_TOKEN: Final = 1.0
_MOST_CHARS_PER_TOKEN: Final = 12.0

# The words of the partial index `calls_answers`, which makes this quick in a log of any size.
_COMPLETED: Final = (
    "select output_tokens, "
    # Reasoning that is in the tokens and not counted apart would spoil the ratio; so would the
    # arguments of a tool call, which are tokens and no text.
    "case when finish_reason is not 'tool_call' and "
    "(reasoning_tokens > 0 or reasoning_text is null or reasoning_text = '') "
    "then output_tokens - coalesce(reasoning_tokens, 0) end, "
    "length(output_text) "
    "from calls where request_model = ? and state = 'completed' and usage_source = 'reported' "
    "and output_tokens is not null order by started_at desc limit ?"
)


@dataclass(frozen=True, slots=True)
class RecentAnswers:
    """The latest completed calls of a model whose usage the provider reported."""

    count: int
    """How many there are, up to the limit asked for."""
    median_output_tokens: int | None
    """Reasoning included; ``None`` with fewer than three."""
    chars_per_token: float | None
    """Characters of answer text per token of it; ``None`` with fewer than three logged texts."""


def read_recent_answers(db: sqlite3.Connection, model: str, *, limit: int) -> RecentAnswers:
    """What the latest answers of a request model were like."""
    rows: list[tuple[int, int | None, int | None]] = db.execute(
        _COMPLETED, (model, limit)
    ).fetchall()
    texts = [(length, tokens) for _, tokens, length in rows if tokens and length and tokens > 0]
    return RecentAnswers(
        count=len(rows),
        median_output_tokens=_median([tokens for tokens, _, _ in rows]),
        chars_per_token=_chars_per_token(texts),
    )


def _median(values: list[int]) -> int | None:
    if len(values) < _FEWEST:
        return None
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return round((ordered[middle - 1] + ordered[middle]) / 2)


def _chars_per_token(texts: list[tuple[int, int]]) -> float | None:
    if len(texts) < _FEWEST:
        return None
    ratio = sum(length for length, _ in texts) / sum(tokens for _, tokens in texts)
    return min(max(ratio, _FEWEST_CHARS_PER_TOKEN), _MOST_CHARS_PER_TOKEN)
