"""A Responses request, read and checked as strictly as the real API where it matters here."""

from __future__ import annotations

from stream_widget.scripted.ask import Ask, RefusedRequestError
from stream_widget.scripted.fields import Fields
from stream_widget.scripted.overrides import read_overrides
from stream_widget.scripted.take import REASONING_PARTS_BY_EFFORT, characters_of
from stream_widget.scripted.words import OpenAIWords

__all__ = ["read_ask"]

_SUMMARIES = ("auto", "concise", "detailed")
_DEFAULT_EFFORT = "medium"


def read_ask(body: dict[str, object]) -> Ask:
    """The request in neutral words.

    Raises:
        RefusedRequestError: A field is missing or is not what the API takes.
    """
    fields = Fields(body)
    model = fields.required_text("model")
    given = fields.raw("input")
    if given is None:
        raise OpenAIWords().missing("input")
    if not isinstance(given, str | list):
        raise OpenAIWords().wrong_type("input", expected="a string or an array", value=given)
    reasoning = fields.inner("reasoning")
    effort = reasoning.choice("effort", REASONING_PARTS_BY_EFFORT)
    summary = reasoning.choice("summary", _SUMMARIES)
    fields.inner("text").choice("verbosity", ("low", "medium", "high"))
    fields.number("temperature", at_least=0, at_most=2)
    background = fields.flag("background", default=False)
    if background and not fields.flag("store", default=True):
        raise RefusedRequestError(
            "Background mode requires 'store' to be true.", code="invalid_value", param="store"
        )
    return Ask(
        model=model,
        stream=fields.flag("stream", default=False),
        input_characters=characters_of(fields.raw("input"))
        + len(fields.text("instructions") or ""),
        reasoning_effort=effort or _DEFAULT_EFFORT,
        shows_reasoning=summary is not None,
        max_output_tokens=fields.whole_number("max_output_tokens", at_least=1),
        obfuscates=fields.inner("stream_options").flag("include_obfuscation", default=True),
        body=body,
        overrides=read_overrides(fields.raw("scripted")),
        background=background,
    )
