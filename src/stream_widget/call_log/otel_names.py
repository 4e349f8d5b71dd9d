"""Our columns in the words of OpenTelemetry's conventions for generative AI.

The conventions are in development and have moved: the newest spelling is that of
https://github.com/open-telemetry/semantic-conventions-genai (0.1.0, read 2026-11); the previous one
is the word an attribute had before it was last renamed, for what was built on
https://opentelemetry.io/docs/specs/semconv/ until 1.41. What they have no word for is an attribute
``stream_widget.<column>``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from stream_widget.call_log.columns import STORED

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "CONTENT_NAMES",
    "NO_ATTRIBUTES",
    "OPERATION",
    "OTEL_NAMES",
    "OtelName",
    "Spelling",
    "otel_provider",
]

Spelling: TypeAlias = Literal["newest", "previous"]

_OWN: Final = "stream_widget."
OPERATION: Final = "chat"
"""The value of ``gen_ai.operation.name``: a response to messages, whatever the wire API."""


@dataclass(frozen=True, slots=True)
class OtelName:
    """An attribute's name; most have kept theirs, and some had none before."""

    newest: str
    previous: str

    def spelled(self, spelling: Spelling) -> str:
        """The name in one of the two spellings."""
        return self.newest if spelling == "newest" else self.previous


def _same(name: str) -> OtelName:
    return OtelName(name, name)


NO_ATTRIBUTES: Final = frozenset({"started_at", "ended_at", "duration_s"})
"""Columns that a span has as its own times."""

CONTENT_NAMES: Final[Mapping[str, OtelName]] = {
    "prompt": _same("gen_ai.input.messages"),
    "instructions": _same("gen_ai.system_instructions"),
    "output_text": _same("gen_ai.output.messages"),
    "reasoning_text": _same("gen_ai.output.messages"),
    "refusal_text": _same("gen_ai.output.messages"),
    "tool_calls": _same("gen_ai.output.messages"),
}
"""Where what people and models wrote goes, where it is asked for; several may be parts of one."""

_CONVENTIONAL: Final[Mapping[str, OtelName]] = {
    "provider": OtelName("gen_ai.provider.name", "gen_ai.system"),
    "request_model": _same("gen_ai.request.model"),
    "response_model": _same("gen_ai.response.model"),
    "response_id": _same("gen_ai.response.id"),
    "finish_reason": _same("gen_ai.response.finish_reasons"),
    "error_kind": _same("error.type"),
    "effort": OtelName("gen_ai.request.reasoning.level", "stream_widget.effort"),
    "temperature": _same("gen_ai.request.temperature"),
    "max_output_tokens": _same("gen_ai.request.max_tokens"),
    "streamed": _same("gen_ai.request.stream"),
    "input_tokens": _same("gen_ai.usage.input_tokens"),
    "cached_input_tokens": _same("gen_ai.usage.cache_read.input_tokens"),
    "cache_write_tokens": OtelName(
        "gen_ai.usage.cache_write.input_tokens", "gen_ai.usage.cache_creation.input_tokens"
    ),
    "output_tokens": _same("gen_ai.usage.output_tokens"),
    "reasoning_tokens": _same("gen_ai.usage.reasoning.output_tokens"),
    "ttft_s": _same("gen_ai.response.time_to_first_chunk"),
}

OTEL_NAMES: Final[Mapping[str, OtelName]] = {
    column: _CONVENTIONAL.get(column) or CONTENT_NAMES.get(column) or _same(_OWN + column)
    for column in STORED
    if column not in NO_ATTRIBUTES
}
"""The attribute of each column, in the order of the columns."""

_PROVIDERS: Final[Mapping[str, str]] = {"xai": "x_ai"}


def otel_provider(provider: str, spelling: Spelling = "newest") -> str:
    """A provider by its name in the conventions; by ours where that is theirs, or there is none."""
    return _PROVIDERS.get(provider, provider) if spelling == "newest" else provider
