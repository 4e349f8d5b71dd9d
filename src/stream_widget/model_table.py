"""What the catalog knows, as a table to read: which models there are, what they take and cost."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from stream_widget import catalog
from stream_widget.events import Usage
from stream_widget.providers import PROVIDERS

if TYPE_CHECKING:
    import pandas as pd

    from stream_widget.request import Target

__all__ = ["models"]

_TOKENS: Final = 1000
"""Few enough for the first tier of prices that rise with the length of a prompt."""


def models(provider: str | None = None) -> pd.DataFrame:
    """The models this version knows, one row each; others can be asked as ``provider:model``.

    Prices are US dollars for a million tokens, from ``genai-prices`` (offline data), NaN where it
    knows none. ``efforts`` is ``None`` where it is not known which a model takes, and an empty list
    where it takes none. ``summary``, ``verbosity`` and ``temperature`` say whether the parameter is
    sent; ``reasoning`` is what comes back of it: text, summary, hidden, none or unknown.

    Args:
        provider: Only this provider's.

    Raises:
        InvalidRequestError: No provider has this name.
    """
    if provider is not None:
        catalog.check_provider(provider, providers=PROVIDERS)
    import pandas as pd  # noqa: PLC0415 - half a second: only who asks for a frame pays it

    targets = [target for target in catalog.known_targets() if target.provider in PROVIDERS]
    rows = [_row(target) for target in targets if provider in {None, target.provider}]
    frame = pd.DataFrame(rows, columns=list(_row(targets[0])))
    texts = ["target", "provider", "model", "api", "reasoning", "fallback", "key_variable"]
    for column in (*texts, "price_source"):
        frame[column] = frame[column].astype("string")  # pyright: ignore[reportUnknownMemberType] - pandas types half of it
    return frame


def _row(target: Target) -> dict[str, object]:
    known, provider = catalog.capabilities(target), PROVIDERS[target.provider]
    variable = provider.key_variable
    efforts = None if known.efforts is None else list(known.efforts)
    uncached, source = _usd_per_mtok(target, Usage(input_tokens=_TOKENS, output_tokens=0))
    cached, _ = _usd_per_mtok(
        target, Usage(input_tokens=_TOKENS, cached_input_tokens=_TOKENS, output_tokens=0)
    )
    answered, _ = _usd_per_mtok(target, Usage(input_tokens=0, output_tokens=_TOKENS))
    return {
        "target": str(target),
        "provider": target.provider,
        "model": target.model,
        "api": provider.api,
        "efforts": efforts,
        "summary": known.takes_summary,
        "verbosity": known.takes_verbosity,
        "temperature": known.takes_temperature,
        "reasoning": known.reasoning,
        "fallback": ", ".join(map(str, catalog.default_fallback(target))) or None,
        "input_usd_per_mtok": uncached,
        "cached_input_usd_per_mtok": cached,
        "output_usd_per_mtok": answered,
        "price_source": source,
        "key_variable": variable,
        "has_key": variable is None or bool(os.environ.get(variable)),
    }


def _usd_per_mtok(target: Target, usage: Usage) -> tuple[float, str | None]:
    usd, source = catalog.price(target, usage)
    return usd * (1_000_000 / _TOKENS), source
