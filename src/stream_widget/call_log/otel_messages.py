"""Prompts and answers as the messages of OpenTelemetry's conventions for generative AI.

Each is a list of ``{"role": …, "parts": [{"type": …, "content": …}]}``, written as JSON, since an
attribute of a span holds no mapping (schemas beside the conventions, see `otel_names`).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from stream_widget.request import message_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stream_widget.request import Message

__all__ = ["Redact", "input_messages", "output_messages", "system_instructions"]

Redact: TypeAlias = "Callable[[str], str]"
"""Takes out of a text what may not leave this process."""
_Part: TypeAlias = "dict[str, object]"

_PARTS: Final[Mapping[str, str]] = {
    "reasoning_text": "reasoning",
    "output_text": "text",
    "refusal_text": "text",
}
"""The type of part that each text of an answer is, in the order in which they come."""


def input_messages(prompt: str | Sequence[Message], *, redact: Redact) -> str:
    """What was asked; a prompt that is one text is one message of the user."""
    if isinstance(prompt, str):
        prompt = [{"role": "user", "content": prompt}]
    return _json(
        [
            {
                "role": str(message.get("role", "user")),
                "parts": [_text("text", message_text(message), redact)],
            }
            for message in prompt
        ]
    )


def system_instructions(instructions: str, *, redact: Redact) -> str:
    """The system's word to the model."""
    return _json([_text("text", instructions, redact)])


def output_messages(values: Mapping[str, object], *, redact: Redact) -> str | None:
    """What was answered, one message; ``None`` if nothing was.

    Args:
        values: The columns of a call.
        redact: Applied to each text.
    """
    parts = [
        _text(kind, text, redact)
        for column, kind in _PARTS.items()
        if isinstance(text := values.get(column), str) and text
    ]
    parts += _tool_calls(values.get("tool_calls"), redact)
    return _json([{"role": "assistant", "parts": parts}]) if parts else None


def _tool_calls(value: object, redact: Redact) -> list[_Part]:
    calls: object = json.loads(value) if isinstance(value, str) else value
    return [
        {
            "type": "tool_call",
            "id": call.get("id"),
            "name": call.get("name"),
            "arguments": redact(call.get("arguments") or ""),
        }
        for call in cast("list[dict[str, str | None]]", calls or [])
    ]


def _text(kind: str, text: str, redact: Redact) -> _Part:
    return {"type": kind, "content": redact(text)}


def _json(value: object) -> str:
    # Half a surrogate pair may be in a model's text, and in no text that is exported.
    text = json.dumps(value, ensure_ascii=False)
    return text.encode(errors="replace").decode()
