"""Which provider lives where, which wire it speaks and where its key is found. Holds no key."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, get_args
from urllib.parse import urlsplit

from stream_widget.errors import InvalidRequestError, MissingKeyError
from stream_widget.request import Api

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stream_widget.request import Target

__all__ = ["PROVIDERS", "Endpoint", "Provider", "endpoint"]


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider's address and habits."""

    name: str
    base_url: str | None
    """``None``: the caller must say (or, for the scripted one, the server is started here)."""
    api: Api
    key_variable: str | None
    """The environment variable of its key; ``None`` where it needs none."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where and how one target is asked; the key is never shown."""

    provider: Provider
    base_url: str | None
    api: Api
    api_key: str = field(repr=False)
    client: object | None = field(default=None, repr=False)
    """A client of the provider's SDK that the user already has."""
    key_place: str | None = None
    """Where the key came from, for who must look there; ``None``: there is none."""


_TABLE: Final = (
    Provider("openai", "https://api.openai.com/v1", "responses", "OPENAI_API_KEY"),
    Provider("xai", "https://api.x.ai/v1", "responses", "XAI_API_KEY"),
    Provider("groq", "https://api.groq.com/openai/v1", "chat", "GROQ_API_KEY"),
    Provider("anthropic", "https://api.anthropic.com", "messages", "ANTHROPIC_API_KEY"),
    Provider("deepseek", "https://api.deepseek.com/v1", "chat", "DEEPSEEK_API_KEY"),
    Provider("openrouter", "https://openrouter.ai/api/v1", "chat", "OPENROUTER_API_KEY"),
    Provider("ollama", "http://127.0.0.1:11434/v1", "chat", None),
    Provider("llamacpp", "http://127.0.0.1:8080/v1", "chat", None),
    Provider("vllm", "http://127.0.0.1:8000/v1", "chat", None),
    Provider("lmstudio", "http://127.0.0.1:1234/v1", "chat", None),
    Provider("scripted", None, "responses", None),
)

PROVIDERS: Final[Mapping[str, Provider]] = {provider.name: provider for provider in _TABLE}


def endpoint(  # noqa: PLR0913 - one keyword for each thing a caller may override
    target: Target,
    *,
    api: Api | None = None,
    base_url: str | None = None,
    api_key: str | None = None,
    client: object | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Endpoint:
    """Where a target is asked, with its key from the argument or the environment.

    Raises:
        MissingKeyError: The provider needs a key and there is none.
        InvalidRequestError: There is no such wire API, the URL is no URL, or the key no key.
    """
    provider = PROVIDERS[target.provider]
    chosen = api or provider.api
    if chosen not in get_args(Api):
        raise InvalidRequestError(
            f"api must be one of {', '.join(get_args(Api))} (or None, for the provider's usual "
            f"one), not {chosen!r}."
        )
    if base_url is not None:
        _check_url(base_url)
    variable = provider.key_variable
    key = (api_key or (environ.get(variable, "") if variable else "")).strip()
    if not (key.isascii() and key.isprintable()):
        raise InvalidRequestError(
            f"The key for {target} has a character that no key has (an accent, a line break): "
            f"check {'api_key=…' if api_key else variable}."
        )
    if not key and variable and client is None:
        raise MissingKeyError(target=str(target), variable=variable)
    # Servers that need no key still get one: the SDK insists on sending something.
    place = "api_key=…" if api_key else "client=…" if client else variable
    return Endpoint(provider, base_url or provider.base_url, chosen, key or "none", client, place)


def _check_url(url: str) -> None:
    if not url.startswith(("http://", "https://")):
        raise InvalidRequestError(f"base_url must begin with http:// or https://, not {url!r}.")
    try:
        parts = urlsplit(url)
    except ValueError:  # half an IPv6 address
        parts = urlsplit("")
    host = parts.hostname or ""
    if not host or " " in host or not url.isprintable():
        raise InvalidRequestError(
            "base_url has no host that can be asked: write it as in 'http://127.0.0.1:8000/v1', "
            f"not {url!r}."
        )
    try:
        parts.port  # noqa: B018 - it is read when it is asked for
    except ValueError:
        raise InvalidRequestError(
            "base_url has no port that can be asked: write a number from 0 to 65535, as in "
            f"'http://127.0.0.1:8000/v1', not {url!r}."
        ) from None
