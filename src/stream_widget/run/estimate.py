"""Token counts guessed from characters, for as long as (or where) the provider gives none."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stream_widget.events import Usage
from stream_widget.request import prompt_text

if TYPE_CHECKING:
    from stream_widget.request import Request, Target
    from stream_widget.run.attempt import Price
    from stream_widget.run.snapshot import Snapshot

__all__ = ["DEFAULT_CHARS_PER_TOKEN", "Rates", "estimate_rates", "estimate_usage", "fill_in"]

DEFAULT_CHARS_PER_TOKEN: Final = 4.0
"""OpenAI's rule of thumb for English text."""

_PRICED_TOKENS: Final = 1000
"""Enough for a price that is not rounded away, too few for a price by the bulk."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What a response costs while it is under way, in US dollars."""

    prompt_usd: float
    """For the prompt, counted by its characters."""
    output_token_usd: float
    """For each token of the answer or of the reasoning."""


def estimate_rates(
    request: Request, target: Target, *, price: Price, chars_per_token: float
) -> Rates | None:
    """What an attempt will cost before its usage is known; ``None`` where there is no price."""
    asked = math.ceil(_asked_characters(request) / chars_per_token)
    prompt_usd, _ = price(target, Usage(input_tokens=asked, output_tokens=0))
    output_usd, _ = price(target, Usage(input_tokens=0, output_tokens=_PRICED_TOKENS))
    if math.isnan(prompt_usd) or math.isnan(output_usd):
        return None
    return Rates(prompt_usd, output_usd / _PRICED_TOKENS)


def estimate_usage(request: Request, snapshot: Snapshot, *, chars_per_token: float) -> Usage | None:
    """A guess at the totals of a response that did not report them; ``None`` if nothing came.

    Reasoning that was summarised or hidden cannot be guessed, so the guess is a lower bound.
    """
    if not snapshot.received_characters:
        return None
    asked = _asked_characters(request)
    reasoning = sum(part.length for part in snapshot.parts if part.kind.startswith("reasoning"))
    # Of a stream that is only watched nobody may know what was asked.
    input_tokens = math.ceil(asked / chars_per_token) if asked else None
    output_tokens = math.ceil(snapshot.received_characters / chars_per_token)
    return Usage(
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        reasoning_tokens=math.ceil(reasoning / chars_per_token) if reasoning else None,
        total_tokens=None if input_tokens is None else input_tokens + output_tokens,
    )


def fill_in(reported: Usage, estimated: Usage) -> Usage:
    """What a provider reported of a response that then broke off, with a guess at the rest.

    Totals that come at the start of a stream count the prompt and next to nothing of the answer.
    """
    input_tokens = reported.input_tokens
    if input_tokens is None:
        input_tokens = estimated.input_tokens
    output_tokens = max(reported.output_tokens or 0, estimated.output_tokens or 0)
    return Usage(
        input_tokens=input_tokens,
        cached_input_tokens=reported.cached_input_tokens,
        cache_write_tokens=reported.cache_write_tokens,
        output_tokens=output_tokens,
        reasoning_tokens=reported.reasoning_tokens or estimated.reasoning_tokens,
        total_tokens=None if input_tokens is None else input_tokens + output_tokens,
    )


def _asked_characters(request: Request) -> int:
    return len(prompt_text(request.prompt)) + len(request.instructions or "")
