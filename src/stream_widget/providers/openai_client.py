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

__all__ = ["OpenAIClients", "ask_responses"]

_CONNECT_S: Final = 10.0
_DEFAULT_SILENCE_S: Final = 600.0
"""A model may reason for minutes without a word; the SDK's own limit is the same."""


class OpenAIClients:
    """One SDK client for each address and key, made on first use, all on one loop.

    Connections are closed with their response (no keep-alive): a run leaves nothing behind, and the
    costly part, the TLS settings, is kept with the client.
    """

    def __init__(self) -> None:
        self._clients: dict[tuple[str | None, str, int], AsyncOpenAI] = {}
        self._warm = False

    async def get_ready(self) -> None:
        """Load the SDK on a thread, once; waits until it is done."""
        if not self._warm:
            await in_thread(warm_openai)
            self._warm = True

    def for_endpoint(self, endpoint: Endpoint) -> AsyncOpenAI:
        """The client for an endpoint; a user's own client keeps its settings."""
        identity = (endpoint.base_url, endpoint.api_key, id(endpoint.client))
        client = self._clients.get(identity)
        if client is None:
            client = self._clients[identity] = _make_client(endpoint)
        return client


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
    reader = StreamReader(
        ResponsesDecoder(target=str(target)), target=str(target), keys=(endpoint.api_key,)
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
        raise _translated(error, reader, target=str(target), endpoint=endpoint) from None


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


def _make_client(endpoint: Endpoint) -> AsyncOpenAI:
    import httpx2  # noqa: PLC0415 - loaded with the SDK, on first use
    import openai  # noqa: PLC0415 - as above

    given = endpoint.client
    if given is None:
        return openai.AsyncOpenAI(
            api_key=endpoint.api_key,
            base_url=endpoint.base_url,
            http_client=openai.DefaultAsyncHttpxClient(
                limits=httpx2.Limits(max_connections=None, max_keepalive_connections=0)
            ),
        )
    if isinstance(given, openai.AsyncOpenAI):
        return given
    if isinstance(given, openai.AzureOpenAI):
        raise InvalidRequestError("Pass an AsyncAzureOpenAI as client=, not an AzureOpenAI.")
    if isinstance(given, openai.OpenAI):
        return openai.AsyncOpenAI(
            api_key=given.api_key,
            base_url=given.base_url,
            organization=given.organization,
            project=given.project,
            default_headers=given._custom_headers,  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the SDK's own copy() reads the same
        )
    raise InvalidRequestError(
        f"client= takes an openai.AsyncOpenAI or openai.OpenAI, not {type(given).__name__}."
    )


def _translated(
    error: Exception, reader: StreamReader, *, target: str, endpoint: Endpoint
) -> ProviderError:
    import httpx2  # noqa: PLC0415 - loaded with the SDK, on first use
    import openai  # noqa: PLC0415 - as above

    if isinstance(error, openai.APIStatusError):
        return _status_error(error.response, target=target, endpoint=endpoint)
    if isinstance(error, openai.APITimeoutError | httpx2.TimeoutException):
        return _timeout_error(error, target=target)
    if isinstance(error, openai.APIConnectionError):
        return _connection_error(error, target=target)
    if isinstance(error, httpx2.TransportError):
        return StreamInterruptedError(target=target, received_bytes=reader.received)
    return ProviderError(
        f"{target} could not be asked: {redact_keys(str(error), keys=(endpoint.api_key,))}",
        kind="bad_request",
        target=target,
    )


def _status_error(response: httpx2.Response, *, target: str, endpoint: Endpoint) -> ProviderError:
    return http_failure(
        target=target,
        status=response.status_code,
        headers={name.lower(): value for name, value in response.headers.items()},
        body=response.text,
        key_variable=endpoint.provider.key_variable,
        keys=(endpoint.api_key,),
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


def _connection_error(error: openai.APIConnectionError, *, target: str) -> ProviderError:
    cause = error.__cause__ or error
    return ProviderError(
        f"{target} could not be reached at {error.request.url.host}:{error.request.url.port or ''} "
        f"({redact_keys(str(cause)) or type(cause).__name__}). Check that the server runs, the "
        "network is up and base_url is right.",
        kind="connection",
        target=target,
    )
