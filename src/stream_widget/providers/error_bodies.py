"""What the body of an error says, in whichever of the providers' shapes it comes; never raises."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, cast

__all__ = ["ErrorBody", "error_in", "read_error"]

_DEEPEST: Final = 6
"""Gateways wrap the error of a gateway that wraps a provider's; no honest one goes deeper."""
_LONGEST_WORD: Final = 80
_WRAPPERS: Final = ("error", "errors", "detail")
_SAYINGS: Final = ("message", "detail", "msg", "error_description", "error_message", "Message")
_UNSEEN: Final = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|svg)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE
)
_TAG: Final = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """What an error says, whatever its shape."""

    message: str = ""
    code: str | None = None
    type: str | None = None
    param: str | None = None
    status: int | None = None
    """The HTTP status that the body names (OpenRouter, llama.cpp, Groq in mid-stream)."""
    is_page: bool = False
    """It is HTML: from a proxy or gateway, not from the provider's API."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """An upstream's headers that a gateway (OpenRouter) puts into the body, in lower case."""


def read_error(body: str) -> ErrorBody:
    """What an HTTP answer says: JSON, server-sent events, HTML, plain text or nothing."""
    for text in (body, *_event_data(body)):
        try:
            return error_in(json.loads(text))
        except (ValueError, RecursionError):
            continue
    is_page = re.match(r"\s*<[!?a-z]", body, re.IGNORECASE) is not None
    text = html.unescape(_TAG.sub(" ", _UNSEEN.sub(" ", body))) if is_page else body
    return ErrorBody(" ".join(text.split()), is_page=is_page)


def error_in(value: object) -> ErrorBody:
    """What a decoded error says: a text, a list, or an object that may wrap another."""
    return _error_in(value, _DEEPEST)


def _error_in(value: object, depth: int) -> ErrorBody:
    if isinstance(value, str):
        return ErrorBody(value)
    if depth == 0:
        return ErrorBody()
    if isinstance(value, list):
        return _first_of([_error_in(each, depth - 1) for each in cast("list[object]", value)[:5]])
    if not isinstance(value, Mapping):
        return ErrorBody()
    known = cast("Mapping[str, object]", value)
    own = ErrorBody(
        _said(known, depth),
        _word(known.get("code")),
        _type(known),
        _word(known.get("param")),
        _status(known),
    )
    for name in _WRAPPERS:
        inner = known.get(name)
        if isinstance(inner, Mapping | list) or (isinstance(inner, str) and not own.message):
            own = _merged(_error_in(cast("object", inner), depth - 1), own)
    return _with_upstream(own, known.get("metadata"), depth)


def _said(known: Mapping[str, object], depth: int) -> str:
    """The explanation in an object, with the place it is about where a validator names one."""
    for name in _SAYINGS:
        said = known.get(name)
        if isinstance(said, str) and said.strip():
            where = _place(known.get("loc"))
            return f"{where}: {said}" if where else said
        if isinstance(said, Mapping):
            inner = _said(cast("Mapping[str, object]", said), depth - 1) if depth else ""
            return inner or _as_json(cast("object", said))
    return ""


def _place(loc: object) -> str:
    if not isinstance(loc, list):
        return ""
    return ".".join(str(piece) for piece in cast("list[object]", loc)[:8])


def _as_json(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False) if value else ""
    except (ValueError, RecursionError):
        return ""


def _merged(inner: ErrorBody, outer: ErrorBody) -> ErrorBody:
    """The inner error, with what only its wrapper says: xAI has its code beside the text."""
    return replace(
        inner,
        message=inner.message or outer.message,
        code=inner.code or outer.code,
        type=inner.type or outer.type,
        param=inner.param or outer.param,
        status=inner.status or outer.status,
        headers=inner.headers or outer.headers,
    )


def _first_of(errors: Sequence[ErrorBody]) -> ErrorBody:
    """Several errors as one: the first one's facts, everyone's words."""
    if not errors:
        return ErrorBody()
    return replace(errors[0], message="; ".join(filter(None, (each.message for each in errors))))


def _with_upstream(own: ErrorBody, metadata: object, depth: int) -> ErrorBody:
    """What OpenRouter's own provider said: the message itself is "Provider returned error"."""
    if not isinstance(metadata, Mapping):
        return own
    known = cast("Mapping[str, object]", metadata)
    raw = known.get("raw")
    upstream = ErrorBody()
    if isinstance(raw, str):
        upstream = replace(read_error(raw), is_page=False) if depth > 1 else ErrorBody(raw)
    elif raw:
        upstream = _error_in(raw, depth - 1)
    said = ": ".join(filter(None, (own.message, upstream.message)))
    merged = _merged(upstream, own)
    return replace(
        merged,
        message=said,
        code=upstream.code or own.code,
        type=merged.type or _word(known.get("error_type")),
        headers=_headers(known.get("headers")),
    )


def _headers(value: object) -> Mapping[str, str]:
    if not isinstance(value, Mapping):
        return {}
    named = cast("Mapping[object, object]", value)
    return {str(name).lower(): str(each) for name, each in named.items()}


def _status(known: Mapping[str, object]) -> int | None:
    for name in ("status_code", "status", "code"):
        value = known.get(name)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) == 3:  # noqa: PLR2004 - an HTTP status
            value = int(value)
        if isinstance(value, int) and 400 <= value < 600:  # noqa: PLR2004 - HTTP's errors
            return value
    return None


def _type(known: Mapping[str, object]) -> str | None:
    # "error" is the type of every wrapper and every error frame: no word for what happened.
    own = None if known.get("type") == "error" else _word(known.get("type"))
    status = known.get("status")  # Google: RESOURCE_EXHAUSTED
    return _word(status) if own is None and isinstance(status, str) and status.isupper() else own


def _word(value: object) -> str | None:
    """A provider's word, short enough to show; xAI has whole sentences for codes."""
    if isinstance(value, bool) or not isinstance(value, str | int) or not value:
        return None
    return str(value)[:_LONGEST_WORD] if isinstance(value, str) or abs(value) < 10**9 else None


def _event_data(body: str) -> list[str]:
    """The data lines of a body that is a stream after all."""
    if not body.lstrip().startswith(("data:", "event:")):
        return []
    return [line[5:] for line in body.splitlines() if line.startswith("data:")]
