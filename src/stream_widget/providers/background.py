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
from stream_widget.providers.json_values import text_in
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
"""In a row without a frame or an answer in between."""
_FIRST_WAIT_S: Final = 0.5
_LONGEST_WAIT_S: Final = 60.0
"""However long the provider asks to wait."""
_FIRST_POLL_S: Final = 1.0
_LONGEST_POLL_S: Final = 5.0
_CANCEL_S: Final = 5.0
_UNDER_WAY: Final = frozenset({"queued", "in_progress"})

_log = logging.getLogger(__name__)


async def background_events(
    client: AsyncOpenAI, body: Mapping[str, object], *, sdk: Sdk, asked: Asked
) -> AsyncGenerator[Event, None]:
    """Start a background response and yield its events to its end, over as many connections.

    Closing the generator before the end cancels the response at the provider, and so does giving
    up: nobody would read what it still costs.

    Raises:
        ProviderError: The provider refused, or the response could not be taken up again.
    """
    cursor = _Cursor(ResponsesDecoder(target=asked.target, keys=asked.keys))
    try:
        async with aclosing(_followed(client, body, cursor, sdk=sdk, asked=asked)) as answer:
            async for event in answer:
                yield event
    except (asyncio.CancelledError, GeneratorExit, ProviderError):
        if cursor.response_id is not None and not cursor.is_over:
            await _cancel(client, cursor.response_id)
        raise


async def _followed(
    client: AsyncOpenAI, body: Mapping[str, object], cursor: _Cursor, *, sdk: Sdk, asked: Asked
) -> AsyncGenerator[Event, None]:
    """Ask once, then for the rest of the stream, or unstreamed for the answer until it is there."""
    create, patience = _create(client.responses.with_streaming_response.create), _Patience()
    while True:
        answer = answer_events(create, body, cursor.again, sdk=sdk, asked=asked)
        try:
            async with aclosing(answer) as events:
                async for event in events:
                    yield event
        except ProviderError as error:
            wait_s = patience.after(error, cursor)
            if wait_s is None:
                for event in cursor.give_up():
                    yield event
                raise
            yield StreamResumed(_dropped(error))
        else:
            if not cursor.is_under_way:
                return
            wait_s = patience.until_next_poll()
        await asyncio.sleep(wait_s)
        create = _create(client.responses.with_streaming_response.retrieve)
        body = cursor.rest


async def _cancel(client: AsyncOpenAI, response_id: str) -> None:
    """Ask for it once; what went wrong there is no reason to hold up whoever cancelled here."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_CANCEL_S):
            try:
                await client.responses.cancel(response_id)
            except Exception as error:  # noqa: BLE001 - an SDK's or its HTTP library's: the run has ended
                what = type(error).__name__
                _log.warning("The response %s could not be cancelled: %s", response_id, what)


class _Patience:
    """How long to wait before the response is asked for again."""

    def __init__(self) -> None:
        self._failures = 0
        """In a row, without a frame or an answer in between."""
        self._seen = -1
        self._poll_s = _FIRST_POLL_S

    def after(self, error: ProviderError, cursor: _Cursor) -> float | None:
        """Seconds after a failure; ``None``: asking again does not help."""
        self._failures = 0 if cursor.number > self._seen else self._failures + 1
        self._seen = cursor.number
        if not cursor.may_resume(error) or self._failures >= _RESUMES:
            return None
        wait_s = max(_FIRST_WAIT_S * 2**self._failures, error.retry_after_s or 0.0)
        return min(wait_s, _LONGEST_WAIT_S)

    def until_next_poll(self) -> float:
        """Seconds after an answer that the response is still to come."""
        self._failures = 0
        wait_s, self._poll_s = self._poll_s, min(self._poll_s * 1.5, _LONGEST_POLL_S)
        return wait_s


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

    @property
    def rest(self) -> Mapping[str, object]:
        """What to ask for next, as keywords of the SDK's ``retrieve``."""
        if self.is_under_way:
            return {"response_id": self.response_id}
        return {
            "response_id": self.response_id,
            "stream": True,
            "starting_after": self.number,
        }

    def may_resume(self, error: ProviderError) -> bool:
        known = self.response_id is not None and (self.number >= 0 or self.is_under_way)
        return known and not self.is_over and error.kind in _RESUMED

    def feed(self, frame: Mapping[str, object]) -> Iterable[Event]:
        number = frame.get("sequence_number")
        if isinstance(number, int) and not isinstance(number, bool):
            if number <= self.number:
                return []
            self.number = number
        return self._noted(self._decoder.feed(frame))

    def feed_body(self, body: Mapping[str, object]) -> Iterable[Event]:
        self.is_under_way = text_in(body.get("status")) in _UNDER_WAY
        if self.is_under_way:
            self.response_id = text_in(body.get("id"))
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
