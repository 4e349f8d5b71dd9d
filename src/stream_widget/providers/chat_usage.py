"""Token totals of the Chat wire, which each provider counts and places in its own way, as ours."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from stream_widget.events import Usage
from stream_widget.providers.json_values import count_in, mapping_in

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["chat_usage"]

# Where each number may stand: the first place that holds one counts.
_INPUT: Final = (("prompt_tokens",), ("input_tokens",))
_OUTPUT: Final = (("completion_tokens",), ("output_tokens",))
_TOTAL: Final = (("total_tokens",),)
_CACHED: Final = (
    ("prompt_tokens_details", "cached_tokens"),
    ("prompt_cache_hit_tokens",),  # DeepSeek
    ("cached_tokens",),  # Together
)
_WRITTEN: Final = (("prompt_tokens_details", "cache_write_tokens"),)
_REASONING: Final = (("completion_tokens_details", "reasoning_tokens"), ("reasoning_tokens",))


def chat_usage(frame: Mapping[str, object], choice: Mapping[str, object]) -> Usage | None:
    """The usage that a frame reports, wherever it stands in it; ``None`` if it reports none."""
    groq = frame.get("x_groq")
    places = (
        frame.get("usage"),
        mapping_in(groq).get("usage") if groq else None,
        choice.get("usage"),  # Moonshot
    )
    for place in places:
        if place:
            usage = _normalised(mapping_in(place))
            if usage != Usage():
                return usage
    return None


def _normalised(raw: Mapping[str, object]) -> Usage:
    output, reasoning = _count(raw, _OUTPUT), _count(raw, _REASONING)
    usage = Usage(
        input_tokens=_count(raw, _INPUT),
        cached_input_tokens=_count(raw, _CACHED),
        cache_write_tokens=_count(raw, _WRITTEN),
        output_tokens=output,
        reasoning_tokens=reasoning,
        total_tokens=_count(raw, _TOTAL),
    )
    if output is None or reasoning is None or not _reasoned_outside(usage, output, reasoning):
        return usage
    return replace(usage, output_tokens=output + reasoning)


def _reasoned_outside(usage: Usage, output: int, reasoning: int) -> bool:
    """Whether the reasoning is counted beside the output (xAI), told by the total."""
    if usage.input_tokens is None or usage.total_tokens is None:
        return reasoning > output  # a part cannot be larger than the whole
    return usage.input_tokens + output + reasoning == usage.total_tokens


def _count(raw: Mapping[str, object], places: tuple[tuple[str, ...], ...]) -> int | None:
    for *parents, name in places:
        holder = raw
        for parent in parents:
            holder = mapping_in(holder.get(parent))
        count = count_in(holder.get(name))
        if count is not None:
            return count
    return None
