"""A Messages request, read and checked as strictly as the real API where it matters here."""

from __future__ import annotations

from typing import Final

from stream_widget.scripted.ask import Ask, RefusedRequestError
from stream_widget.scripted.fields import Fields
from stream_widget.scripted.overrides import read_overrides
from stream_widget.scripted.take import characters_of
from stream_widget.scripted.words import AnthropicWords

__all__ = ["read_ask"]

_WORDS: Final = AnthropicWords()
_EFFORTS: Final = ("low", "medium", "high", "xhigh", "max")
_DEFAULT_EFFORT: Final = "high"
_LEAST_THINKING_TOKENS: Final = 1024


def read_ask(body: dict[str, object]) -> Ask:
    """The request in neutral words.

    Raises:
        RefusedRequestError: A field is missing or is not what the API takes.
    """
    fields = Fields(body, words=_WORDS)
    model = fields.required_text("model")
    for message in fields.objects("messages"):
        if message.choice("role", ("user", "assistant")) is None:
            raise _WORDS.missing(message.name_of("role"))
        if not isinstance(message.raw("content"), str | list):
            raise _WORDS.wrong_type(
                message.name_of("content"), expected="a string", value=message.raw("content")
            )
    limit = fields.whole_number("max_tokens", at_least=1)
    if limit is None:
        raise _WORDS.missing("max_tokens")
    thinks, shows = _read_thinking(fields, limit)
    effort = fields.inner("output_config").choice("effort", _EFFORTS)
    return Ask(
        model=model,
        stream=fields.flag("stream", default=False),
        input_characters=characters_of(body["messages"])
        + characters_of(fields.raw("system") or ""),
        reasoning_effort=(effort or _DEFAULT_EFFORT) if thinks else "none",
        shows_reasoning=shows,
        max_output_tokens=limit,
        obfuscates=True,
        body=body,
        overrides=read_overrides(fields.raw("scripted")),
    )


def _read_thinking(fields: Fields, limit: int) -> tuple[bool, bool]:
    """Whether the model is to think, and whether its words come back."""
    thinking = fields.inner("thinking")
    kind = thinking.choice("type", ("enabled", "adaptive", "disabled"))
    display = thinking.choice("display", ("summarized", "omitted"))
    temperature = fields.number("temperature", at_least=0, at_most=1)
    if kind is None and thinking.items():
        raise _WORDS.missing("thinking.type")
    if kind not in {"enabled", "adaptive"}:
        return False, False
    if temperature not in {None, 1}:
        raise RefusedRequestError(
            "`temperature` may only be set to 1 when thinking is enabled.", param="temperature"
        )
    if kind == "enabled":
        budget = thinking.whole_number("budget_tokens", at_least=_LEAST_THINKING_TOKENS)
        if budget is None:
            raise _WORDS.missing("thinking.enabled.budget_tokens")
        if budget >= limit:
            raise RefusedRequestError(
                "`max_tokens` must be greater than `thinking.budget_tokens`.", param="max_tokens"
            )
    return True, display != "omitted"
