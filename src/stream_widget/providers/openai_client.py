"""The door to the ``openai`` SDK: it makes the request, we read the bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from stream_widget.errors import InvalidRequestError
from stream_widget.providers.background import background_events
from stream_widget.providers.door import Asked, Sdk, answer_events
from stream_widget.providers.openai_chat import ChatDecoder
from stream_widget.providers.openai_responses import ResponsesDecoder
from stream_widget.providers.sdk_clients import (
    SdkClients,
    check_synchronous_client,
    fresh_connections,
    has_usual_connections,
)
from stream_widget.providers.warm_up import warm_openai

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from openai import AsyncOpenAI

    from stream_widget.events import Event
    from stream_widget.providers.door import Create
    from stream_widget.providers.registry import Endpoint
    from stream_widget.request import Target

__all__ = ["OpenAIClients", "ask_chat", "ask_responses", "check_openai_client"]


class OpenAIClients(SdkClients["AsyncOpenAI"]):
    """The clients of the ``openai`` SDK, all on one loop."""

    def __init__(self) -> None:
        super().__init__(_make_client, warm_openai)


def ask_responses(
    clients: OpenAIClients,
    body: Mapping[str, object],
    *,
    target: Target,
    endpoint: Endpoint,
    connect_s: float,
) -> AsyncGenerator[Event, None]:
    """Ask the Responses API and yield its events; closing the generator closes the connection.

    A background response is taken up again where its connection drops, and cancelled at the
    provider when the generator is closed before its end.

    Args:
        clients: Where the SDK's client for the endpoint is found.
        body: The request's body, as the API documents it.
        target: Whom errors name.
        endpoint: Whose key must not be repeated in an error.
        connect_s: Seconds allowed for the connection; who reads on watches over silence.

    Raises:
        ProviderError: The provider refused, could not be reached, or broke off.
    """
    client, sdk, asked = _asked(clients, target, endpoint, connect_s)
    if body.get("background"):
        return background_events(client, body, sdk=sdk, asked=asked)
    create = cast("Create", client.responses.with_streaming_response.create)
    return answer_events(create, body, ResponsesDecoder, sdk=sdk, asked=asked)


def ask_chat(
    clients: OpenAIClients,
    body: Mapping[str, object],
    *,
    target: Target,
    endpoint: Endpoint,
    connect_s: float,
) -> AsyncGenerator[Event, None]:
    """Ask the Chat Completions API; see `ask_responses`."""
    client, sdk, asked = _asked(clients, target, endpoint, connect_s)
    create = cast("Create", client.chat.completions.with_streaming_response.create)
    return answer_events(create, body, ChatDecoder, sdk=sdk, asked=asked)


def _asked(
    clients: OpenAIClients, target: Target, endpoint: Endpoint, connect_s: float
) -> tuple[AsyncOpenAI, Sdk, Asked]:
    import openai  # noqa: PLC0415 - loaded with the SDK, on first use

    client, sdk = clients.for_endpoint(endpoint), Sdk.of(openai, root=openai.OpenAIError)
    patient = client.with_options(max_retries=0, timeout=sdk.patience(connect_s))
    keys = (endpoint.api_key, client.api_key)
    return patient, sdk, Asked(str(target), endpoint.key_place, keys)


def check_openai_client(client: object) -> None:
    """Refuse what is no client of the SDK, before any request.

    Raises:
        InvalidRequestError: The client is of another kind, or only its asynchronous twin can be
            used.
    """
    import openai  # noqa: PLC0415 - whoever has a client has loaded it

    if isinstance(client, openai.AzureOpenAI):
        raise InvalidRequestError("Pass an AsyncAzureOpenAI as client=, not an AzureOpenAI.")
    if not isinstance(client, openai.AsyncOpenAI | openai.OpenAI):
        raise InvalidRequestError(
            f"client= takes an openai.AsyncOpenAI or openai.OpenAI, not {type(client).__name__}."
        )
    if isinstance(client, openai.OpenAI):
        check_synchronous_client(client, "AsyncOpenAI")


def _make_client(endpoint: Endpoint) -> AsyncOpenAI:
    import openai  # noqa: PLC0415 - loaded with the SDK, on first use

    given = endpoint.client
    if isinstance(given, openai.AsyncOpenAI) and not has_usual_connections(given):
        return given
    http_client = fresh_connections(openai)
    if isinstance(given, openai.AsyncOpenAI):
        return given.copy(http_client=http_client)
    if isinstance(given, openai.OpenAI):
        return openai.AsyncOpenAI(
            api_key=given.api_key,
            base_url=given.base_url,
            organization=given.organization,
            project=given.project,
            default_headers=given._custom_headers,  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the SDK's own copy() reads the same
            default_query=given._custom_query,  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as above
            http_client=http_client,
        )
    return openai.AsyncOpenAI(
        api_key=endpoint.api_key, base_url=endpoint.base_url, http_client=http_client
    )
