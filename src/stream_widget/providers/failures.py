"""What a provider says when it refuses or fails, in any of their shapes, as one of our errors."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from stream_widget.errors import ErrorKind, ProviderError
from stream_widget.redaction import redact_keys

__all__ = ["Refusal", "failure_in_stream", "http_failure", "retry_after_s"]

_BY_STATUS: Final[Mapping[int, ErrorKind]] = {
    400: "bad_request",
    401: "authentication",
    402: "quota",
    403: "permission",
    404: "not_found",
    408: "timeout",
    413: "bad_request",
    422: "bad_request",
    429: "rate_limit",
    503: "overloaded",
    504: "timeout",
    529: "overloaded",  # Anthropic
}

_BY_CODE: Final[Mapping[str, ErrorKind]] = {
    "authentication_error": "authentication",
    "insufficient_quota": "quota",
    "invalid_api_key": "authentication",
    "invalid_authentication": "authentication",
    "invalid_request_error": "bad_request",
    "model_not_found": "not_found",
    "not_found_error": "not_found",
    "overloaded_error": "overloaded",
    "permission_error": "permission",
    "rate_limit_error": "rate_limit",
    "rate_limit_exceeded": "rate_limit",
    "server_error": "server",
    "server_is_overloaded": "overloaded",
    "timeout": "timeout",
}

_GENERIC: Final[frozenset[ErrorKind]] = frozenset({"bad_request", "server"})
"""Words under which providers put everything: where there is a status, it says more."""

_ADVICE: Final[Mapping[ErrorKind, str]] = {
    "authentication": "Check the key in {variable}, then run the cell again.",
    "permission": "The key is valid but may not do this; check what its project may use.",
    "not_found": "Check the model's name and that your account may use it.",
    "bad_request": "Change the request as it says, then run the cell again.",
    "rate_limit": "Wait a little, or ask for less at a time.",
    "quota": "The account has no credit left; waiting does not help. Check its billing.",
    "overloaded": "The provider is overloaded; try again later or name a fallback=[…].",
    "server": "The provider had a fault of its own; try again.",
    "connection": "Check that the server runs and that base_url is right.",
    "timeout": "Try again, or raise timeout=….",
    "interrupted": "What arrived is kept; run the cell again to ask again.",
    "malformed": "What arrived is kept; run the cell again to ask again.",
    "cancelled_by_provider": "What arrived is kept; run the cell again to ask again.",
}

_EXCERPT_CHARACTERS: Final = 300
_NO_EXPLANATION: Final = "it gave no explanation."


@dataclass(frozen=True, slots=True)
class Refusal:
    """What an error body says, whatever its shape."""

    message: str
    code: str | None = None
    type: str | None = None
    param: str | None = None


def http_failure(  # noqa: PLR0913 - what an HTTP answer is made of
    *,
    target: str,
    status: int,
    headers: Mapping[str, str],
    body: str,
    key_variable: str | None,
    keys: tuple[str, ...] = (),
) -> ProviderError:
    """The error for an HTTP answer that is no success.

    Args:
        target: ``provider:model`` as it was asked.
        status: The HTTP status.
        headers: The answer's headers, names in lower case.
        body: The answer's body as text.
        key_variable: The environment variable that holds the provider's key.
        keys: Keys that must not be repeated, should the provider echo one.
    """
    refusal = _read(body)
    kind = _kind(status, refusal)
    said = _shorten(redact_keys(refusal.message, keys=keys))
    message = (
        f"{target} answered HTTP {status} ({kind.replace('_', ' ')}): {said} "
        f"{_advice(kind, key_variable)}"
    )
    return ProviderError(
        message,
        kind=kind,
        target=target,
        status=status,
        code=refusal.code or refusal.type,
        retry_after_s=retry_after_s(headers),
    )


def failure_in_stream(
    detail: object, *, target: str, cancelled: bool = False, keys: tuple[str, ...] = ()
) -> ProviderError:
    """The error for an error frame inside a stream that began well."""
    refusal = _from_value(detail)
    kind: ErrorKind = "cancelled_by_provider" if cancelled else _kind(None, refusal)
    said = _shorten(redact_keys(refusal.message, keys=keys))
    return ProviderError(
        f"{target} failed while it answered ({kind.replace('_', ' ')}): {said} "
        f"{_advice(kind, None)}",
        kind=kind,
        target=target,
        code=refusal.code or refusal.type,
    )


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds the provider asks to wait, by ``retry-after-ms`` or ``retry-after`` in seconds."""
    for name, factor in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            value = float(headers.get(name, ""))
        except ValueError:
            continue
        if value >= 0:
            return value * factor
    return None


def _advice(kind: ErrorKind, key_variable: str | None) -> str:
    return _ADVICE[kind].format(variable=key_variable or "api_key=…")


def _kind(status: int | None, refusal: Refusal) -> ErrorKind:
    lowered = refusal.message.lower()
    # A wrong xAI key is a 400 whose text says so (seen 2026-05).
    if status in (400, None) and "api key" in lowered:
        return "authentication"
    for word in (refusal.code, refusal.type):
        kind = _BY_CODE.get((word or "").lower())
        if kind is not None and (kind not in _GENERIC or status is None):
            return kind
    if status == 429 and ("quota" in lowered or "billing" in lowered):  # noqa: PLR2004 - HTTP
        return "quota"
    if status is None:
        return "server"
    return _BY_STATUS.get(status) or ("server" if status >= 500 else "bad_request")  # noqa: PLR2004


def _read(body: str) -> Refusal:
    try:
        return _from_value(json.loads(body))
    except ValueError:
        return Refusal(_strip_tags(body) or _NO_EXPLANATION)


def _from_value(value: object) -> Refusal:
    if isinstance(value, str):
        return Refusal(value)
    if not isinstance(value, Mapping):
        return Refusal(_NO_EXPLANATION)
    known = cast("Mapping[str, object]", value)
    inner = known.get("error")
    if isinstance(inner, Mapping) or (isinstance(inner, str) and "message" not in known):
        found = _from_value(cast("object", inner))
        return found if found.code else Refusal(found.message, _word(known.get("code")), found.type)
    message = known.get("message") or known.get("detail") or known.get("msg")
    said = message if isinstance(message, str) else json.dumps(message, ensure_ascii=False)
    return Refusal(
        " ".join(filter(None, (said if message else "", _upstream(known)))) or _NO_EXPLANATION,
        _code(known),
        _word(known.get("type")),
        _word(known.get("param")),
    )


def _upstream(known: Mapping[str, object]) -> str | None:
    """What OpenRouter's own provider said: the message itself is "Provider returned error"."""
    metadata = known.get("metadata")
    raw = cast("Mapping[str, object]", metadata).get("raw") if isinstance(metadata, Mapping) else ""
    return raw if isinstance(raw, str) else None


def _code(known: Mapping[str, object]) -> str | None:
    """Some repeat the HTTP status as their code (llama.cpp, OpenRouter); the type says more."""
    code = known.get("code")
    return (_word(known.get("type")) if isinstance(code, int) else None) or _word(code)


def _word(value: object) -> str | None:
    return str(value) if isinstance(value, str | int) and value else None


def _strip_tags(text: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


def _shorten(text: str) -> str:
    text = text.strip()
    if len(text) > _EXCERPT_CHARACTERS:
        text = text[:_EXCERPT_CHARACTERS] + "…"
    return text if text.endswith((".", "!", "?", "…")) else text + "."
