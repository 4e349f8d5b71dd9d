"""A conversation in the Responses API's form as the system text and messages of Anthropic's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from stream_widget.providers.json_values import as_json, mapping_in, sequence_in, text_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stream_widget.request import Message

__all__ = ["messages_conversation"]

_TEXTS: Final[Mapping[object, str]] = {
    "input_text": "text",
    "output_text": "text",
    "refusal": "refusal",
}
"""Where a part of the Responses API has its text; Anthropic's own ``text`` stays as it is."""
_SYSTEM_ROLES: Final = frozenset({"system", "developer"})


def messages_conversation(
    prompt: str | Sequence[Message], *, instructions: str | None = None
) -> tuple[str | None, list[dict[str, object]]]:
    """The system text and the messages; what is in Anthropic's form already stays as it is."""
    system = [instructions] if instructions else []
    if isinstance(prompt, str):
        return _joined(system), [{"role": "user", "content": prompt}]
    messages: list[dict[str, object]] = []
    for message in as_json(prompt):
        if message.get("role") in _SYSTEM_ROLES:
            system.append(_plain(message.get("content")))
        else:
            _add(message, messages)
    return _joined(system), messages


def _add(message: Message, messages: list[dict[str, object]]) -> None:
    kind = message.get("type")
    if kind == "function_call":
        _append("assistant", _call(message), messages)
    elif kind == "function_call_output":
        _append("user", _result(message), messages)
    elif "role" in message:
        messages.append({"role": message["role"], "content": _content(message.get("content"))})
    # Other items (reasoning, a search) are notes of the Responses API to itself.


def _append(role: str, block: dict[str, object], messages: list[dict[str, object]]) -> None:
    """Add a block to the last message of its role: calls made at once belong into one message."""
    if not messages or messages[-1]["role"] != role:
        messages.append({"role": role, "content": []})
    last = messages[-1]
    content = last["content"]
    before = [{"type": "text", "text": content}] if isinstance(content, str) else content
    last["content"] = [*sequence_in(before), block]


def _call(item: Message) -> dict[str, object]:
    try:
        given = mapping_in(json.loads(text_in(item.get("arguments")) or "{}"))
    except ValueError:
        given = {}
    return {"type": "tool_use", "id": item.get("call_id"), "name": item.get("name"), "input": given}


def _result(item: Message) -> dict[str, object]:
    output = item.get("output")
    content = _content(output)
    if not isinstance(content, str | list):
        content = json.dumps(output, ensure_ascii=False)
    return {"type": "tool_result", "tool_use_id": item.get("call_id"), "content": content}


def _content(content: object) -> object:
    parts = sequence_in(content)
    return [_block(mapping_in(part)) for part in parts] if parts else content


def _block(part: Mapping[str, object]) -> dict[str, object]:
    kind = part.get("type")
    if kind in _TEXTS:
        return {"type": "text", "text": part.get(_TEXTS[kind])}
    if kind == "input_image":
        return {"type": "image", "source": _source(text_in(part.get("image_url")) or "")}
    if kind == "input_file":
        url = text_in(part.get("file_data")) or text_in(part.get("file_url")) or ""
        return {"type": "document", "source": _source(url)}
    return dict(part)


def _source(url: str) -> dict[str, object]:
    """Where an image or a file is: at an address, or in the ``data:`` URL itself."""
    header, comma, data = url.partition(",")
    if not (comma and header.startswith("data:")):
        return {"type": "url", "url": url}
    media_type = header.removeprefix("data:").removesuffix(";base64")
    return {"type": "base64", "media_type": media_type, "data": data}


def _plain(content: object) -> str:
    if isinstance(content, str):
        return content
    texts = (text_in(mapping_in(part).get("text")) for part in sequence_in(content))
    return "\n\n".join(filter(None, texts))


def _joined(texts: Sequence[str]) -> str | None:
    return "\n\n".join(filter(None, texts)) or None
