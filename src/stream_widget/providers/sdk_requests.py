"""What the HTTP request under an SDK's stream says of who was asked; it is never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from stream_widget.providers.json_values import name_in
from stream_widget.providers.registry import PROVIDERS
from stream_widget.wire import DamagedFrameError, read_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stream_widget.request import Api

__all__ = ["api_asked", "keys_in", "model_asked", "provider_at"]

_KEY_HEADERS: Final = ("authorization", "x-api-key", "api-key")
_PATHS: Final[Mapping[str, Api]] = {
    "/responses": "responses",
    "/chat/completions": "chat",
    "/messages": "messages",
}
_PORTS: Final = {"http": 80, "https": 443}


def provider_at(request: object) -> str | None:
    """The provider that a request went to; ``None`` for an address of nobody we know."""
    asked = _url(request)
    for provider in PROVIDERS.values():
        known = urlsplit(provider.base_url or "")
        if known.hostname and (known.hostname, _port(known)) == (asked.hostname, _port(asked)):
            return provider.name
    return None


def api_asked(request: object) -> Api | None:
    """The wire API that a request is of, by its path."""
    path = _url(request).path
    return next((api for end, api in _PATHS.items() if path.endswith(end)), None)


def model_asked(request: object) -> str | None:
    """The model in a request's body."""
    try:
        body: Any = getattr(request, "content", None)
    except RuntimeError:  # the body was sent in pieces and is gone
        return None
    if not isinstance(body, bytes):
        return None
    try:
        return name_in((read_json(body.decode("utf-8", "replace")) or {}).get("model"))
    except DamagedFrameError:
        return None


def keys_in(request: object) -> tuple[str, ...]:
    """The keys that a request was sent with, so that no error repeats one."""
    headers: Any = getattr(request, "headers", None)
    if headers is None:
        return ()
    values = [str(headers.get(name) or "") for name in _KEY_HEADERS]
    return tuple(value.removeprefix("Bearer ") for value in values if value)


def _url(request: object) -> Any:
    return urlsplit(str(getattr(request, "url", "")))


def _port(url: Any) -> int | None:
    return url.port or _PORTS.get(url.scheme)
