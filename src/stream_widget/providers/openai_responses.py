"""Frames of the OpenAI Responses API, and of those who speak it, as events.

https://platform.openai.com/docs/api-reference/responses-streaming. Parts are keyed by output index
and content (or summary) index, never by item id, which some gateways change from frame to frame;
where a server leaves the indexes out, the item's id and then the order stand in. A server without a
reasoning parser (vLLM) leaves the model's tags at the beginning of the first text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, Literal, TypeAlias

from stream_widget.events import (
    Event,
    FinishReason,
    HeartbeatReceived,
    OutputTextDelta,
    PartFinished,
    ReasoningFinished,
    ReasoningStarted,
    ReasoningSummaryDelta,
    ReasoningTextDelta,
    RefusalDelta,
    ResponseFailed,
    ResponseFinished,
    ResponseStarted,
    ToolCallDelta,
    ToolCallFinished,
    ToolCallStarted,
    UnknownFrame,
    Usage,
    UsageReported,
)
from stream_widget.providers.failures import failure_in_stream
from stream_widget.providers.json_values import (
    count_in,
    mapping_in,
    name_in,
    sequence_in,
    text_in,
)
from stream_widget.providers.surrogates import SurrogateJoiner, whole_characters
from stream_widget.providers.think_tags import Piece, TagSplitter

__all__ = ["ResponsesDecoder"]

_Frame: TypeAlias = Mapping[str, object]
_Track: TypeAlias = Literal["summary", "raw", "text", "refusal", "tool"]
_Key: TypeAlias = tuple[_Track, object, object]

_DELTAS: Final[
    Mapping[
        str,
        tuple[
            _Track,
            str,
            Callable[[int, str], Event],
        ],
    ]
] = {
    "response.output_text": ("text", "content_index", OutputTextDelta),
    "response.reasoning_summary_text": ("summary", "summary_index", ReasoningSummaryDelta),
    "response.reasoning_text": ("raw", "content_index", ReasoningTextDelta),
    "response.refusal": ("refusal", "content_index", RefusalDelta),
    "response.function_call_arguments": ("tool", "", ToolCallDelta),
    "response.custom_tool_call_input": ("tool", "", ToolCallDelta),
    "response.mcp_call_arguments": ("tool", "", ToolCallDelta),
}

_SAID: Final[Mapping[str, str]] = {
    "response.output_text": "text",
    "response.reasoning_summary_text": "text",
    "response.reasoning_text": "text",
    "response.refusal": "refusal",
    "response.function_call_arguments": "arguments",
    "response.custom_tool_call_input": "input",
    "response.mcp_call_arguments": "arguments",
}
"""Which field of a ``.done`` frame holds the whole text."""

_TOOL_STEMS: Final[Mapping[str | None, str]] = {
    "function_call": "response.function_call_arguments",
    "custom_tool_call": "response.custom_tool_call_input",
    "mcp_call": "response.mcp_call_arguments",
}
"""From the type of a tool's item to the frames of its arguments."""

_INDEXES: Final = (int, str, float)

_HEARTBEATS: Final = frozenset({"keepalive", "response.in_progress", "response.queued"})

_SILENT: Final = (
    "response.content_part.added",
    "response.content_part.done",
    "response.reasoning_summary_part.added",
    "response.reasoning_summary_part.done",
)
"""Frames whose facts other frames say too."""

_FINISH_REASONS: Final[Mapping[str, FinishReason]] = {
    "completed": "stop",
    "max_output_tokens": "length",
    "max_tokens": "length",
    "REASON_MAX_LEN": "length",  # xAI, seen 2026-06
    "content_filter": "content_filter",
    "failed": "error",
}


class ResponsesDecoder:
    """Turns the frames of one response into events; holds what belongs to that response only."""

    def __init__(self, *, target: str, keys: tuple[str, ...] = ()) -> None:
        """Make a decoder for one response.

        Args:
            target: Whom errors name.
            keys: Keys that must not be repeated, should the provider echo one in an error.
        """
        self._target = target
        self._keys = keys
        self._parts: dict[_Key, int] = {}
        self._lengths: dict[int, int] = {}
        self._surrogates = SurrogateJoiner()
        self._tags = TagSplitter()
        self._first_text: int | None = None
        """The part in which reasoning may stand in tags."""
        self._tagged: int | None = None
        """The part of that reasoning, while it is open."""
        self._started = False
        self._called_tool = False
        self._refused = False
        self.finished = False
        """The provider has said that the response is over, one way or another."""
        self._handlers: Mapping[str, Callable[[_Frame], list[Event]]] = {
            "response.created": self._created,
            "response.output_item.added": self._item_added,
            "response.output_item.done": self._item_done,
            "response.completed": self._finished,
            "response.incomplete": self._finished,
            "response.failed": self._failed,
            "response.cancelled": self._failed,
            "error": self._failed,
            **dict.fromkeys(_HEARTBEATS, self._alive),
            **dict.fromkeys(_SILENT, _nothing),
        }

    def feed(self, frame: _Frame) -> Iterable[Event]:
        """The events of one frame, in order; an unknown frame is passed on as `UnknownFrame`."""
        kind = frame.get("type")
        if not isinstance(kind, str):
            return self._feed_untyped(frame)
        stem, _, verb = kind.rpartition(".")
        if verb == "delta" and stem in _DELTAS:
            return self._delta(stem, frame)
        if verb == "done" and stem in _DELTAS:
            return self._done(stem, frame)
        handle = self._handlers.get(kind)
        return handle(frame) if handle is not None else [UnknownFrame(frame)]

    def end(self) -> list[Event]:
        """What waited for a frame that could have followed, and does not."""
        return self._end_tags()

    # Text

    def _delta(self, stem: str, frame: _Frame) -> list[Event]:
        text = frame.get("delta")
        if not isinstance(text, str) or not text:
            return []
        track, index_name, make = _DELTAS[stem]
        part, events = self._part(track, frame, frame.get(index_name) if index_name else None)
        text = self._surrogates.feed(part, text)
        if text:
            self._lengths[part] = self._lengths.get(part, 0) + len(text)
            events += self._split(part, text) if track == "text" else [make(part, text)]
            self._refused = self._refused or track == "refusal"
        return events

    def _done(self, stem: str, frame: _Frame) -> list[Event]:
        """Closes a part; a text that came in no delta (LM Studio's arguments) comes now."""
        track, index_name, make = _DELTAS[stem]
        part, events = self._part(track, frame, frame.get(index_name) if index_name else None)
        text = frame.get(_SAID[stem])
        late = text if isinstance(text, str) and not self._lengths.get(part) else ""
        # A half still held is in a late text too, and alone otherwise.
        rest = self._surrogates.end(part)
        late = whole_characters(late) or rest
        if late:
            self._lengths[part] = self._lengths.get(part, 0) + len(late)
            events += self._split(part, late) if track == "text" else [make(part, late)]
        if part == self._first_text:
            events += [*self._end_tags(), *self._close_tagged()]
        events.append(ToolCallFinished(part) if track == "tool" else PartFinished(part))
        return events

    def _split(self, part: int, text: str) -> list[Event]:
        """The answer's text, without the reasoning that may stand in tags at its beginning."""
        if self._first_text is None:
            self._first_text = part
        if part != self._first_text or self._tags.passes:
            return [OutputTextDelta(part, text)]
        return self._pieces(self._tags.feed(text))

    def _pieces(self, pieces: list[Piece]) -> list[Event]:
        events: list[Event] = []
        for track, text in pieces:
            if track == "output":
                events += self._close_tagged()
                events.append(OutputTextDelta(self._first_text or 0, text))
                continue
            if self._tagged is None:
                self._tagged = self._parts["raw", "tags", len(self._parts)] = len(self._parts)
                events.append(ReasoningStarted())
            events.append(ReasoningTextDelta(self._tagged, text))
        return events

    def _end_tags(self) -> list[Event]:
        """What waited to be known as a tag or not."""
        return self._pieces(self._tags.end())

    def _close_tagged(self) -> list[Event]:
        if self._tagged is None:
            return []
        part, self._tagged = self._tagged, None
        return [PartFinished(part), ReasoningFinished()]

    def _part(self, track: _Track, frame: _Frame, index: object) -> tuple[int, list[Event]]:
        """The number of the part a frame is about, and a tool call's start where none was seen."""
        key = _key(track, frame.get("output_index"), frame.get("item_id"), index)
        part = self._parts.get(key)
        if part is not None:
            return part, []
        part = self._parts[key] = len(self._parts)
        if track == "tool":
            self._called_tool = True
            return part, [ToolCallStarted(part, name_in(frame.get("item_id")) or "", "")]
        return part, []

    # Items

    def _item_added(self, frame: _Frame) -> list[Event]:
        item = mapping_in(frame.get("item"))
        kind = text_in(item.get("type"))
        if kind == "reasoning":
            return [ReasoningStarted()]
        if kind in _TOOL_STEMS:
            return self._tool_added(frame, item)
        return []

    def _tool_added(self, frame: _Frame, item: _Frame) -> list[Event]:
        self._called_tool = True
        key = _key("tool", frame.get("output_index"), item.get("id"), None)
        if key in self._parts:
            return []
        part = self._parts[key] = len(self._parts)
        call_id = name_in(item.get("call_id")) or name_in(item.get("id")) or ""
        return [ToolCallStarted(part, call_id, name_in(item.get("name")) or "")]

    def _item_done(self, frame: _Frame) -> list[Event]:
        item = mapping_in(frame.get("item"))
        if item.get("type") == "reasoning":
            return [ReasoningFinished()]
        return []

    # The response as a whole

    def _created(self, frame: _Frame) -> list[Event]:
        # llama.cpp repeats this frame before every delta; only the first one counts.
        if self._started:
            return [HeartbeatReceived()]
        self._started = True
        response = mapping_in(frame.get("response"))
        return [ResponseStarted(name_in(response.get("id")), name_in(response.get("model")))]

    def _alive(self, frame: _Frame) -> list[Event]:
        # A resumed background stream begins with response.queued and has no response.created.
        if not self._started and "response" in frame:
            return self._created(frame)
        return [HeartbeatReceived()]

    def _finished(self, frame: _Frame) -> list[Event]:
        if self.finished:
            return []
        self.finished = True
        response = mapping_in(frame.get("response"))
        events: list[Event] = [] if self._started else self._created(frame)
        events += [*self.end(), *self._close_tagged()]
        if response.get("usage"):
            events.append(UsageReported(_usage(mapping_in(response["usage"]))))
        incomplete = response.get("status") == "incomplete" or frame.get("type") == (
            "response.incomplete"
        )
        raw = mapping_in(response.get("incomplete_details")).get("reason") if incomplete else None
        raw = name_in(raw) or name_in(response.get("status")) or "completed"
        return [*events, ResponseFinished(self._finish_reason(raw), raw, incomplete=incomplete)]

    def _finish_reason(self, raw: str) -> FinishReason | None:
        reason = _FINISH_REASONS.get(raw)
        if reason == "stop" and self._refused:
            return "content_filter"
        return "tool_call" if reason == "stop" and self._called_tool else reason

    def _failed(self, frame: _Frame) -> list[Event]:
        """An ``error`` frame, flat or nested, or ``response.failed``; the first one counts."""
        if self.finished:
            return []
        self.finished = True
        response = mapping_in(frame.get("response"))
        detail = response.get("error") or frame.get("error") or _flat(frame)
        cancelled = response.get("status") == "cancelled"
        error = failure_in_stream(detail, target=self._target, cancelled=cancelled, keys=self._keys)
        return [*self.end(), ResponseFailed(error)]

    def _feed_untyped(self, frame: _Frame) -> list[Event]:
        if frame.get("error"):
            return self._failed(frame)
        return [UnknownFrame(frame)]

    def feed_body(self, body: _Frame) -> list[Event]:
        """The events of an unstreamed response: the same ones, in one list."""
        if not (body.get("error") or body.get("status") or "output" in body):
            return []  # some other JSON: not an answer
        events: list[Event] = self._created({"response": body})
        for place, item in enumerate(sequence_in(body.get("output"))):
            events.extend(self._whole_item(place, mapping_in(item)))
        status = body.get("status")
        if status in ("failed", "cancelled") or body.get("error"):
            return [*events, *self._failed({"response": body})]
        return [*events, *self._finished({"response": body})]

    def _whole_item(self, place: int, item: _Frame) -> list[Event]:
        events: list[Event] = self._item_added({"item": item, "output_index": place})
        for stem, index_name, field, pieces in (
            ("response.reasoning_summary_text", "summary_index", "text", item.get("summary")),
            ("", "content_index", "text", item.get("content")),
        ):
            for index, piece in enumerate(map(mapping_in, sequence_in(pieces))):
                known = stem or _CONTENT_STEMS.get(str(piece.get("type")), "")
                if known:
                    text = piece.get(field) or piece.get("refusal")
                    events += self._whole_text(known, place, index_name, index, text)
        kind = text_in(item.get("type"))
        if kind in _TOOL_STEMS:
            stem = _TOOL_STEMS[kind]
            text = item.get("arguments") or item.get("input")
            events += self._whole_text(stem, place, "", 0, text)
        return [*events, *self._item_done({"item": item})]

    def _whole_text(
        self, stem: str, place: int, index_name: str, index: int, text: object
    ) -> list[Event]:
        place_of: dict[str, object] = {"output_index": place}
        if index_name:
            place_of[index_name] = index
        return [
            *self._delta(stem, {**place_of, "delta": text}),
            *self._done(stem, place_of),
        ]


_CONTENT_STEMS: Final[Mapping[str, str]] = {
    "output_text": "response.output_text",
    "text": "response.output_text",
    "refusal": "response.refusal",
    "reasoning_text": "response.reasoning_text",
}


def _key(track: _Track, place: object, item_id: object, index: object) -> _Key:
    """What names a part; a list or an object in the place of an index counts as absent."""
    if not isinstance(place, _INDEXES):
        place = item_id if isinstance(item_id, _INDEXES) else None
    return (track, place, index if isinstance(index, _INDEXES) else None)


def _usage(raw: _Frame) -> Usage:
    read = mapping_in(raw.get("input_tokens_details"))
    written = mapping_in(raw.get("output_tokens_details"))
    return Usage(
        input_tokens=count_in(raw.get("input_tokens")),
        cached_input_tokens=count_in(read.get("cached_tokens")),
        cache_write_tokens=count_in(read.get("cache_write_tokens")),
        output_tokens=count_in(raw.get("output_tokens")),
        reasoning_tokens=count_in(written.get("reasoning_tokens")),
        total_tokens=count_in(raw.get("total_tokens")),
    )


def _flat(frame: _Frame) -> _Frame:
    """A frame that is an error itself, without its type, which is no word for what happened."""
    return {name: value for name, value in frame.items() if name != "type"}


def _nothing(_frame: _Frame) -> list[Event]:
    return []
