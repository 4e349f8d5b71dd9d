"""A conversation in the Responses API's form as the messages of the Chat Completions API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from stream_widget.providers.json_values import as_json, mapping_in, sequence_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stream_widget.request import Message

__all__ = ["chat_messages"]

_TEXTS: Final = frozenset({"input_text", "output_text", "text"})


def chat_messages(
    prompt: str | Sequence[Message], *, instructions: str | None = None
) -> list[dict[str, object]]:
    """The messages; what is in the Chat form already stays as it is."""
    messages: list[dict[str, object]] = []
    if instructions:
        # Every provider takes this role; OpenAI reads it as "developer" where that is meant.
        messages.append({"role": "system", "content": instructions})
    if isinstance(prompt, str):
        return [*messages, {"role": "user", "content": prompt}]
    for message in as_json(prompt):
        _add(message, messages)
    return messages


def _add(message: Message, messages: list[dict[str, object]]) -> None:
    kind = message.get("type")
    if kind == "function_call":
        _add_call(message, messages)
    elif kind == "function_call_output":
        output = message.get("output")
        text = output if isinstance(output, str) else json.dumps(output, ensure_ascii=False)
        call_id = message.get("call_id")
        messages.append({"role": "tool", "tool_call_id": call_id, "content": text})
    elif "role" in message:
        fields = {name: value for name, value in message.items() if name not in ("type", "status")}
        messages.append({**fields, "content": _content(message.get("content"))})
    # Other items (reasoning, a search) are notes of the Responses API to itself.


def _add_call(item: Message, messages: list[dict[str, object]]) -> None:
    """Calls that were made at once belong into one message, before any of their results."""
    if not messages or messages[-1].get("role") != "assistant":
        messages.append({"role": "assistant", "content": None})
    last = messages[-1]
    function = {"name": item.get("name"), "arguments": item.get("arguments")}
    call = {"id": item.get("call_id"), "type": "function", "function": function}
    last["tool_calls"] = [*sequence_in(last.get("tool_calls")), call]


def _content(content: object) -> object:
    parts = sequence_in(content)
    return [_part(mapping_in(part)) for part in parts] if parts else content


def _part(part: Mapping[str, object]) -> dict[str, object]:
    kind = part.get("type")
    if kind in _TEXTS:
        return {"type": "text", "text": part.get("text")}
    if kind == "input_image":
        image = {name: part[name] for name in ("detail",) if name in part}
        return {"type": "image_url", "image_url": {"url": part.get("image_url"), **image}}
    if kind == "input_file":
        return {"type": "file", "file": {k: v for k, v in part.items() if k != "type"}}
    return dict(part)
