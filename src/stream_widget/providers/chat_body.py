"""A request as the body of a Chat Completions call, in the words its provider takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from stream_widget.providers.chat_messages import chat_messages
from stream_widget.providers.json_values import as_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stream_widget.catalog import Capabilities
    from stream_widget.request import Request, Target

__all__ = ["chat_body"]

_NEWER_LIMIT: Final = frozenset({"openai", "xai", "groq", "scripted"})
"""Who takes ``max_completion_tokens``, and refuses or discourages ``max_tokens``, which the others
want (DeepSeek, Ollama and LM Studio know no other)."""

_FOR_REASONING: Final[Mapping[str, Mapping[str, object]]] = {
    "groq": {"reasoning_format": "parsed"},
}
"""Fields that bring a provider's reasoning into a field of its own.

They are sent to models that are known to reason: Groq refuses them with a 400 for others, and
reasoning that comes in tags is told from the answer all the same.
"""

_EXCLUDED_BY: Final[Mapping[str, str]] = {"include_reasoning": "reasoning_format"}
"""Fields of the caller's with which a provider does not take another."""


def chat_body(request: Request, target: Target, capabilities: Capabilities) -> dict[str, object]:
    """The body; effort and verbosity are always said to a model that takes them."""
    streams = request.stream is not False
    limit = "max_completion_tokens" if target.provider in _NEWER_LIMIT else "max_tokens"
    body: dict[str, object] = {
        "model": target.model,
        "messages": chat_messages(request.prompt, instructions=request.instructions),
        "stream": streams,
        "stream_options": {"include_usage": True} if streams else None,
        "reasoning_effort": (request.effort or capabilities.effort)
        if capabilities.takes_effort
        else None,
        "verbosity": (request.verbosity or capabilities.verbosity)
        if capabilities.takes_verbosity
        else None,
        limit: request.max_output_tokens,
        "temperature": request.temperature if capabilities.takes_temperature else None,
        "tools": [_tool(tool) for tool in as_json(request.tools)] or None,
        "response_format": _response_format(as_json(request.text_format)),
        "extra_body": _extra(request, target, capabilities) or None,
    }
    return {name: value for name, value in body.items() if value is not None}


def _extra(request: Request, target: Target, capabilities: Capabilities) -> dict[str, object]:
    """Fields that the SDK has no name for; the caller's word comes last."""
    reasons = capabilities.reasoning not in ("none", "unknown")
    ours = _FOR_REASONING.get(target.provider, {}) if reasons else {}
    excluded = {_EXCLUDED_BY.get(name) for name in request.extra}
    return {
        **{name: value for name, value in ours.items() if name not in excluded},
        **as_json(request.extra),
    }


def _tool(tool: Mapping[str, object]) -> dict[str, object]:
    """A tool in the Chat form: the Responses API has the function's fields one level higher."""
    if tool.get("type") != "function" or "function" in tool:
        return dict(tool)
    return {"type": "function", "function": _without_type(tool)}


def _response_format(text_format: Mapping[str, object] | None) -> dict[str, object] | None:
    """The form of the answer; the Responses API has the schema's fields one level higher."""
    if text_format is None:
        return None
    if text_format.get("type") != "json_schema" or "json_schema" in text_format:
        return dict(text_format)
    return {"type": "json_schema", "json_schema": _without_type(text_format)}


def _without_type(fields: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if name != "type"}
