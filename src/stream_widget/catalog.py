"""Model names, what each model accepts, which stands in for which, and prices: data, not code.

The facts are in ``catalog.toml``; here is how they are looked up.
"""

from __future__ import annotations

import difflib
import functools
import math
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, TypedDict, cast

from stream_widget.clock import utc_now
from stream_widget.errors import InvalidRequestError, UnknownModelError
from stream_widget.events import Usage
from stream_widget.request import Target

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from stream_widget.request import Effort, Summary, Verbosity

__all__ = [
    "Capabilities",
    "Reasoning",
    "capabilities",
    "check_provider",
    "default_fallback",
    "default_targets",
    "find_target",
    "keyless_target",
    "known_targets",
    "price",
    "warm",
]

Reasoning: TypeAlias = Literal["text", "summary", "hidden", "none", "unknown"]
"""What a model lets one see of its reasoning."""

_DATED: Final = re.compile(r"-(?:\d{4}-\d{2}-\d{2}|\d{8}|latest)$")
"""The end of a name that fixes a version of a model: gpt-5-mini-2025-08-07."""
_OFFERED: Final = 3
_LIKENESS: Final = 0.6


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a model takes, and what it is sent when the caller says nothing."""

    takes_effort: bool
    takes_budget: bool
    """It takes no effort, but tokens to think with, into which an effort is turned."""
    takes_summary: bool
    takes_verbosity: bool
    takes_temperature: bool
    efforts: tuple[Effort, ...] | None
    """The efforts it takes, least first; ``None``: not known, so any may be tried."""
    effort: Effort | None
    """Sent where the caller names none; ``None``: nothing is sent then."""
    summary: Summary | None
    """Sent where the caller names none; ``None``: nothing is sent then."""
    verbosity: Verbosity | None
    """Sent where the caller names none; ``None``: nothing is sent then."""
    reasoning: Reasoning


def find_target(name: str, *, providers: Collection[str]) -> Target:
    """The target that a name means.

    ``provider:model`` is taken as it stands, whether or not the model is known; the model may hold
    colons and slashes itself. A bare name must be in the catalog, dated or not.

    Args:
        name: What the caller wrote.
        providers: The providers that can be asked.

    Raises:
        UnknownModelError: A bare name is not in the catalog; it holds the nearest names.
        InvalidRequestError: The name is empty, or names a provider that cannot be asked.
    """
    name = name.strip()
    if not name:
        raise InvalidRequestError("The model's name is empty. Write one such as 'openai:gpt-5'.")
    provider, colon, model = name.partition(":")
    if colon and provider in providers:
        model = model or _data()["providers"].get(provider, _Provider()).get("model", "")
        if not model:
            raise InvalidRequestError(f"{name!r} names no model. Write '{provider}:<model>'.")
        return Target(provider, model)
    known = _known_target(name)
    if known is None:
        if colon:
            raise _unknown_provider(name, providers)
        raise UnknownModelError(name, nearest=_nearest(name, providers))
    if known.provider not in providers:
        raise InvalidRequestError(
            f"{name!r} is a model of {known.provider}, which cannot be asked here. "
            f"Known providers: {', '.join(sorted(providers))}."
        )
    return known


def check_provider(name: str, *, providers: Collection[str]) -> None:
    """Refuse a name that is no provider's.

    Raises:
        InvalidRequestError: With those that look like it.
    """
    if name not in providers:
        raise _unknown_provider(name, providers)


def capabilities(target: Target) -> Capabilities:
    """What a target takes; an unknown model may be sent anything and is sent nothing unasked."""
    profile = _data()["profiles"][_profile_name(target)]
    efforts, send = profile.get("efforts", False), profile.get("send", _Send())
    return Capabilities(
        takes_effort=bool(efforts),
        takes_budget=profile.get("budget", False),
        takes_summary=profile.get("summary", False),
        takes_verbosity=profile.get("verbosity", False),
        takes_temperature=profile.get("temperature", False),
        efforts=None if efforts is True else tuple(efforts or ()),
        effort=send.get("effort"),
        summary=send.get("summary"),
        verbosity=send.get("verbosity"),
        reasoning=profile.get("reasoning", "unknown"),
    )


def default_fallback(target: Target) -> tuple[Target, ...]:
    """The targets to ask next where the caller names none."""
    fallbacks = _data()["fallbacks"]
    names = fallbacks.get(str(target)) or fallbacks.get(_undated(str(target)), [])
    return tuple(map(_as_target, names))


def default_targets() -> tuple[Target, ...]:
    """Whom to ask where the caller names no model: the target, then its fallbacks."""
    return tuple(map(_as_target, _data()["defaults"]["targets"]))


def keyless_target() -> Target:
    """Whom to ask where there is neither a model named nor a key."""
    return _as_target(_data()["defaults"]["without_key"])


def known_targets() -> tuple[Target, ...]:
    """Every model that is named here, its provider's in the order of the data."""
    return tuple(
        Target(provider, model)
        for provider, facts in _data()["providers"].items()
        for model in facts.get("models", {})
    )


def price(target: Target, usage: Usage, *, at: datetime | None = None) -> tuple[float, str | None]:
    """US dollars for a usage, and which price data said so; never raises.

    ``(nan, None)`` where the model has no known price (a local one, say) or where the provider
    reported only one side of the usage: half a price would look like a whole one.

    Args:
        target: Who was asked.
        usage: What it took.
        at: When; prices change with the years, and some with the hour. ``None`` is now.
    """
    unknown = (math.nan, None)
    prices = _data()["providers"].get(target.provider, _Provider()).get("prices")
    if prices is None or usage.input_tokens is None or usage.output_tokens is None:
        return unknown
    try:
        import genai_prices  # noqa: PLC0415 - half a second: only who has a usage pays it

        # Our totals count what theirs do: cached tokens inside the input, reasoning inside the
        # output. xAI's chat reports reasoning outside; its decoder has put it in, which is what
        # naming the library's `api_flavor` would do where it reads a response itself.
        found = genai_prices.calc_price(
            genai_prices.Usage(
                input_tokens=usage.input_tokens,
                cache_read_tokens=usage.cached_input_tokens,
                cache_write_tokens=usage.cache_write_tokens,
                output_tokens=usage.output_tokens,
            ),
            target.model,
            provider_id=prices,
            genai_request_timestamp=at or utc_now(),
        )
    except (ImportError, LookupError, ValueError, TypeError, ArithmeticError):
        return unknown
    if found.model_price.input_mtok is None and found.model_price.output_mtok is None:
        return unknown
    return float(found.total_price), f"genai-prices {genai_prices.__version__}"


def warm() -> None:
    """Load the price data, about a second the first time; for a thread that may wait."""
    price(default_targets()[0], Usage(input_tokens=0, output_tokens=0))


# The data's shape


class _Send(TypedDict, total=False):
    effort: Effort
    summary: Summary
    verbosity: Verbosity


class _Profile(TypedDict, total=False):
    efforts: list[Effort] | Literal[True]
    budget: bool
    summary: bool
    verbosity: bool
    temperature: bool
    send: _Send
    reasoning: Reasoning


class _Provider(TypedDict, total=False):
    prices: str
    profile: str
    model: str
    families: list[tuple[str, str]]
    models: Mapping[str, str]


class _Defaults(TypedDict):
    targets: list[str]
    without_key: str


class _Data(TypedDict):
    defaults: _Defaults
    fallbacks: Mapping[str, list[str]]
    profiles: Mapping[str, _Profile]
    providers: Mapping[str, _Provider]
    aliases: Mapping[str, str]


@functools.cache
def _data() -> _Data:
    text = Path(__file__).with_name("catalog.toml").read_text(encoding="utf-8")
    return cast("_Data", tomllib.loads(text))


# Looking up


def _as_target(name: str) -> Target:
    provider, _, model = name.partition(":")
    return Target(provider, model)


def _undated(model: str) -> str:
    return _DATED.sub("", model)


def _known_target(name: str) -> Target | None:
    """Who answers to a bare name; a dated name is sent as it is."""
    data, lower = _data(), name.lower()
    if lower in data["aliases"]:
        return _as_target(data["aliases"][lower])
    for provider, facts in data["providers"].items():
        models = facts.get("models", {})
        if lower in models or _undated(lower) in models:
            return Target(provider, lower)
    return None


def _profile_name(target: Target) -> str:
    facts = _data()["providers"].get(target.provider, _Provider())
    models, model = facts.get("models", {}), target.model.lower()
    named = models.get(model) or models.get(_undated(model))
    if named is not None:
        return named
    for pattern, profile in facts.get("families", []):
        if re.fullmatch(pattern, model):
            return profile
    return facts.get("profile", "anything")


def _nearest(name: str, among: Collection[str]) -> list[str]:
    """The known names that look like it, as they would be typed."""
    spellings: dict[str, str] = {}
    for provider, facts in _data()["providers"].items():
        if provider in among:
            for model in facts.get("models", {}):
                spellings[model] = spellings[f"{provider}:{model}"] = f"{provider}:{model}"
                # Also without its maker's name: openai/gpt-oss-120b.
                spellings.setdefault(model.rpartition("/")[2], f"{provider}:{model}")
    return _distinct(spellings[near] for near in _alike(name, spellings, most=2 * _OFFERED))


def _unknown_provider(name: str, providers: Collection[str]) -> InvalidRequestError:
    provider, colon, model = name.partition(":")
    near = _alike(provider, providers, most=_OFFERED)
    whole = _nearest(model, providers) if model else []
    offer = [f"{each}{colon}{model}" for each in near] or whole
    hint = f" Did you mean {', '.join(map(repr, offer))}?" if offer else ""
    example = "ollama" if "ollama" in providers else "openai"
    known = f"No provider named {provider!r} is known.{hint} Known: {', '.join(sorted(providers))}."
    if not colon:
        return InvalidRequestError(known)
    return InvalidRequestError(
        f"{known} If the colon is part of the model's name, put its provider before it, as in "
        f"'{example}:{name}'."
    )


def _alike(name: str, names: Iterable[str], *, most: int) -> list[str]:
    return difflib.get_close_matches(name.lower(), list(names), n=most, cutoff=_LIKENESS)


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))[:_OFFERED]
