"""Which part of a request a provider refused, where the rest of it may well be answered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stream_widget.errors import Refusable
    from stream_widget.providers.error_bodies import ErrorBody

__all__ = ["refused_part"]

_BY_PARAM: Final[Mapping[str, Refusable]] = {
    "stream": "stream",
    "reasoning.summary": "summary",
    "reasoning.generate_summary": "summary",
    "thinking.display": "summary",
    "thinking.type": "effort",
    "reasoning.effort": "effort",
    "reasoning_effort": "effort",
    "reasoningeffort": "effort",
    "reasoning": "effort",
    "output_config.effort": "effort",
    "effort": "effort",
    "text.verbosity": "verbosity",
    "verbosity": "verbosity",
    "temperature": "temperature",
}

# The first name in the text counts: "temperature is not supported with reasoning effort high".
# What a hyphen joins to other words is a model's name: grok-4-fast-reasoning.
_NAMES: Final = re.compile(
    r"(?<!-)(?:(?P<stream>\bto stream\b|\bstream(?:ing)?\b(?![._]))"
    r"|(?P<summary>\breasoning[._ ](?:generate_)?summar(?:y|ies)\b|\bsummar(?:y|ies)\b"
    r"|\bthinking\.display\b|\bthinking\.type\.enabled\b)"
    r"|(?P<effort>\breasoning[._ ]?effort\b|\beffort\b|\bthinking\b|\bthink value\b"
    r"|\breasoning\b(?! models?\b))"
    r"|(?P<verbosity>\bverbosity\b)"
    r"|(?P<temperature>\btemperature\b))(?!-)",
    re.IGNORECASE,
)
_DECLINES: Final = re.compile(
    r"unsupported|not (?:currently )?support|n't support|not (?:be )?(?:permitted|allowed|accepted)"
    r"|unrecogni[sz]ed|unknown (?:param|field|name|arg)|unexpected (?:key|param|field|arg)"
    r"|extra (?:inputs|fields)|extra_forbidden|deprecated|not available|must be verified"
    r"|only the default|may only be set|must be one of|expected one of|supported values",
    re.IGNORECASE,
)
_DECLINING_CODES: Final = frozenset(
    {"unsupported_value", "unsupported_parameter", "unknown_parameter", "extra_forbidden"}
)
_ABOUT_A_MODEL: Final = re.compile(
    r"\bmodel_not_|\b(?:unknown|unsupported|invalid)_model\b|not_?found", re.IGNORECASE
)
_REFUSING_STATUSES: Final = frozenset({400, 403, 404, 422})


def refused_part(body: ErrorBody, status: int | None, *, model: str) -> Refusable | None:
    """The part without which the request may be answered; ``None`` where the fault is another's.

    A value that is merely out of range is the caller's to mend: only what says "not supported" (or
    the like) counts.
    """
    if status is not None and status not in _REFUSING_STATUSES:
        return None
    declines = _DECLINES.search(body.message) is not None or body.code in _DECLINING_CODES
    if not declines or _ABOUT_A_MODEL.search(f"{body.code} {body.type}"):
        return None
    if body.param is not None:
        known = _BY_PARAM.get(body.param.lower())
        if known is not None:
            return known
        if body.code in _DECLINING_CODES:
            return None  # another parameter, plainly named
    # The name of the model that was asked may hold any of these words.
    match = _NAMES.search(re.sub(rf"(?<!\w){re.escape(model)}(?!\w)", "", body.message))
    return _named(match.lastgroup) if match else None


def _named(group: str | None) -> Refusable | None:
    parts: tuple[Refusable, ...] = ("stream", "summary", "effort", "verbosity", "temperature")
    return next((part for part in parts if part == group), None)
