"""The door to the ``openai`` SDK: it makes the request, we read the bytes."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from stream_widget.errors import InvalidRequestError, ProviderError, StreamInterruptedError
from stream_widget.providers.failures import http_failure
from stream_widget.providers.openai_responses import ResponsesDecoder
from stream_widget.providers.reader import StreamReader, next_chunk
from stream_widget.providers.warm_up import in_thread, warm_openai
from stream_widget.redaction import redact_keys

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping
    from contextlib import AbstractAsyncContextManager

    import httpx2
    import openai
    from openai import AsyncAPIResponse, AsyncOpenAI

    from stream_widget.events import Event
    from stream_widget.providers.registry import Endpoint
    from stream_widget.request import Target

    # The SDK has one typed overload for each value of ``stream``; ours is made from data.
    _Create: TypeAlias = Callable[..., AbstractAsyncContextManager[AsyncAPIResponse[Any]]]

__all__ = ["OpenAIClients", "ask_responses", "check_client"]

_CONNECT_S: Final = 10.0
_DEFAULT_SILENCE_S: Final = 600.0
"""A model may reason for minutes without a word; the SDK's own limit is the same."""


class OpenAIClients:
    """One SDK client for each address and key, made on first use, all on one loop.

    Connections are closed with their response (no keep-alive): a run leaves nothing behind, and the
    costly part, the TLS settings, is kept with the client.
    """

    def __init__(self) -> None:
        self._clients: dict[tuple[str | None, str, int], tuple[object, AsyncOpenAI]] = {}
        """With the user's own client: were it let go, another could get its id."""
        self._warm = False

    async def get_ready(self) -> None:
        """Load the SDK on a thread, once; waits until it is done."""
        if not self._warm:
            await in_thread(warm_openai)
            self._warm = True

    def for_endpoint(self, endpoint: Endpoint) -> AsyncOpenAI:
        """The client for an endpoint; a user's own client keeps its settings."""
        identity = (endpoint.base_url, endpoint.api_key, id(endpoint.client))
        known = self._clients.get(identity)
        if known is None:
            known = self._clients[identity] = (endpoint.client, _make_client(endpoint))
        return known[1]


async def ask_responses(
    clients: OpenAIClients,
    body: Mapping[str, object],
    *,
    target: Target,
    endpoint: Endpoint,
    timeout_s: float | None,
) -> AsyncGenerator[Event, None]:
    """Ask the Responses API and yield its events; closing the generator closes the connection.

    Args:
        clients: Where the SDK's client for the endpoint is found.
        body: The request's body, as the API documents it.
        target: Whom errors name.
        endpoint: Whose key must not be repeated in an error.
        timeout_s: Seconds of silence allowed; ``None`` is 600.

    Raises:
        ProviderError: The provider refused, could not be reached, or broke off.
    """
    client = clients.for_endpoint(endpoint)

    import httpx2  # noqa: PLC0415 - loaded with the SDK, on first use
    import openai  # noqa: PLC0415 - as above

    silence_s = timeout_s or _DEFAULT_SILENCE_S
    keys = (endpoint.api_key, client.api_key)
    reader = StreamReader(
        ResponsesDecoder(target=str(target), keys=keys), target=str(target), keys=keys
    )
    patient = client.with_options(
        max_retries=0, timeout=httpx2.Timeout(silence_s, connect=min(_CONNECT_S, silence_s))
    )
    try:
        create = cast("_Create", patient.responses.with_streaming_response.create)
        async with (
            create(**body) as response,
            aclosing(_events(response, reader, streamed=bool(body.get("stream")))) as events,
        ):
            async for event in events:
                yield event
    except (openai.OpenAIError, httpx2.TransportError) as error:
        raise _translated(
            error, reader, target=str(target), variable=endpoint.provider.key_variable, keys=keys
        ) from None


async def _events(
    response: AsyncAPIResponse[Any], reader: StreamReader, *, streamed: bool
) -> AsyncGenerator[Event, None]:
    if not streamed:
        for event in reader.read_whole(await response.read()):
            yield event
        return
    content_type = response.headers.get("content-type", "")
    if not reader.expects(content_type):
        raise reader.not_an_event_stream(
            await response.read(), status=response.status_code, content_type=content_type
        )
    chunks = aiter(response.iter_bytes())
    while (chunk := await next_chunk(chunks, reader)) is not None:
        for event in reader.feed(chunk):
            yield event
        if reader.error is not None:
            raise reader.error
    for event in reader.close():
        yield event


def check_client(client: object) -> None:
    """Refuse what is no client of the SDK, before any request.

    Raises:
        InvalidRequestError: The client is of another kind.
    """
    import openai  # noqa: PLC0415 - whoever has a client has loaded it

    if isinstance(client, openai.AzureOpenAI):
        raise InvalidRequestError("Pass an AsyncAzureOpenAI as client=, not an AzureOpenAI.")
    if not isinstance(client, openai.AsyncOpenAI | openai.OpenAI):
        raise InvalidRequestError(
            f"client= takes an openai.AsyncOpenAI or openai.OpenAI, not {type(client).__name__}."
        )


def _make_client(endpoint: Endpoint) -> AsyncOpenAI:
    import httpx2  # noqa: PLC0415 - loaded with the SDK, on first use
    import openai  # noqa: PLC0415 - as above

    given = endpoint.client
    if isinstance(given, openai.AsyncOpenAI) and not _has_usual_connections(given):
        return given
    http_client = openai.DefaultAsyncHttpxClient(
        limits=httpx2.Limits(max_connections=None, max_keepalive_connections=0)
    )
    if isinstance(given, openai.AsyncOpenAI):
        return given.copy(http_client=http_client)
    if isinstance(given, openai.OpenAI):
        return openai.AsyncOpenAI(
            api_key=given.api_key,
            base_url=given.base_url,
            organization=given.organization,
            project=given.project,
            default_headers=given._custom_headers,  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the SDK's own copy() reads the same
            http_client=http_client,
        )
    return openai.AsyncOpenAI(
        api_key=endpoint.api_key, base_url=endpoint.base_url, http_client=http_client
    )


def _has_usual_connections(client: AsyncOpenAI) -> bool:
    """Whether the SDK made the client's connections itself, with no proxy or such of the user's.

    A connection kept alive belongs to the loop it was made on, so the user's own calls and ours
    must not share any.
    """
    return type(client._client).__name__ == "AsyncHttpxClientWrapper"  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the SDK has no other word for it


def _translated(
    error: Exception,
    reader: StreamReader,
    *,
    target: str,
    variable: str | None,
    keys: tuple[str, ...],
) -> ProviderError:
    import httpx2  # noqa: PLC0415 - loaded with the SDK, on first use
    import openai  # noqa: PLC0415 - as above

    if isinstance(error, openai.APIStatusError):
        return _status_error(error.response, target=target, variable=variable, keys=keys)
    if isinstance(error, openai.APITimeoutError | httpx2.TimeoutException):
        return _timeout_error(error, target=target)
    if isinstance(error, openai.APIConnectionError):
        return _connection_error(error, target=target, keys=keys)
    if isinstance(error, httpx2.TransportError):
        return StreamInterruptedError(target=target, received_bytes=reader.received)
    return ProviderError(
        f"{target} could not be asked: {redact_keys(str(error), keys=keys)}",
        kind="bad_request",
        target=target,
    )


def _status_error(
    response: httpx2.Response, *, target: str, variable: str | None, keys: tuple[str, ...]
) -> ProviderError:
    return http_failure(
        target=target,
        status=response.status_code,
        headers={name.lower(): value for name, value in response.headers.items()},
        body=response.text,
        key_variable=variable,
        keys=keys,
    )


def _timeout_error(error: Exception, *, target: str) -> ProviderError:
    import httpx2  # noqa: PLC0415 - loaded with the SDK, on first use

    cause = error.__cause__ if error.__cause__ is not None else error
    if isinstance(cause, httpx2.ConnectTimeout):
        message = f"{target} could not be reached in time. Check the network and base_url."
    else:
        message = (
            f"{target} sent nothing for longer than its timeout allows. What arrived is kept; "
            "raise timeout=… (seconds of silence) if the model needs it, then run the cell again."
        )
    return ProviderError(message, kind="timeout", target=target)


def _connection_error(
    error: openai.APIConnectionError, *, target: str, keys: tuple[str, ...]
) -> ProviderError:
    cause = error.__cause__ or error
    why = redact_keys(str(cause), keys=keys) or type(cause).__name__
    return ProviderError(
        f"{target} could not be reached at {error.request.url.host}:{error.request.url.port or ''} "
        f"({why}). Check that the server runs, the network is up and base_url is right.",
        kind="connection",
        target=target,
    )
