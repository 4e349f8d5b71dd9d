"""A response that goes on at the provider without us: taken up again, polled, and cancelled there.

https://platform.openai.com/docs/guides/background. Each frame carries a ``sequence_number``; a
stream that dropped is asked for again from the frame after the last one that came.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final, cast

from stream_widget.errors import ProviderError
from stream_widget.events import HeartbeatReceived, ResponseStarted, StreamResumed
from stream_widget.providers.door import answer_events
from stream_widget.providers.openai_responses import ResponsesDecoder

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable, Mapping

    from openai import AsyncOpenAI

    from stream_widget.errors import ErrorKind
    from stream_widget.events import Event
    from stream_widget.providers.door import Asked, Create, Sdk

__all__ = ["background_events"]

_RESUMED: Final[frozenset[ErrorKind]] = frozenset(
    {"interrupted", "connection", "timeout", "server", "overloaded", "rate_limit"}
)
_RESUMES: Final = 5
"""In a row without a frame in between."""
_FIRST_WAIT_S: Final = 0.5
_POLL_S: Final = 1.0
_LONGEST_POLL_S: Final = 5.0
_CANCEL_S: Final = 5.0
_UNDER_WAY: Final = frozenset({"queued", "in_progress"})

_log = logging.getLogger(__name__)


async def background_events(
    client: AsyncOpenAI, body: Mapping[str, object], *, sdk: Sdk, asked: Asked
) -> AsyncGenerator[Event, None]:
    """Start a background response and yield its events to its end, over as many connections.

    Closing the generator before the end cancels the response at the provider.

    Raises:
        ProviderError: The provider refused, or the response could not be taken up again.
    """
    cursor = _Cursor(ResponsesDecoder(target=asked.target, keys=asked.keys))
    try:
        events = _streamed if body.get("stream") else _polled
        async with aclosing(events(client, body, cursor, sdk=sdk, asked=asked)) as answer:
            async for event in answer:
                yield event
    except (asyncio.CancelledError, GeneratorExit):
        if cursor.response_id is not None and not cursor.is_over:
            await _cancel(client, cursor.response_id)
        raise


async def _streamed(
    client: AsyncOpenAI, body: Mapping[str, object], cursor: _Cursor, *, sdk: Sdk, asked: Asked
) -> AsyncGenerator[Event, None]:
    create, resumes, seen = _create(client.responses.with_streaming_response.create), 0, -1
    while True:
        answer = answer_events(create, body, cursor.again, sdk=sdk, asked=asked)
        try:
            async with aclosing(answer) as events:
                async for event in events:
                    yield event
        except ProviderError as error:
            resumes = 0 if cursor.number > seen else resumes + 1
            seen = cursor.number
            if not cursor.may_resume(error) or resumes >= _RESUMES:
                for event in cursor.give_up():
                    yield event
                raise
            yield StreamResumed(_dropped(error))
            await asyncio.sleep(_FIRST_WAIT_S * 2**resumes)
        else:
            return
        create = _create(client.responses.with_streaming_response.retrieve)
        body = {
            "response_id": cursor.response_id,
            "stream": True,
            "starting_after": cursor.number,
        }


async def _polled(
    client: AsyncOpenAI, body: Mapping[str, object], cursor: _Cursor, *, sdk: Sdk, asked: Asked
) -> AsyncGenerator[Event, None]:
    """Unstreamed, a background response comes at once, without its answer."""
    create, wait_s = _create(client.responses.with_streaming_response.create), _POLL_S
    while True:
        answer = answer_events(create, body, cursor.again, sdk=sdk, asked=asked)
        async with aclosing(answer) as events:
            async for event in events:
                yield event
        if cursor.is_over or not cursor.is_under_way:
            return
        await asyncio.sleep(wait_s)
        wait_s = min(wait_s * 1.5, _LONGEST_POLL_S)
        create = _create(client.responses.with_streaming_response.retrieve)
        body = {"response_id": cursor.response_id}


async def _cancel(client: AsyncOpenAI, response_id: str) -> None:
    """Ask for it once; what went wrong there is no reason to hold up whoever cancelled here."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_CANCEL_S):
            try:
                await client.responses.cancel(response_id)
            except Exception:  # noqa: BLE001 - an SDK's or its HTTP library's: the run has ended
                _log.warning("The response %s could not be cancelled", response_id, exc_info=True)


class _Cursor:
    """A decoder that remembers how far it has come and passes over what it has seen."""

    def __init__(self, decoder: ResponsesDecoder) -> None:
        self._decoder = decoder
        self.response_id: str | None = None
        self.number = -1
        """The last frame's; -1 before any, or where the provider gives none."""
        self.is_under_way = False
        """A whole body said that its answer is still to come."""

    @property
    def finished(self) -> bool:
        """Whether this connection's answer is whole; one that is still to come may be."""
        return self.is_over or self.is_under_way

    @property
    def is_over(self) -> bool:
        """Whether the response is."""
        return self._decoder.finished

    def again(self, **_facts: object) -> _Cursor:
        """Itself, where a decoder is made for each connection."""
        return self

    def may_resume(self, error: ProviderError) -> bool:
        known = self.response_id is not None and self.number >= 0
        return known and not self.is_over and error.kind in _RESUMED

    def feed(self, frame: Mapping[str, object]) -> Iterable[Event]:
        number = frame.get("sequence_number")
        if isinstance(number, int) and not isinstance(number, bool):
            if number <= self.number:
                return []
            self.number = number
        return self._noted(self._decoder.feed(frame))

    def feed_body(self, body: Mapping[str, object]) -> Iterable[Event]:
        self.is_under_way = body.get("status") in _UNDER_WAY
        if self.is_under_way:
            response_id = body.get("id")
            self.response_id = response_id if isinstance(response_id, str) else None
            # Without a name it cannot be asked for again.
            self.is_under_way = self.response_id is not None
            return [HeartbeatReceived()]
        return self._noted(self._decoder.feed_body(body))

    def end(self) -> Iterable[Event]:
        """What is held back waits for the next connection."""
        return []

    def give_up(self) -> Iterable[Event]:
        return self._decoder.end()

    def _noted(self, events: Iterable[Event]) -> list[Event]:
        noted = [*events]
        for event in noted:
            if isinstance(event, ResponseStarted):
                self.response_id = event.response_id
        return noted


def _create(method: Any) -> Create:
    return cast("Create", method)


def _dropped(error: ProviderError) -> str:
    what = "sent nothing more" if error.kind == "timeout" else "dropped"
    return f"the connection {what}" if error.status is None else f"HTTP {error.status}"
