"""A request as the body of an Anthropic Messages call: what the model takes, in its words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, cast

from stream_widget.providers.json_values import as_json, mapping_in
from stream_widget.providers.messages_conversation import messages_conversation

if TYPE_CHECKING:
    from stream_widget.catalog import Capabilities
    from stream_widget.request import Effort, Request, Target

__all__ = ["messages_body"]

_MAX_TOKENS: Final = 32_000
"""The API wants a limit: this is the highest that every Claude from 3.7 on takes."""
_PLAIN_MAX_TOKENS: Final = 8192
"""The same for Claude 3.5 and for others that do not reason."""
_OLD_MAX_TOKENS: Final = 4096
"""The same for what came before."""
_OLD: Final = re.compile(r"claude-(?:instant|2|3-(?:haiku|sonnet|opus))\b")
_ROOM_FOR_ANSWER: Final = 1024
_LEAST_BUDGET: Final = 1024

_BUDGETS: Final[Mapping[Effort, int]] = {
    "minimal": 1024,
    "low": 4096,
    "medium": 8192,
    "high": 16_384,
    "xhigh": 24_576,
    "max": 30_000,
}
"""Tokens to think with, for models that take a budget and no effort."""


def messages_body(
    request: Request, target: Target, capabilities: Capabilities
) -> dict[str, object]:
    """The body, as keywords of the SDK's ``create``; what the SDK has no name for is in extra_body.

    A verbosity, a temperature above 1 or a background have no place in this API.
    """
    system, messages = messages_conversation(request.prompt, instructions=request.instructions)
    max_tokens = request.max_output_tokens or _max_tokens(target.model, capabilities)
    effort = request.effort or (capabilities.effort if capabilities.takes_effort else None)
    output_config = {
        "effort": _effort(effort) if capabilities.takes_effort else None,
        "format": _format(as_json(request.text_format)),
    }
    # The SDK has dropped temperature, since newer models refuse it; older ones take it.
    temperature = request.temperature if capabilities.takes_temperature else None
    extra = {"temperature": temperature, **as_json(request.extra)}
    body: dict[str, object] = {
        "model": target.model,
        "max_tokens": max_tokens,
        "messages": messages,
        "system": system,
        "stream": request.stream is not False,
        "thinking": _thinking(request, capabilities, effort, max_tokens=max_tokens),
        "output_config": _without_none(output_config) or None,
        "tools": [_tool(tool) for tool in as_json(request.tools)] or None,
        "extra_body": _without_none(extra) or None,
    }
    return _without_none(body)


def _max_tokens(model: str, capabilities: Capabilities) -> int:
    if _OLD.search(model):
        return _OLD_MAX_TOKENS
    return _PLAIN_MAX_TOKENS if capabilities.reasoning == "none" else _MAX_TOKENS


def _effort(effort: Effort | None) -> str | None:
    """Their word for it: none is said by ``thinking``, and low is the least there is."""
    return {"none": None, "minimal": "low"}.get(effort, effort) if effort else None


def _thinking(
    request: Request, capabilities: Capabilities, effort: Effort | None, *, max_tokens: int
) -> dict[str, object] | None:
    """How the model may think; ``None`` leaves it to the model's own default."""
    summary = request.summary or capabilities.summary
    if not capabilities.takes_summary:
        summary = None
    if effort is None and summary is None:
        return None
    if capabilities.takes_effort and effort == "none":
        return {"type": "disabled"}
    if _adapts(capabilities):
        return {"type": "adaptive", **({"display": "summarized"} if summary else {})}
    budget = min(_BUDGETS.get(effort or "medium", 0), max_tokens - _ROOM_FOR_ANSWER)
    if not capabilities.takes_summary or budget < _LEAST_BUDGET:
        return None
    return {"type": "enabled", "budget_tokens": budget}


def _adapts(capabilities: Capabilities) -> bool:
    """Whether the model measures its thinking itself: those that know the effort "max" do (4.6).

    A model of which that is not known is asked to, until it refuses.
    """
    if capabilities.efforts is None:
        return capabilities.takes_effort
    return "max" in capabilities.efforts


def _tool(tool: Mapping[str, object]) -> dict[str, object]:
    """A function in Anthropic's form; a tool of any other kind is taken as it is."""
    if tool.get("type") != "function":
        return dict(tool)
    function = mapping_in(tool.get("function")) or tool
    fields = {name: function.get(name) for name in ("name", "description", "strict")}
    schema = mapping_in(function.get("parameters")) or {"type": "object", "properties": {}}
    return {**_without_none(fields), "input_schema": schema}


def _format(text_format: Mapping[str, object] | None) -> dict[str, object] | None:
    """A JSON schema is the only form there is; its name is not asked for."""
    if text_format is None or text_format.get("type") != "json_schema":
        return None
    wrapped = mapping_in(text_format.get("json_schema")) or text_format
    return {"type": "json_schema", "schema": _closed(wrapped.get("schema"))}


def _closed(schema: object) -> object:
    """The schema with its objects closed, which the API insists on and pydantic does not say."""
    if isinstance(schema, list):
        return [_closed(each) for each in cast("list[object]", schema)]
    if not isinstance(schema, Mapping):
        return schema
    known = {name: _closed(value) for name, value in cast("Mapping[str, object]", schema).items()}
    return {**known, "additionalProperties": False} if known.get("type") == "object" else known


def _without_none(fields: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value is not None}
