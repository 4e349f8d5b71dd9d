"""A request as the body of a Responses API call: what the model takes, nothing left to chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stream_widget.providers.json_values import as_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stream_widget.catalog import Capabilities
    from stream_widget.request import Request, Target

__all__ = ["responses_body"]


def responses_body(
    request: Request, target: Target, capabilities: Capabilities
) -> dict[str, object]:
    """The body; effort, summary and verbosity are always said to a model that takes them."""
    body: dict[str, object] = {
        "model": target.model,
        "input": as_json(request.prompt),
        "stream": request.stream is not False,
    }
    reasoning = _without_none(
        effort=(request.effort or capabilities.effort) if capabilities.takes_effort else None,
        summary=(request.summary or capabilities.summary) if capabilities.takes_summary else None,
    )
    text = _without_none(
        verbosity=(request.verbosity or capabilities.verbosity)
        if capabilities.takes_verbosity
        else None,
        format=as_json(request.text_format),
    )
    body |= _without_none(
        instructions=request.instructions,
        reasoning=reasoning or None,
        text=text or None,
        max_output_tokens=request.max_output_tokens,
        temperature=request.temperature if capabilities.takes_temperature else None,
        tools=as_json(request.tools) or None,
        background=request.background or None,
        extra_body=as_json(request.extra) or None,
    )
    return body


def _without_none(**fields: object) -> Mapping[str, object]:
    return {name: value for name, value in fields.items() if value is not None}
