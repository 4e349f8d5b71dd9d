"""What a caller may have in hand of a stream: an iterable, a manager of one, an SDK's response.

Looked at by what it can do, never by its class: nothing here imports an SDK.
"""

from __future__ import annotations

import contextlib
import inspect
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack
from typing import TYPE_CHECKING, Any, Final, cast

from stream_widget.errors import InvalidRequestError
from stream_widget.providers.json_values import mapping_in

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

__all__ = ["Watchable"]


class Watchable:
    """A stream that somebody else asked for, not yet driven.

    Raises:
        InvalidRequestError: It is no stream.
    """

    def __init__(self, source: object) -> None:
        # An SDK's response with the stream inside it; the others are opened when they are driven.
        if _is_response(source) and not inspect.iscoroutinefunction(cast("Any", source).parse):
            source = cast("Any", source).parse()
        _check(source)
        self._source = source
        self._response = _response_of(source)
        """The HTTP response under the stream, where an SDK's stream shows it; kept, since a
        generator shows it no more once it has ended."""

    @property
    def is_async(self) -> bool:
        """Whether it must be driven by a loop."""
        source = self._source
        return _can(source, "__aiter__") or (
            not _can(source, "__iter__") and (_can(source, "__aenter__") or _is_response(source))
        )

    @property
    def request(self) -> object | None:
        """The HTTP request that is being answered, where an SDK's stream shows it."""
        return getattr(self._response, "request", None)

    def items(self) -> Generator[object, None, None]:
        """The items of a plain stream; closing the generator closes the stream."""
        with ExitStack() as stack:
            stream: Any = self._source
            if not _can(stream, "__iter__"):
                stream = stack.enter_context(stream)
                if _is_response(stream):
                    stream = stream.parse()
            self._response = _response_of(_checked(stream, "__iter__"))
            stack.callback(_close, stream)
            iterator = iter(stream)
            stack.callback(_close, iterator)
            yield from iterator

    async def async_items(self) -> AsyncGenerator[object, None]:
        """The items of an asynchronous stream; closing the generator closes the stream."""
        async with AsyncExitStack() as stack:
            stream: Any = self._source
            if _can(stream, "__aenter__") and not _can(stream, "__aiter__"):
                stream = await stack.enter_async_context(stream)
            if _is_response(stream):
                stream = stream.parse()
                stream = await stream if inspect.isawaitable(stream) else stream
            self._response = _response_of(_checked(stream, "__aiter__"))
            stack.push_async_callback(_aclose, stream)
            iterator = aiter(stream)
            stack.push_async_callback(_aclose, iterator)
            async for item in iterator:
                yield item

    def interrupt(self) -> None:
        """End the connection of an SDK's plain stream, so that a blocked ``next()`` comes back.

        Closing alone would not: the system keeps a socket open that another thread reads from.
        """
        extensions = mapping_in(getattr(self._response, "extensions", None))
        connection: Any = extensions.get("network_stream")
        if connection is None or extensions.get("http_version") == b"HTTP/2":
            return  # nothing to end, or a connection that others may be using
        used = connection.get_extra_info("socket")
        if isinstance(used, socket.socket):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(used, socket.SHUT_RDWR)

    def close(self) -> None:
        """Close a plain stream that was not driven."""
        if _can(self._source, "__iter__"):
            _close(self._source)

    async def aclose(self) -> None:
        """Close an asynchronous stream that was not driven."""
        if _can(self._source, "__aiter__"):
            await _aclose(self._source)


# Looking


def _check(source: object) -> None:
    problem = _problem(source)
    if problem is not None:
        raise InvalidRequestError(
            f"watch() takes a stream, and {problem} Pass an iterable, plain or asynchronous, of "
            "strings, of stream_widget.events, of dict frames, or a stream of the openai or "
            "anthropic SDK."
        )


def _problem(source: object) -> str | None:
    """Why something is no stream, and what to do then; ``None`` if it may be one."""
    for is_it, sentence in _NO_STREAMS:
        if is_it(source):
            return sentence.format(name=type(source).__name__)
    if any(_can(source, way) for way in _WAYS) or _is_response(source):
        return None
    for is_it, sentence in _NOT_YET_STREAMS:
        if is_it(source):
            return sentence.format(name=type(source).__name__)
    return f"{type(source).__name__} cannot be iterated."


def _can(thing: object, method: str) -> bool:
    """Whether its class has a method; a class itself cannot do what its objects can."""
    return hasattr(type(thing), method)


def _checked(stream: object, method: str) -> object:
    if not _can(stream, method):
        raise InvalidRequestError(
            f"What was entered gave {type(stream).__name__}, which cannot be iterated: "
            "enter it yourself, and pass the stream."
        )
    return stream


def _is_response(thing: object) -> bool:
    """An SDK's ``with_raw_response`` or ``with_streaming_response`` answer."""
    return _can(thing, "parse") and hasattr(thing, "http_response")


def _response_of(stream: object) -> object | None:
    """The HTTP response under an SDK's stream, or under a generator that is its method."""
    if inspect.isgenerator(stream) or inspect.isasyncgen(stream):
        # Anthropic's stream.text_stream; a generator that has ended has no frame.
        frame = stream.gi_frame if inspect.isgenerator(stream) else stream.ag_frame
        stream = None if frame is None else frame.f_locals.get("self")
    response = getattr(stream, "response", None)
    return getattr(stream, "_response", None) if response is None else response


_WAYS: Final = ("__aiter__", "__iter__", "__aenter__", "__enter__")

_NO_STREAMS: Final[Sequence[tuple[Callable[[object], bool], str]]] = (
    (
        lambda source: isinstance(source, str),
        "this is one string: write watch([text]) to show it as it is.",
    ),
    (
        lambda source: isinstance(source, bytes | bytearray | memoryview),
        "this is {name}: decode it, or pass the SDK's stream itself.",
    ),
    (
        lambda source: isinstance(source, Mapping),
        "this is one {name}: write watch([frame]) if it is a frame.",
    ),
    (
        lambda source: _can(source, "model_dump"),
        "this is one {name}: ask with stream=True, or write watch([it]) to show it.",
    ),
    (
        lambda source: _can(source, "with_options"),
        "this is a client ({name}): ask with it first, with stream=True.",
    ),
)
"""What could be iterated or entered, and would give something that nobody means."""

_NOT_YET_STREAMS: Final[Sequence[tuple[Callable[[object], bool], str]]] = (
    (
        lambda source: _can(source, "__await__"),
        "this is a {name} that was not awaited: write watch(await …).",
    ),
    (callable, "this is a {name}: call it, and pass what it returns."),
)

# Closing


def _close(stream: Any) -> None:
    close = getattr(stream, "close", None)
    if callable(close):
        close()


async def _aclose(stream: Any) -> None:
    close = getattr(stream, "aclose", None) or getattr(stream, "close", None)
    if callable(close):
        closing = close()
        if inspect.isawaitable(closing):
            await closing
