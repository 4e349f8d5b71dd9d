"""Where things stand in a chunk of the Chat wire: each provider has put them somewhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from stream_widget.providers.json_values import mapping_in, sequence_in, text_in

__all__ = ["error_in", "first_choice", "reasoning_in", "summarises", "thinking_in"]

_Object: TypeAlias = Mapping[str, object]

_REASONING_FIELDS: Final = ("reasoning_content", "reasoning")
"""Who sends two of these, or ``reasoning_details`` beside them, sends the same text twice."""

_DETAIL_TEXTS: Final[Mapping[str, str]] = {
    "reasoning.text": "text",
    "reasoning.summary": "summary",
}
"""Which field of a ``reasoning_details`` item holds words; ``reasoning.encrypted`` has none."""


def first_choice(choices: object) -> _Object:
    """The choice that is shown, number 0 or one without a number; empty where there is none."""
    for item in sequence_in(choices):
        choice = mapping_in(item)
        if choice and choice.get("index") in (0, None):
            return choice
    return {}


def error_in(chunk: _Object) -> object:
    """What a chunk says of an error, in any of the shapes that were seen; ``None`` for no error."""
    error = chunk.get("error")
    if error or chunk.get("choices"):
        return error or None
    flat = isinstance(chunk.get("message"), str)
    # vLLM (before 2025-08) calls the object so, DashScope sends a code and a message.
    if chunk.get("object") == "error" or chunk.get("type") == "error" or (flat and "code" in chunk):
        return {name: value for name, value in chunk.items() if name != "object"}
    return None


def reasoning_in(delta: _Object) -> str:
    """A delta's reasoning, from the first field that has some."""
    for name in _REASONING_FIELDS:
        text = delta.get(name)
        if isinstance(text, str) and text:
            return text
    details = delta.get("reasoning_details")
    if not details:
        return ""
    return "".join(
        text_in(detail.get(_DETAIL_TEXTS.get(str(detail.get("type")), ""))) or ""
        for detail in map(mapping_in, sequence_in(details))
    )


def summarises(delta: _Object) -> bool:
    """Whether a delta's reasoning is the provider's summary of it, as far as the delta says."""
    details = map(mapping_in, sequence_in(delta.get("reasoning_details")))
    return any(detail.get("type") == "reasoning.summary" for detail in details)


def thinking_in(part: _Object) -> str:
    """The words of a content part of type ``thinking`` (Mistral): text parts again, or text."""
    thinking = part.get("thinking")
    if isinstance(thinking, str):
        return thinking
    return "".join(
        text_in(piece.get("text")) or "" for piece in map(mapping_in, sequence_in(thinking))
    )
