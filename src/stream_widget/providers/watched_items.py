"""The items of a stream that somebody else asked for, of any kind we know, become events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, cast

from stream_widget import catalog
from stream_widget.errors import InvalidRequestError, ProviderError, StreamInterruptedError
from stream_widget.events import (
    Event,
    HeartbeatReceived,
    OutputTextDelta,
    ResponseFailed,
    ResponseFinished,
    ResponseStarted,
)
from stream_widget.providers.anthropic_messages import MessagesDecoder
from stream_widget.providers.frames_of import api_of, frame_of, is_body, model_in, says_again
from stream_widget.providers.openai_chat import ChatDecoder
from stream_widget.providers.openai_responses import ResponsesDecoder
from stream_widget.providers.registry import PROVIDERS
from stream_widget.providers.sdk_requests import api_asked, keys_in, model_asked, provider_at
from stream_widget.request import Target

if TYPE_CHECKING:
    from stream_widget.providers.reader import Decoder
    from stream_widget.request import Api

__all__ = ["WATCHED", "WatchedItems"]

WATCHED: Final = "watch"
"""The provider's name where nobody said who answers."""

_DECODERS: Final[Mapping[Api, Callable[..., Decoder]]] = {
    "responses": ResponsesDecoder,
    "chat": ChatDecoder,
    "messages": MessagesDecoder,
}
_WIRE_OWNERS: Final[Mapping[Api, str]] = {
    "responses": "openai",
    "messages": "anthropic",
    "chat": WATCHED,  # everybody speaks it
}
_Kind: TypeAlias = Literal["text", "event", "frame"]
_SHOWN_KEYS: Final = 5


class WatchedItems:
    """Reads the items of one stream, in order; strings, events and frames may be mixed."""

    target: Target
    """Who answers, as far as the frames have said."""
    api: Api | None
    """The wire the frames are of; ``None`` until there is one."""
    taken: int
    """Items so far."""

    def __init__(
        self,
        target: Target,
        *,
        guess: bool,
        request: Callable[[], object | None] = lambda: None,
    ) -> None:
        """Make a reader for one stream.

        Args:
            target: Whom errors name until the frames say better.
            guess: Whether they may: false where the caller has named a target.
            request: The HTTP request that is being answered, where there is one to see.
        """
        self.target = target
        self.api = None
        self.taken = 0
        self._guess = guess
        self._request = request
        self._decoder: Decoder | None = None
        self._texts: Decoder | None = None
        self._events_seen = False
        self._told_end = False
        self._numbers: dict[_Kind, dict[int, int]] = {"text": {}, "event": {}, "frame": {}}
        """Parts are numbered over all items; a string's and a frame's may both call theirs 0."""

    @property
    def of_sdk(self) -> bool:
        """Whether this is the stream of an SDK itself, and nothing that was made of one."""
        return self._request() is not None

    def feed(self, item: object) -> list[Event]:
        """The events of one item.

        Raises:
            ProviderError: It is nothing we know; the message names its type.
        """
        self.taken += 1
        if self.taken == 1:
            self.name_by(self._request())
        if isinstance(item, str):
            return self._numbered("text", self._text(item))
        if isinstance(item, dict):  # the commonest, and known without asking twenty classes
            return self._numbered("frame", self._frame(cast("object", item)))
        if isinstance(item, Event):
            self._events_seen = True
            self._told_end |= isinstance(item, ResponseFinished | ResponseFailed)
            return self._numbered("event", [item])
        if item is None or says_again(item, self.api):
            return [HeartbeatReceived()]  # None: the content of a chunk that has none
        return self._numbered("frame", self._frame(item))

    def end(self) -> Iterator[Event]:
        """The last events, at the end of a stream that ended by itself.

        Strings are whole when they end; frames and events say so.

        Raises:
            StreamInterruptedError: After these events: they have not.
        """
        framed = self._decoder is not None or self._events_seen or self.of_sdk
        if self._texts is not None:
            last = [*self._texts.feed(_chunk(None, "stop")), *self._texts.end()]
            yield from self._numbered("text", [e for e in last if not _is_end(e)])
        yield from self._rest_of_frames()
        finished = self._told_end or (self._decoder is not None and self._decoder.finished)
        if self._texts is not None and self._decoder is None and not self._told_end:
            framed = False
        if framed and not finished:
            raise StreamInterruptedError(target=str(self.target))
        if not framed:
            yield ResponseFinished(None, None)

    def break_off(self) -> Iterator[Event]:
        """What was held back, where the stream ended with an error."""
        if self._texts is not None:
            yield from self._numbered("text", self._texts.end())
        yield from self._rest_of_frames()

    def finish(self, frame: Mapping[str, object]) -> Iterator[Event]:
        """The events of a last frame that an SDK kept for itself."""
        if self._decoder is not None:
            yield from self._numbered("frame", self._decoder.feed(frame))
        yield from self.end()

    # Each kind of item

    def _text(self, text: str) -> Iterable[Event]:
        if self._texts is None:
            # A string is a chunk that has content and nothing else: tags are told apart there.
            self._texts = ChatDecoder(target=str(self.target))
        events = self._texts.feed(_chunk(text, None)) if text else ()
        # Nothing has started by it: a string has no response behind it that has a name.
        return [e for e in events if not isinstance(e, ResponseStarted)] or [HeartbeatReceived()]

    def _frame(self, item: object) -> Iterable[Event]:
        frame = frame_of(item)
        if frame is None:
            raise self._unreadable(item)
        if not frame:
            return [HeartbeatReceived()]
        if self._guess:
            self._name(model_in(frame), self.api or api_of(frame), self._request())
        if self._decoder is not None:
            return self._decoder.feed(frame)
        self.api = api_of(frame)
        if self.api is None:
            raise self._unreadable(item)
        self._decoder = _DECODERS[self.api](target=str(self.target), keys=keys_in(self._request()))
        if is_body(frame, self.api):
            return self._decoder.feed_body(frame)
        return self._decoder.feed(frame)

    def _rest_of_frames(self) -> Iterator[Event]:
        if self._decoder is not None:
            yield from self._numbered("frame", self._decoder.end())

    def _numbered(self, kind: _Kind, events: Iterable[Event]) -> list[Event]:
        known = self._numbers[kind]
        numbered = list(events)
        for index, event in enumerate(numbered):
            part: int | None = getattr(event, "part", None)
            if part is None or known.get(part) == part:
                continue
            number = known.get(part)
            if number is None:
                number = known[part] = sum(map(len, self._numbers.values()))
            moved: Any = replace(cast("OutputTextDelta", event), part=number)
            numbered[index] = moved
        return numbered

    # Who answers

    def name_by(self, request: object | None) -> None:
        """Take from an SDK's HTTP request who answers; frames may say it less well."""
        if self._guess and request is not None:
            self._name(model_asked(request), api_asked(request), request)

    def _name(self, model: str | None, api: Api | None, request: object | None) -> None:
        if model is None:
            return
        self._guess = False
        provider = provider_at(request) or _provider_of(model)
        if provider is None:
            provider = WATCHED if api is None else _WIRE_OWNERS[api]
        self.target = Target(provider, model)

    def _unreadable(self, item: object) -> ProviderError:
        name = type(item).__name__
        if isinstance(item, Mapping):
            keys = [repr(key) for key in cast("Mapping[object, object]", item)]
            shown = ", ".join(keys[:_SHOWN_KEYS]) + (", …" if len(keys) > _SHOWN_KEYS else "")
            name = f"{name} with the keys {shown}" if keys else f"{name} without a key"
        hint = " Decode it first." if isinstance(item, bytes | bytearray) else ""
        return ProviderError(
            f"{self.target} yielded something that cannot be read, of type {name}.{hint} What came "
            "before it is kept. watch() reads strings, stream_widget.events, dict frames of the "
            "Responses, Chat and Messages APIs, and what the streams of the openai and anthropic "
            "SDKs yield.",
            kind="malformed",
            target=str(self.target),
        )


def _provider_of(model: str) -> str | None:
    """Who has a model of this name, as far as the catalog knows."""
    try:
        return catalog.find_target(model, providers=PROVIDERS).provider
    except InvalidRequestError:
        return None


def _chunk(text: str | None, finish_reason: str | None) -> Mapping[str, object]:
    delta = {} if text is None else {"content": text}
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}]}


def _is_end(event: Event) -> bool:
    return isinstance(event, ResponseFinished | ResponseFailed)
