"""The bytes of one answer become events, or an error that says what came instead."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Protocol

from stream_widget.errors import (
    MalformedStreamError,
    NotAnEventStreamError,
    ProviderError,
    StreamInterruptedError,
)
from stream_widget.events import HeartbeatReceived
from stream_widget.redaction import redact_keys
from stream_widget.wire import DamagedFrameError, FrameDecoder, OversizedFrameError, read_json

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping

    from stream_widget.events import Event

__all__ = ["Decoder", "StreamReader", "late_chunks"]

_LAST_WORDS_S: Final = 1.0
"""How long late frames (rate limits, ``[DONE]``) are waited for once the response is over."""
_EXCERPT_CHARACTERS: Final = 160


class Decoder(Protocol):
    """Frames of one wire API to events; one for each response."""

    @property
    def finished(self) -> bool:
        """Whether the provider has said that the response is over."""
        ...

    def feed(self, frame: Mapping[str, object]) -> Iterable[Event]:
        """The events of one frame of a stream."""
        ...

    def feed_body(self, body: Mapping[str, object]) -> Iterable[Event]:
        """The events of a whole, unstreamed response."""
        ...

    def end(self) -> Iterable[Event]:
        """What was held back for a frame that could have followed; once told, it is not again.

        Called when no frame follows, whether the response is over or the stream broke off.
        """
        ...


class StreamReader:
    """Feeds the bytes of one answer through the frame decoder and a wire's decoder."""

    received: int
    """Bytes so far."""
    over: bool
    """Nothing more is owed: the provider has said that the response is over, or it is damaged."""
    error: ProviderError | None
    """Set once the stream is damaged; what came before the damage was handed on."""

    def __init__(self, decoder: Decoder, *, target: str, keys: tuple[str, ...] = ()) -> None:
        self.received = 0
        self.over = False
        self.error = None
        self._decoder = decoder
        self._target = target
        self._keys = keys
        self._frames = FrameDecoder()
        self._comments = 0

    def expects(self, content_type: str) -> bool:
        """Whether an answer of this type can be a stream; some gateways leave the type out."""
        return not content_type or "text/event-stream" in content_type.lower()

    def feed(self, chunk: bytes) -> list[Event]:
        """The events that this chunk completes; check ``error`` afterwards."""
        self.received += len(chunk)
        events: list[Event] = []
        try:
            for frame in self._frames.feed(chunk):
                self._decode(frame.data, events)
        except DamagedFrameError as error:
            self._break_off(error.excerpt, events)
        except OversizedFrameError as error:
            if not self._decoder.finished:
                self._break_off(str(error), events)
        if self._frames.comments != self._comments:
            self._comments = self._frames.comments
            events.append(HeartbeatReceived())
        self.over = self._decoder.finished or self.error is not None
        return events

    def end(self) -> Iterable[Event]:
        """What is still held back, for who stops reading because the connection broke."""
        return self._decoder.end()

    def close(self) -> Iterator[Event]:
        """The last events, at the end of the bytes.

        Raises:
            MalformedStreamError: The stream is damaged.
            StreamInterruptedError: After these events: the provider has not said that the response
                is over.
        """
        if self.error is not None:
            raise self.error
        for frame in self._frames.close():
            events: list[Event] = []
            self._decode(frame.data, events)
            yield from events
        yield from self.end()
        if not self._decoder.finished:
            raise StreamInterruptedError(target=self._target, received_bytes=self.received)

    def read_whole(self, body: bytes) -> list[Event]:
        """The events of an unstreamed answer.

        Raises:
            MalformedStreamError: The body is not a JSON object, or not a response.
        """
        self.received = len(body)
        try:
            frame = read_json(body.decode("utf-8", "replace"))
        except DamagedFrameError:
            frame = None
        if not frame:
            raise self._malformed(self._excerpt(body))
        events = list(self._decoder.feed_body(frame))
        if not self._decoder.finished:
            raise self._malformed(self._excerpt(body))
        return events

    def not_an_answer(
        self, body: bytes, *, status: int, content_type: str, streamed: bool = True
    ) -> NotAnEventStreamError:
        """The error for a success whose body is something else, such as a proxy's page."""
        return NotAnEventStreamError(
            target=self._target,
            status=status,
            content_type=content_type,
            excerpt=self._excerpt(body),
            wanted="an event stream" if streamed else "a JSON answer",
        )

    def _decode(self, text: str, events: list[Event]) -> None:
        try:
            frame = read_json(text)
        except DamagedFrameError:
            if self._decoder.finished:
                return  # a broken frame after the end of the response takes nothing from it
            # The error shows the beginning of the data; half a key would not be known as one.
            raise DamagedFrameError(data=redact_keys(text, keys=self._keys)) from None
        if frame:
            events.extend(self._decoder.feed(frame))
        elif frame is not None:
            events.append(HeartbeatReceived())
        elif self._decoder.finished:  # [DONE]: the end need not wait until the server hangs up
            events.extend(self.end())

    def _break_off(self, excerpt: str, events: list[Event]) -> None:
        self.error = self._malformed(excerpt)
        events.extend(self.end())

    def _malformed(self, excerpt: str) -> MalformedStreamError:
        return MalformedStreamError(
            target=self._target,
            excerpt=redact_keys(excerpt, keys=self._keys),
            received_bytes=self.received,
        )

    def _excerpt(self, body: bytes) -> str:
        text = " ".join(body.decode("utf-8", "replace").split())
        text = redact_keys(text, keys=self._keys)
        return text[:_EXCERPT_CHARACTERS] + ("…" if len(text) > _EXCERPT_CHARACTERS else "")


async def late_chunks(
    chunks: AsyncIterator[bytes], reader: StreamReader
) -> AsyncGenerator[bytes, None]:
    """What follows soon after the end of a response, until nothing does."""
    while reader.error is None:
        try:
            async with asyncio.timeout(_LAST_WORDS_S):
                chunk = await anext(chunks, None)
        except TimeoutError:
            return
        if chunk is None:
            return
        yield chunk
