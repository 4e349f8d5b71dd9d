"""A Responses request, read and checked as strictly as the real API where it matters here."""

from __future__ import annotations

import json

from stream_widget.scripted.ask import Ask, RefusedRequestError
from stream_widget.scripted.fields import Fields
from stream_widget.scripted.overrides import read_overrides
from stream_widget.scripted.take import REASONING_PARTS_BY_EFFORT

__all__ = ["read_ask"]

_SUMMARIES = ("auto", "concise", "detailed")
_DEFAULT_EFFORT = "medium"


def read_ask(body: dict[str, object]) -> Ask:
    """The request in neutral words.

    Raises:
        RefusedRequestError: A field is missing or is not what the API takes.
    """
    fields = Fields(body)
    model = fields.text("model")
    if not model:
        raise _missing("model")
    given = fields.raw("input")
    if given is None:
        raise _missing("input")
    if not isinstance(given, str | list):
        raise RefusedRequestError(
            f"Invalid type for 'input': expected a string or an array, but got {given!r} instead.",
            code="invalid_type",
            param="input",
        )
    reasoning = fields.inner("reasoning")
    effort = reasoning.choice("effort", REASONING_PARTS_BY_EFFORT)
    summary = reasoning.choice("summary", _SUMMARIES)
    fields.inner("text").choice("verbosity", ("low", "medium", "high"))
    return Ask(
        model=model,
        stream=fields.flag("stream", default=False),
        input_characters=_characters(fields.raw("input")) + len(fields.text("instructions") or ""),
        reasoning_effort=effort or _DEFAULT_EFFORT,
        shows_reasoning=summary is not None,
        max_output_tokens=fields.whole_number("max_output_tokens", at_least=1),
        obfuscates=fields.inner("stream_options").flag("include_obfuscation", default=True),
        body=body,
        overrides=read_overrides(fields.raw("scripted")),
    )


def _characters(given: object) -> int:
    return len(given if isinstance(given, str) else json.dumps(given, ensure_ascii=False))


def _missing(name: str) -> RefusedRequestError:
    return RefusedRequestError(
        f"Missing required parameter: '{name}'.", code="missing_required_parameter", param=name
    )
