"""What a provider says when it refuses or fails, in any of their shapes, as one of our errors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from stream_widget.errors import ErrorKind, ProviderError, Refusable
from stream_widget.providers.error_bodies import ErrorBody, error_in, read_error
from stream_widget.providers.refusals import refused_part
from stream_widget.providers.retry_hints import retry_after_s, should_retry
from stream_widget.providers.surrogates import whole_characters
from stream_widget.redaction import redact_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["failure_in_stream", "http_failure"]

_BY_STATUS: Final[Mapping[int, ErrorKind]] = {
    400: "bad_request",
    401: "authentication",
    402: "quota",
    403: "permission",
    404: "not_found",
    407: "authentication",  # the proxy's
    408: "timeout",
    413: "bad_request",
    422: "bad_request",
    429: "rate_limit",
    503: "overloaded",
    504: "timeout",
    522: "timeout",  # Cloudflare, for servers behind it
    524: "timeout",
    529: "overloaded",  # Anthropic
}

# Without what is neither letter nor digit: RateLimitReached (Azure), RESOURCE_EXHAUSTED (Google).
_BY_CODE: Final[Mapping[str, ErrorKind]] = {
    "accessdenied": "permission",
    "authenticationerror": "authentication",
    "badrequest": "bad_request",
    "billingerror": "quota",
    "billinghardlimitreached": "quota",
    "billingnotactive": "quota",
    "deadlineexceeded": "timeout",
    "deploymentnotfound": "not_found",
    "extraforbidden": "bad_request",
    "engineoverloaded": "overloaded",
    "gatewaytimeout": "timeout",
    "insufficientbalance": "quota",
    "insufficientcredits": "quota",
    "insufficientquota": "quota",
    "internalservererror": "server",
    "invalidapikey": "authentication",
    "invalidargument": "bad_request",
    "invalidauthentication": "authentication",
    "invalidrequesterror": "bad_request",
    "modelnotfound": "not_found",
    "modeloverloaded": "overloaded",
    "notfound": "not_found",
    "notfounderror": "not_found",
    "overloaded": "overloaded",
    "overloadederror": "overloaded",
    "permissiondenied": "permission",
    "permissionerror": "permission",
    "provideroverloaded": "overloaded",
    "providerunavailable": "overloaded",
    "ratelimiterror": "rate_limit",
    "ratelimitexceeded": "rate_limit",
    "ratelimitreached": "rate_limit",
    "requesttimeout": "timeout",
    "resourceexhausted": "rate_limit",
    "servererror": "server",
    "serverisoverloaded": "overloaded",
    "serviceunavailable": "overloaded",
    "slowdown": "overloaded",
    "timeout": "timeout",
    "timeouterror": "timeout",
    "toomanyrequests": "rate_limit",
    "toomanyrequestserror": "rate_limit",
    "unauthenticated": "authentication",
    "unauthorized": "authentication",
    "unavailable": "overloaded",
    "unknownmodel": "not_found",
    "unknownparameter": "bad_request",
    "unsupportedparameter": "bad_request",
    "unsupportedvalue": "bad_request",
}

_GENERIC: Final = frozenset(
    {
        "badrequest",
        "internalservererror",
        "invalidargument",
        "invalidrequesterror",
        "servererror",
    }
)
"""Codes under which providers put everything: the status and the text say more."""

_ABOUT_MONEY: Final = re.compile(
    r"exceeded your current quota|insufficient[ _](?:quota|balance|credit|funds)"
    r"|credit balance|(?:out of|no|used all available|more) credits|spending limit"
    r"|check your (?:plan and )?billing|billing (?:details|is not active|hard limit)"
    r"|arrears|payment required",
    re.IGNORECASE,
)
_ABOUT_A_KEY: Final = re.compile(r"\bapi[ _-]key\b|\binvalid (?:bearer )?token\b", re.IGNORECASE)
_ABOUT_LOAD: Final = re.compile(r"overloaded|over capacity|at capacity", re.IGNORECASE)
_ABOUT_A_PATH: Final = re.compile(
    r"invalid url|unknown (?:request )?url|no route|unknown (?:path|route|endpoint)"
    r"|cannot post\b",
    re.IGNORECASE,
)
_NEVER_FITS: Final = re.compile(r"\brequest too large\b", re.IGNORECASE)
"""A rate limit that no wait makes large enough (OpenAI, Groq: more tokens than a minute has)."""

_ADVICE: Final[Mapping[ErrorKind, str]] = {
    "authentication": "Check the key in {key_place}, then run the cell again.",
    "permission": "The key is valid but may not do this; check what its project may use.",
    "not_found": "Check the model's name and that your account may use it.",
    "bad_request": "Change the request as it says, then run the cell again.",
    "rate_limit": "Wait a little{wait}, or ask for less at a time.",
    "quota": "The account has no credit left; waiting does not help. Check its billing.",
    "overloaded": "The provider is overloaded; try again later or name a fallback=[…].",
    "server": "The provider had a fault of its own; try again.",
    "connection": "Check that the server runs and that base_url is right.",
    "timeout": "Try again, or raise timeout=….",
    "interrupted": "What arrived is kept; run the cell again to ask again.",
    "malformed": "What arrived is kept; run the cell again to ask again.",
    "cancelled_by_provider": "What arrived is kept; run the cell again to ask again.",
}
_WITHOUT: Final = "Leave {part}=… out for this model, then run the cell again."
_UNSTREAMED: Final = (
    "Ask with stream=False, or have the organization verified in the provider's settings."
)
_TOO_LARGE: Final = "Waiting does not help: ask with a shorter prompt or a lower max_output_tokens."
_NO_SUCH_PLACE: Final = (
    "Check the model's name, and base_url (should it end in /v1?): the answer does not say which."
)
_NO_SUCH_PATH: Final = "Check base_url: the server has no such path (should it end in /v1?)."
_PULL: Final = "Fetch the model first: run `ollama pull {model}` in a terminal."
_PROXY: Final = "A proxy wants a login; check HTTPS_PROXY."
_IN_BETWEEN: Final = "A proxy or firewall stands in between; check base_url and the network."

_EXCERPT_CHARACTERS: Final = 300
_LONGEST_READ: Final = 20_000
_CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Line ends, terminal codes, and marks that turn the direction of the text around them."""
_NO_EXPLANATION: Final = "it gave no explanation."


def http_failure(  # noqa: PLR0913 - what an HTTP answer is made of
    *,
    target: str,
    status: int,
    headers: Mapping[str, str],
    body: str,
    key_place: str | None,
    keys: tuple[str, ...] = (),
) -> ProviderError:
    """The error for an HTTP answer that is no success.

    Args:
        target: ``provider:model`` as it was asked.
        status: The HTTP status.
        headers: The answer's headers, names in any case.
        body: The answer's body as text.
        key_place: Where the key came from: an environment variable, ``api_key=…``.
        keys: Keys that must not be repeated, should the provider echo one.
    """
    told = read_error(body)
    headers = {**told.headers, **{name.lower(): value for name, value in headers.items()}}
    kind = _kind(status, told)
    return _error(
        f"{target} answered HTTP {status}",
        told,
        kind=kind,
        target=target,
        status=status,
        headers=headers,
        keys=keys,
        advice=_advice_in_front(kind, status, told, target),
        key_place=key_place,
    )


def failure_in_stream(
    detail: object, *, target: str, cancelled: bool = False, keys: tuple[str, ...] = ()
) -> ProviderError:
    """The error for an error frame inside a stream that began well."""
    told = error_in(detail)
    kind: ErrorKind = "cancelled_by_provider" if cancelled else _kind(told.status, told)
    return _error(
        f"{target} failed while it answered",
        told,
        kind=kind,
        target=target,
        status=None,
        headers=told.headers,
        keys=keys,
    )


def _error(  # noqa: PLR0913 - what the two above know
    happened: str,
    told: ErrorBody,
    *,
    kind: ErrorKind,
    target: str,
    status: int | None,
    headers: Mapping[str, str],
    keys: tuple[str, ...],
    advice: str | None = None,
    key_place: str | None = None,
) -> ProviderError:
    refused = refused_part(told, status or told.status, model=target.partition(":")[2])
    may_retry = _may_retry(kind, told, refused, said=should_retry(headers))
    wait_s = None
    if may_retry is not False:
        wait_s = retry_after_s(headers, said=told.message, limited=kind == "rate_limit")
    advice = advice or _advice(kind, told, refused, key_place=key_place, wait_s=wait_s)
    return ProviderError(
        f"{happened} ({kind.replace('_', ' ')}): {_shown(told, keys)} {advice}",
        kind=kind,
        target=target,
        status=status,
        code=_code(told, keys),
        retry_after_s=wait_s,
        may_retry=may_retry,
        refused=refused,
    )


# What happened


def _kind(status: int | None, told: ErrorBody) -> ErrorKind:
    generic: ErrorKind | None = None
    for word in (told.code, told.type):
        kind = _known_kind(word)
        if kind is not None and _letters(word) not in _GENERIC:
            return kind
        generic = generic or kind
    by_status = generic if status is None and generic else _kind_by_status(status)
    return _kind_by_words(status, told) or by_status


def _known_kind(word: str | None) -> ErrorKind | None:
    return _BY_CODE.get(_letters(word))


def _letters(word: str | None) -> str:
    return re.sub(r"[\W_]", "", word or "").lower()


def _kind_by_words(status: int | None, told: ErrorBody) -> ErrorKind | None:
    """What only the text says: Anthropic and xAI have no code for an account without credit."""
    # A wrong xAI key is a 400 whose text says so (seen 2026-05).
    if status in (400, None) and _ABOUT_A_KEY.search(told.message):
        return "authentication"
    if status in (400, 403, 429, None) and _ABOUT_MONEY.search(told.message):
        return "quota"
    if status in (500, None) and _ABOUT_LOAD.search(told.message):
        return "overloaded"
    return None


def _kind_by_status(status: int | None) -> ErrorKind:
    if status is None:
        return "server"
    return _BY_STATUS.get(status) or ("server" if status >= 500 else "bad_request")  # noqa: PLR2004 - HTTP


def _may_retry(
    kind: ErrorKind, told: ErrorBody, refused: Refusable | None, *, said: bool | None
) -> bool | None:
    """Never where the same request must fail again, whatever the provider advises."""
    if kind == "quota" or refused is not None or _NEVER_FITS.search(told.message):
        return False
    return said


def _code(told: ErrorBody, keys: tuple[str, ...]) -> str | None:
    """Some repeat the HTTP status as their code (llama.cpp, OpenRouter); the type says more."""
    numeric = told.code is not None and told.code.isdigit()
    word = told.type or told.code if numeric else told.code or told.type
    return None if word is None else redact_keys(whole_characters(word), keys=keys)


# What to do


def _advice_in_front(kind: ErrorKind, status: int, told: ErrorBody, target: str) -> str | None:
    """Advice for what no API says, but whoever stands in front of it; ``None`` for all else."""
    if status == 407:  # noqa: PLR2004 - HTTP
        return _PROXY
    if kind == "permission" and told.is_page:
        return _IN_BETWEEN
    return _advice_to_find(told, target) if kind == "not_found" else None


def _advice_to_find(told: ErrorBody, target: str) -> str | None:
    """Advice where a place was not found rather than a model, or a model that can be fetched."""
    provider, _, model = target.partition(":")
    if provider == "ollama" and model and "not found" in told.message:
        return _PULL.format(model=model)
    if _ABOUT_A_PATH.search(told.message):
        return _NO_SUCH_PATH
    named = any(_known_kind(word) == "not_found" for word in (told.code, told.type))
    about_a_model = named or "model" in told.message.lower() or not told.message
    return _NO_SUCH_PLACE if told.is_page or not about_a_model else None


def _advice(
    kind: ErrorKind,
    told: ErrorBody,
    refused: Refusable | None,
    *,
    key_place: str | None,
    wait_s: float | None,
) -> str:
    if refused == "stream":
        return _UNSTREAMED
    if refused is not None:
        return _WITHOUT.format(part=refused)
    if kind == "rate_limit" and _NEVER_FITS.search(told.message):
        return _TOO_LARGE
    wait = f" (it says {_rounded(wait_s)})" if wait_s else ""
    return _ADVICE[kind].format(key_place=key_place or "api_key=…", wait=wait)


def _rounded(wait_s: float) -> str:
    if wait_s >= 120:  # noqa: PLR2004 - from two minutes on, seconds say nothing
        return f"{wait_s / 60:,.0f} min"
    return f"{wait_s:.0f} s" if wait_s >= 1 else f"{wait_s * 1000:.0f} ms"


def _shown(told: ErrorBody, keys: tuple[str, ...]) -> str:
    """The provider's words in one line, without keys, not too long, with a full stop."""
    said = _CONTROLS.sub(" ", whole_characters(told.message[:_LONGEST_READ]))
    text = " ".join(redact_keys(said, keys=keys).split()) or _NO_EXPLANATION
    if len(text) > _EXCERPT_CHARACTERS:
        text = text[:_EXCERPT_CHARACTERS] + "…"
    return text if text.endswith((".", "!", "?", "…")) else text + "."
