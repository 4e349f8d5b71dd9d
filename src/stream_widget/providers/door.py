"""What the doors to the SDKs share: the loop over an answer's bytes, and failures of the way."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from stream_widget.errors import MalformedStreamError, ProviderError, StreamInterruptedError
from stream_widget.providers.failures import http_failure
from stream_widget.providers.reader import Decoder, StreamReader, late_chunks
from stream_widget.redaction import redact_keys

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Mapping

    from stream_widget.events import Event

__all__ = ["Answer", "Asked", "Create", "Sdk", "answer_events", "http_library"]


class Answer(Protocol):
    """What both SDKs give for a request made with ``with_streaming_response``."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Names in any case; looked up in lower case."""
        ...

    @property
    def status_code(self) -> int:
        """The HTTP status."""
        ...

    @property
    def http_response(self) -> Any:
        """The response of the HTTP library below."""
        ...

    def iter_bytes(self) -> AsyncIterator[bytes]:
        """The body as it arrives, decompressed."""
        ...

    async def read(self) -> bytes:
        """The whole body."""
        ...


Create: TypeAlias = Callable[..., AbstractAsyncContextManager[Answer]]
"""Makes a request; the SDKs have a typed overload for each ``stream``, our keywords are data."""


@dataclass(frozen=True, slots=True)
class Sdk:
    """The exceptions of one SDK, and the HTTP library under it, whose own ones pass through it."""

    root: type[Exception]
    status: type[Exception]
    timeout: type[Exception]
    connection: type[Exception]
    http: Any
    """``httpx2``, or ``httpx`` under an SDK from before August 2026; both have the same names."""

    @classmethod
    def of(cls, module: Any, *, root: type[Exception]) -> Sdk:
        """The exceptions of an SDK's module; the makers of both SDKs give them the same names."""
        return cls(
            root=root,
            status=module.APIStatusError,
            timeout=module.APITimeoutError,
            connection=module.APIConnectionError,
            http=http_library(module),
        )

    def patience(self, connect_s: float) -> Any:
        """Time-outs for the connection alone: the silence of an answer is the run's to judge."""
        return self.http.Timeout(None, connect=connect_s)

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """Everything that can come out of a request or of reading its answer."""
        return (self.root, self.http.RequestError)


def http_library(sdk: Any) -> Any:
    """The HTTP library under an SDK's module."""
    # Not by the module of a class it exports: the SDKs put their own name over it.
    base = sdk.DefaultAsyncHttpxClient.__base__
    return importlib.import_module(base.__module__.partition(".")[0])


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom an error names, and what it must not repeat."""

    target: str
    key_place: str | None
    keys: tuple[str, ...]


async def answer_events(
    create: Create,
    body: Mapping[str, object],
    decoder: Callable[..., Decoder],
    *,
    sdk: Sdk,
    asked: Asked,
) -> AsyncGenerator[Event, None]:
    """Make a request and yield its events; closing the generator closes the connection.

    Args:
        create: The SDK's method that makes the request.
        body: Its keywords.
        decoder: The class that reads the answer's wire.
        sdk: Whose errors are translated.
        asked: Whom errors name.

    Raises:
        ProviderError: The provider refused, could not be reached, or broke off.
    """
    target, keys = asked.target, asked.keys
    reader = StreamReader(decoder(target=target, keys=keys), target=target, keys=keys)
    try:
        async with (
            create(**body) as answer,
            aclosing(_events(answer, reader, streamed=bool(body.get("stream")))) as events,
        ):
            async for event in events:
                yield event
    except sdk.errors as error:
        for event in reader.end():
            yield event
        raise _translated(error, reader, sdk=sdk, asked=asked) from None


def _events(answer: Answer, reader: StreamReader, *, streamed: bool) -> AsyncGenerator[Event, None]:
    # Some servers pass over `stream` and send the whole answer.
    if not streamed or "json" in _content_type(answer).lower():
        return _whole(answer, reader, streamed=streamed)
    return _streamed(answer, reader)


async def _streamed(answer: Answer, reader: StreamReader) -> AsyncGenerator[Event, None]:
    if not reader.expects(_content_type(answer)):
        raise reader.not_an_answer(
            await answer.read(), status=answer.status_code, content_type=_content_type(answer)
        )
    chunks = _chunks_of(answer)
    async for chunk in chunks:
        for event in reader.feed(chunk):
            yield event
        if reader.over:
            break
    async for chunk in late_chunks(chunks, reader):
        for event in reader.feed(chunk):
            yield event
    for event in reader.close():
        yield event


def _chunks_of(answer: Answer) -> AsyncIterator[bytes]:
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        return aiter(answer.iter_bytes())
    # Two generators less for each delta to come through.
    return aiter(answer.http_response.aiter_raw())


async def _whole(
    answer: Answer, reader: StreamReader, *, streamed: bool
) -> AsyncGenerator[Event, None]:
    body = await answer.read()
    try:
        events = reader.read_whole(body)
    except MalformedStreamError:
        raise reader.not_an_answer(
            body,
            status=answer.status_code,
            content_type=_content_type(answer),
            streamed=streamed,
        ) from None
    for event in events:
        yield event


def _content_type(answer: Answer) -> str:
    return answer.headers.get("content-type", "")


def _translated(error: Exception, reader: StreamReader, *, sdk: Sdk, asked: Asked) -> ProviderError:
    if isinstance(error, sdk.status):
        return _status_error(error, asked)
    if isinstance(error, sdk.timeout | sdk.http.TimeoutException):
        return _timeout_error(error, sdk, asked)
    if isinstance(error, sdk.connection):
        return _connection_error(error, asked)
    if isinstance(error, sdk.http.RequestError):
        return StreamInterruptedError(target=asked.target, received_bytes=reader.received)
    return ProviderError(
        f"{asked.target} could not be asked: {redact_keys(str(error), keys=asked.keys)}",
        kind="bad_request",
        target=asked.target,
    )


def _status_error(error: Any, asked: Asked) -> ProviderError:
    response = error.response
    return http_failure(
        target=asked.target,
        status=response.status_code,
        headers=dict(response.headers),
        body=response.text,
        key_place=asked.key_place,
        keys=asked.keys,
    )


def _timeout_error(error: Exception, sdk: Sdk, asked: Asked) -> ProviderError:
    cause = error.__cause__ if error.__cause__ is not None else error
    if isinstance(cause, sdk.http.ConnectTimeout):
        message = (
            f"{asked.target} could not be reached in time. Check the network and base_url, or "
            "raise timeout={'connect': seconds}."
        )
    else:
        # A client of the caller's own may have limits of its own.
        message = (
            f"{asked.target} sent nothing for longer than the client's own timeout allows. What "
            "arrived is kept; raise that timeout if the model needs it, then run the cell again."
        )
    return ProviderError(message, kind="timeout", target=asked.target)


def _connection_error(error: Any, asked: Asked) -> ProviderError:
    cause = error.__cause__ or error
    why = redact_keys(str(cause), keys=asked.keys) or type(cause).__name__
    url = error.request.url
    return ProviderError(
        f"{asked.target} could not be reached at {url.host}{f':{url.port}' if url.port else ''} "
        f"({why}). Check that the server runs, the network is up and base_url is right.",
        kind="connection",
        target=asked.target,
    )
