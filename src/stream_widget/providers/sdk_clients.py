"""The clients of one SDK, and the settings that all of them share."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from stream_widget.errors import InvalidRequestError
from stream_widget.providers.door import http_library
from stream_widget.providers.warm_up import Once

if TYPE_CHECKING:
    from collections.abc import Callable

    from stream_widget.providers.registry import Endpoint

__all__ = [
    "SdkClients",
    "check_synchronous_client",
    "fresh_connections",
    "has_usual_connections",
]

_C = TypeVar("_C")
_USUAL: Final = frozenset({"AsyncHttpxClientWrapper", "SyncHttpxClientWrapper"})


class SdkClients(Generic[_C]):
    """One SDK client for each address and key, made on first use, all on one loop.

    Connections are closed with their response (no keep-alive): a run leaves nothing behind, and the
    costly part, the TLS settings, is kept with the client.
    """

    def __init__(self, make: Callable[[Endpoint], _C], warm: Callable[[], None]) -> None:
        self._make = make
        self._warm = Once(warm)
        self._clients: dict[tuple[str | None, str, int], tuple[object, _C]] = {}
        """With the user's own client: were it let go, another could get its id."""
        self._making: dict[tuple[str | None, str, int], Once] = {}

    async def get_ready(self, endpoint: Endpoint) -> None:
        """Load the SDK and make the client for an endpoint, on a thread, once; waits for it.

        A client reads all the certificates there are: for a tenth of a second no other run on the
        loop would go on.
        """
        await self._warm.done()
        make = Once(functools.partial(self.for_endpoint, endpoint))
        await self._making.setdefault(_identity(endpoint), make).done()

    def for_endpoint(self, endpoint: Endpoint) -> _C:
        """The client for an endpoint; a user's own client keeps its settings."""
        identity = _identity(endpoint)
        known = self._clients.get(identity)
        if known is None:
            known = self._clients[identity] = (endpoint.client, self._make(endpoint))
        return known[1]


def _identity(endpoint: Endpoint) -> tuple[str | None, str, int]:
    return endpoint.base_url, endpoint.api_key, id(endpoint.client)


def fresh_connections(sdk: Any) -> Any:
    """An HTTP client for an SDK (its module) that keeps no connection for later."""
    limits = http_library(sdk).Limits(max_connections=None, max_keepalive_connections=0)
    return sdk.DefaultAsyncHttpxClient(limits=limits)


def has_usual_connections(client: Any) -> bool:
    """Whether the SDK made the client's connections itself, with no proxy or such of the user's.

    A connection kept alive belongs to the loop it was made on, so the user's own calls and ours
    must not share any.
    """
    return type(client._client).__name__ in _USUAL  # noqa: SLF001 - the SDKs have no other word for it


def check_synchronous_client(client: Any, name: str) -> None:
    """Refuse a synchronous client that none can be made after which asks in its place.

    Args:
        client: The user's own.
        name: The asynchronous class to pass instead.

    Raises:
        InvalidRequestError: With what to pass instead.
    """
    if not has_usual_connections(client):
        raise InvalidRequestError(
            f"Pass an {name} as client=: this one has an http_client of its own (a proxy, say), "
            f"which {name} wants as an AsyncClient."
        )
    if callable(getattr(client, "_api_key_provider", None)):
        raise InvalidRequestError(
            f"Pass an {name} as client=: the key of this one is a function, which {name} wants as "
            "an async function."
        )
