"""The columns of a call, in their order, and what kind of thing each holds."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from stream_widget.events import Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["COLUMNS", "CONTENT_COLUMNS", "KINDS", "STORED", "TOKENS", "ColumnKind"]

ColumnKind: TypeAlias = Literal["text", "integer", "real", "boolean", "time", "json"]
"""``time`` is stored as whole microseconds since 1970 UTC: exact for a ``datetime``, compared and
indexed as a number, and a column of them becomes a pandas one without parsing a text per row.
``boolean`` is stored as 0 or 1, ``json`` as a JSON list."""

KINDS: Final[Mapping[str, ColumnKind]] = {
    "call_id": "text",
    "run_id": "text",
    "attempt": "integer",
    "started_at": "time",
    "ended_at": "time",
    "provider": "text",
    "api": "text",
    "request_model": "text",
    "response_model": "text",
    "response_id": "text",
    "state": "text",
    "finish_reason": "text",
    "raw_finish_reason": "text",
    "error_kind": "text",
    "error_message": "text",
    "effort": "text",
    "summary": "text",
    "verbosity": "text",
    "temperature": "real",
    "max_output_tokens": "integer",
    "streamed": "boolean",
    "input_tokens": "integer",
    "cached_input_tokens": "integer",
    "cache_write_tokens": "integer",
    "output_tokens": "integer",
    "reasoning_tokens": "integer",
    "total_tokens": "integer",
    "usage_source": "text",
    "cost_usd": "real",
    "price_source": "text",
    "duration_s": "real",
    "ttft_s": "real",
    "ttfo_s": "real",
    "tokens_per_s": "real",
    "prompt": "text",
    "instructions": "text",
    "output_text": "text",
    "reasoning_text": "text",
    "refusal_text": "text",
    "name": "text",
    "tags": "json",
    "comparison_id": "text",
    "repeat": "integer",
    "app_version": "text",
    "tool_calls": "json",
}

STORED: Final[tuple[str, ...]] = tuple(KINDS)
"""The names, in the order of the table."""

COLUMNS: Final[tuple[str, ...]] = tuple(name for name in STORED if name != "tool_calls")
"""The names, in the order of every frame; tool calls are in one only where they are asked for."""

TOKENS: Final[tuple[str, ...]] = tuple(field.name for field in fields(Usage))
"""The names of the token totals."""

CONTENT_COLUMNS: Final[frozenset[str]] = frozenset(
    {"prompt", "instructions", "output_text", "reasoning_text", "refusal_text", "tool_calls"}
)
"""What people and models wrote; null where content is not logged."""
