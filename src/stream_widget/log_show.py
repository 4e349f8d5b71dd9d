"""A run of the log as lines of text: what was asked, what came back, how long it took, what for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from stream_widget.call_log import printable, time_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["run_lines"]

_TEXTS: Final = {
    "instructions": "Instructions",
    "prompt": "Prompt",
    "reasoning_text": "Reasoning",
    "output_text": "Answer",
    "refusal_text": "Refusal",
}
_TOKENS: Final = {
    "input_tokens": "in",
    "cached_input_tokens": "cached",
    "output_tokens": "out",
    "reasoning_tokens": "reasoning",
}
_TIMES: Final = {
    "ttft_s": "first token after",
    "ttfo_s": "first word of the answer after",
    "duration_s": "took",
}


def run_lines(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The lines of a run.

    Args:
        rows: Its attempts as the log stores them, in order; at least one.
    """
    last = rows[-1]
    yield f"Run {last['run_id']}" + (f" ({printable(last['name'])})" if last["name"] else "")
    tags: list[str] = json.loads(last["tags"])
    if tags:
        yield f"Tags: {printable(', '.join(map(str, tags)))}"
    for row in rows:
        yield from _attempt(row)
    for column, title in _TEXTS.items():
        if last[column]:
            yield f"\n{title}:\n{printable(last[column])}"
    for call in json.loads(last["tool_calls"] or "[]"):
        yield printable(f"\nCalls {call.get('name')}:\n{call.get('arguments')}")
    if last["output_text"] is None:
        yield "\nThe texts of this run were not logged."


def _attempt(row: Mapping[str, Any]) -> Iterator[str]:
    asked = f"{row['provider']}:{row['request_model']}"
    answered = row["response_model"]
    by = f", answered by {answered}" if answered not in {None, row["request_model"]} else ""
    at = time_text(row["started_at"])[:19].replace("T", " ")
    yield f"\nAttempt {row['attempt']} at {at} UTC: {printable(asked + by)}, {row['state']}"
    if row["error_message"]:
        yield f"  {row['error_kind']}: {printable(row['error_message'])}"
    tokens = [f"{row[name]:,} {word}" for name, word in _TOKENS.items() if row[name] is not None]
    if tokens:
        yield f"  Tokens: {', '.join(tokens)} ({row['usage_source']})"
    if row["cost_usd"] is not None:
        yield f"  Cost: ${row['cost_usd']:.6f} (prices by {row['price_source']})"
    elif tokens:
        yield "  Cost: not known"
    times = [f"{word} {row[name]:.2f} s" for name, word in _TIMES.items() if row[name] is not None]
    if times:
        yield f"  Time: {', '.join(times)}"
