"""A Chat Completions request, checked as strictly as the real API where it matters here."""

from __future__ import annotations

from typing import Final

from stream_widget.scripted.ask import Ask, RefusedRequestError
from stream_widget.scripted.fields import Fields
from stream_widget.scripted.overrides import read_overrides
from stream_widget.scripted.take import REASONING_PARTS_BY_EFFORT, characters_of
from stream_widget.scripted.words import OpenAIWords

__all__ = ["read_ask"]

_ROLES: Final = ("system", "assistant", "user", "function", "tool", "developer")
_DEFAULT_EFFORT: Final = "medium"


def read_ask(body: dict[str, object]) -> Ask:
    """The request in neutral words.

    Raises:
        RefusedRequestError: A field is missing or is not what the API takes.
    """
    fields = Fields(body)
    model = fields.text("model")
    if not model:
        raise RefusedRequestError("you must provide a model parameter")
    for message in fields.objects("messages"):
        if message.choice("role", _ROLES) is None:
            raise OpenAIWords().missing(message.name_of("role"))
    stream = fields.flag("stream", default=False)
    options = fields.inner("stream_options")
    if options.items() and not stream:
        raise RefusedRequestError(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
            param="stream_options",
        )
    fields.number("temperature", at_least=0, at_most=2)
    fields.choice("verbosity", ("low", "medium", "high"))
    fields.choice("reasoning_format", ("parsed", "raw", "hidden"))
    effort = fields.choice("reasoning_effort", REASONING_PARTS_BY_EFFORT) or fields.inner(
        "reasoning"
    ).choice("effort", REASONING_PARTS_BY_EFFORT)
    return Ask(
        model=model,
        stream=stream,
        input_characters=characters_of(fields.raw("messages")),
        reasoning_effort=effort or _DEFAULT_EFFORT,
        shows_reasoning=fields.flag("include_reasoning", default=True)
        and not fields.inner("reasoning").flag("exclude", default=False),
        max_output_tokens=_limit(fields),
        obfuscates=options.flag("include_obfuscation", default=True),
        body=body,
        overrides=read_overrides(fields.raw("scripted")),
        includes_usage=options.flag("include_usage", default=False),
    )


def _limit(fields: Fields) -> int | None:
    old = fields.whole_number("max_tokens", at_least=1)
    new = fields.whole_number("max_completion_tokens", at_least=1)
    if old is not None and new is not None:
        raise RefusedRequestError(
            "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
            code="invalid_parameter_combination",
            param="max_tokens",
        )
    return new if old is None else old
