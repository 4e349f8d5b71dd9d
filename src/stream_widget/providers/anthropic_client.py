"""The door to the ``anthropic`` SDK, an extra: it makes the request, we read the bytes."""

from __future__ import annotations

import asyncio
import importlib.util
from typing import TYPE_CHECKING, Any, Final, cast

from stream_widget.errors import InvalidRequestError
from stream_widget.providers.anthropic_messages import MessagesDecoder
from stream_widget.providers.door import Asked, Sdk, answer_events, http_library
from stream_widget.providers.sdk_clients import (
    SdkClients,
    check_synchronous_client,
    fresh_connections,
    has_usual_connections,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from anthropic import AsyncAnthropic

    from stream_widget.events import Event
    from stream_widget.providers.door import Create
    from stream_widget.providers.registry import Endpoint
    from stream_widget.request import Target

__all__ = [
    "AnthropicClients",
    "ask_messages",
    "check_anthropic_client",
    "is_anthropic_client",
    "require_anthropic",
]

_AUTHORIZING: Final = frozenset({"authorization", "x-api-key"})
_EMPTY_STREAM: Final = b'event: message_stop\ndata: {"type":"message_stop"}\n\n'


class AnthropicClients(SdkClients["AsyncAnthropic"]):
    """The clients of the ``anthropic`` SDK, all on one loop."""

    def __init__(self) -> None:
        super().__init__(_make_client, _warm_anthropic)


def ask_messages(
    clients: AnthropicClients,
    body: Mapping[str, object],
    *,
    target: Target,
    endpoint: Endpoint,
    connect_s: float,
) -> AsyncGenerator[Event, None]:
    """Ask the Messages API and yield its events; closing the generator closes the connection.

    Args:
        clients: Where the SDK's client for the endpoint is found.
        body: The request, as keywords of the SDK's ``messages.create``.
        target: Whom errors name.
        endpoint: Whose key must not be repeated in an error.
        connect_s: Seconds allowed for the connection; who reads on watches over silence.

    Raises:
        InvalidRequestError: The SDK is not installed.
        ProviderError: The provider refused, could not be reached, or broke off.
    """
    require_anthropic(target)
    import anthropic  # noqa: PLC0415 - an extra, loaded on first use

    client = clients.for_endpoint(endpoint)
    sdk = Sdk.of(anthropic, root=anthropic.AnthropicError)
    secrets = (endpoint.api_key, client.api_key, client.auth_token)
    asked = Asked(str(target), endpoint.key_place, tuple(filter(None, secrets)))
    patient = client.with_options(max_retries=0, timeout=sdk.patience(connect_s))
    create = cast("Create", patient.messages.with_streaming_response.create)
    return answer_events(create, body, MessagesDecoder, sdk=sdk, asked=asked)


def require_anthropic(target: Target | str) -> None:
    """Refuse a target that is asked through the SDK where it is not installed.

    Raises:
        InvalidRequestError: With what to install.
    """
    if importlib.util.find_spec("anthropic") is None:
        raise InvalidRequestError(
            f"{target} is asked through the 'anthropic' package, which is not installed. Run "
            "%pip install 'stream-widget[anthropic]' in a cell, then run this cell again."
        )


def is_anthropic_client(client: object) -> bool:
    """Whether an object comes from the SDK, be it of a kind that can be used or not."""
    return any(base.__module__.partition(".")[0] == "anthropic" for base in type(client).__mro__)


def check_anthropic_client(client: object) -> None:
    """Refuse what is no client of the SDK that can be used, before any request.

    Raises:
        InvalidRequestError: The client is of another kind, or only its asynchronous twin can be
            used.
    """
    require_anthropic("client=")
    import anthropic  # noqa: PLC0415 - whoever has a client has loaded it

    name = type(client).__name__
    if not isinstance(client, anthropic.AsyncAnthropic | anthropic.Anthropic):
        raise InvalidRequestError(
            "client= takes an anthropic.AsyncAnthropic or anthropic.Anthropic for this model, "
            f"not {name}."
        )
    if not _is_of_a_cloud(client):
        if not (_credentials(client) or _AUTHORIZING & set(map(str.lower, client.default_headers))):
            raise InvalidRequestError(
                "The client= has no key: set ANTHROPIC_API_KEY before it is made, or give it "
                "api_key=…."
            )
    elif not isinstance(client, anthropic.AsyncAnthropic):
        raise InvalidRequestError(f"Pass an Async{name} as client=, not an {name}.")
    if isinstance(client, anthropic.Anthropic):
        check_synchronous_client(client, "AsyncAnthropic")


def _is_of_a_cloud(client: object) -> bool:
    """Whether a client signs its requests for a cloud (AWS, Google): it cannot be made anew."""
    return type(client).__module__.startswith("anthropic.lib.")


def _make_client(endpoint: Endpoint) -> AsyncAnthropic:
    import anthropic  # noqa: PLC0415 - an extra, loaded on first use

    given = endpoint.client
    if isinstance(given, anthropic.AsyncAnthropic) and not has_usual_connections(given):
        return given
    http_client = fresh_connections(anthropic)
    if isinstance(given, anthropic.AsyncAnthropic):
        return given.copy(http_client=http_client)
    if isinstance(given, anthropic.Anthropic):
        return anthropic.AsyncAnthropic(
            **_credentials(given),
            base_url=given.base_url,
            default_headers=given._custom_headers,  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the SDK's own copy() reads the same
            default_query=given._custom_query,  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as above
            http_client=http_client,
        )
    # The SDK adds /v1 itself; the addresses of servers that speak OpenAI's APIs too end in it.
    base_url = (endpoint.base_url or "").rstrip("/").removesuffix("/v1") or None
    return anthropic.AsyncAnthropic(
        api_key=endpoint.api_key, base_url=base_url, http_client=http_client
    )


def _credentials(given: Any) -> dict[str, Any]:
    """The one credential a client has: the SDK takes no two."""
    for name in ("api_key", "auth_token", "credentials"):
        value = getattr(given, name, None)
        if value is not None:
            return {name: value}
    return {}


def _warm_anthropic() -> None:
    """Import the SDK and send one request to nowhere, in memory, so that its types are built."""
    import anthropic  # noqa: PLC0415 - the point of this function

    http = http_library(anthropic)

    def answer(_request: Any) -> Any:
        headers = {"content-type": "text/event-stream"}
        return http.Response(200, headers=headers, content=_EMPTY_STREAM)

    async def ask() -> None:
        async with (
            http.AsyncClient(transport=http.MockTransport(answer)) as http_client,
            anthropic.AsyncAnthropic(
                api_key="none", base_url="http://127.0.0.1", http_client=http_client
            ) as client,
            client.messages.with_streaming_response.create(
                model="none",
                max_tokens=1,
                messages=[{"role": "user", "content": "none"}],
                thinking={"type": "disabled"},
                output_config={"effort": "low"},
                stream=True,
            ) as response,
        ):
            await response.read()

    asyncio.run(ask())
