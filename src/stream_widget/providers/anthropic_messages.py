"""Frames of the Anthropic Messages API, and of those who speak it, as events.

https://platform.claude.com/docs/en/build-with-claude/streaming. Parts are keyed by the block's
index; blocks come in any order: text, thinking, tools, and kinds that are not shown.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
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
    ResponseFailed,
    ResponseFinished,
    ResponseStarted,
    ToolCallDelta,
    ToolCallFinished,
    ToolCallStarted,
    UnknownFrame,
    UsageReported,
)
from stream_widget.providers.failures import failure_in_stream
from stream_widget.providers.json_values import mapping_in, sequence_in, text_in
from stream_widget.providers.messages_usage import MessageCounts
from stream_widget.providers.surrogates import SurrogateJoiner, whole_characters
from stream_widget.providers.think_tags import Piece, TagSplitter

__all__ = ["MessagesDecoder"]

_Frame: TypeAlias = Mapping[str, object]
_Kind: TypeAlias = Literal["text", "thinking", "tool", "silent"]

_DELTAS: Final[Mapping[str, tuple[_Kind, str]]] = {
    "text_delta": ("text", "text"),
    "thinking_delta": ("thinking", "thinking"),
    "input_json_delta": ("tool", "partial_json"),
}
"""The kind of block a delta belongs to, and where its text is."""

_UNSHOWN_DELTAS: Final = ("signature_delta", "citations_delta", "compaction_delta")

_BLOCKS: Final[Mapping[str, _Kind]] = {
    "text": "text",
    "thinking": "thinking",
    "redacted_thinking": "thinking",  # the model reasons; its words are encrypted
    "compaction": "silent",
    "container_upload": "silent",
}

_FINISH_REASONS: Final[Mapping[str, FinishReason]] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "pause_turn": "stop",
    "tool_use": "tool_call",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "content_filter",
}
_CUT_SHORT: Final = frozenset(
    {"max_tokens", "model_context_window_exceeded", "pause_turn", "compaction"}
)
_PLACES: Final = (int, str)
"""What an index may be. Not a union, which would be made anew for each delta."""
_SUMMARISES: Final = re.compile(r"claude(?!-3)", re.IGNORECASE)
"""From version 4 on, what Claude calls thinking is a summary of it; others send their own words."""


@dataclass(slots=True)
class _Block:
    kind: _Kind
    part: int | None = None
    """``None`` until there is something to show."""
    length: int = 0
    halves: SurrogateJoiner = field(default_factory=SurrogateJoiner)
    given: object = None
    """The arguments of a tool call that came with its start."""
    tagged: int | None = None
    """The part for the reasoning in tags at the beginning of the text, while it is open."""


class MessagesDecoder:
    """Turns the frames of one response into events; holds what belongs to that response only."""

    def __init__(self, *, target: str, keys: tuple[str, ...] = ()) -> None:
        """Make a decoder for one response.

        Args:
            target: Whom errors name.
            keys: Keys that must not be repeated, should the provider echo one in an error.
        """
        self._target = target
        self._keys = keys
        self._parts: Iterator[int] = itertools.count()
        self._blocks: dict[tuple[object, _Kind], _Block] = {}
        """The open blocks, by index; a delta of another kind than its block's opens one more."""
        self._place: object = None
        """The index of the block that was opened last, for servers that leave indexes out."""
        self._unnumbered: Iterator[int] = itertools.count()
        self._tags = TagSplitter()
        self._tagging: _Block | None = None
        """The first text of the response: only at its beginning do tags count."""
        self._counts = MessageCounts()
        self._reported = False
        self._started = False
        self._raw_finish: str | None = None
        self._think = _thinking_event(target)
        self.finished = False
        """The provider has said that the response is over, one way or another."""
        self._handlers: Mapping[object, Callable[[_Frame], list[Event]]] = {
            "content_block_delta": self._delta,
            "content_block_start": self._block_started,
            "content_block_stop": self._block_stopped,
            "message_start": self._message_started,
            "message_delta": self._message_changed,
            "message_stop": self._message_stopped,
            "error": self._failed,
            "ping": _alive,
        }

    def feed(self, frame: _Frame) -> Iterable[Event]:
        """The events of one frame, in order; an unknown frame is passed on as `UnknownFrame`."""
        kind = frame.get("type")
        handle = self._handlers.get(kind) if isinstance(kind, str) else None
        if handle is not None:
            return handle(frame)
        return self._failed(frame) if frame.get("error") else [UnknownFrame(frame)]

    def end(self) -> Iterable[Event]:
        """What was held back: text that could have been a tag, and the usage of a cut response."""
        events = self._end_tags() if self._tagging is not None else []
        return [*events, *self._usage()] if self._counts.final else events

    # The response as a whole

    def _message_started(self, frame: _Frame) -> list[Event]:
        message = mapping_in(frame.get("message"))
        self._counts.take(message.get("usage"))
        if self._started:
            return [HeartbeatReceived()]
        self._started = True
        model = _word(message.get("model"))
        if model is not None:
            self._think = _thinking_event(model)
        return [ResponseStarted(_word(message.get("id")), model)]

    def _message_changed(self, frame: _Frame) -> list[Event]:
        if frame.get("usage"):
            self._counts.take(frame["usage"])
            self._counts.final = True
        self._raw_finish = (
            _word(mapping_in(frame.get("delta")).get("stop_reason")) or self._raw_finish
        )
        return [HeartbeatReceived()]

    def _message_stopped(self, frame: _Frame) -> list[Event]:
        if self.finished:
            return []
        self.finished = True
        # A stream of llama.cpp may have no message_start.
        events = [] if self._started else self._message_started(frame)
        for place, _ in list(self._blocks):
            events += self._close(place)
        raw = self._raw_finish
        finish = _FINISH_REASONS.get(raw or "")
        return [
            *events,
            *self._usage(),
            ResponseFinished(finish, raw, incomplete=raw in _CUT_SHORT),
        ]

    def _failed(self, frame: _Frame) -> list[Event]:
        if self.finished:
            return []
        self.finished = True
        detail = {name: value for name, value in frame.items() if name != "type"}
        error = failure_in_stream(detail, target=self._target, keys=self._keys)
        return [*self.end(), *self._usage(), ResponseFailed(error)]

    def _usage(self) -> list[Event]:
        if self._reported or not self._counts.tokens:
            return []
        self._reported = True
        return [UsageReported(self._counts.usage())]

    # Blocks

    def _block_started(self, frame: _Frame) -> list[Event]:
        content = mapping_in(frame.get("content_block"))
        kind = _kind_of(content.get("type"))
        if kind is None:
            return [UnknownFrame(frame)]
        index = frame.get("index")
        self._place = index if isinstance(index, _PLACES) else ("-", next(self._unnumbered))
        block, events = self._open(self._place, kind, content)
        if kind == "text":
            events += self._say(block, content.get("text"))
        elif kind == "thinking":
            events += self._say(block, content.get("thinking"))
        return events or [HeartbeatReceived()]

    def _open(self, place: object, kind: _Kind, content: _Frame) -> tuple[_Block, list[Event]]:
        known = self._blocks.get((place, kind))
        if known is not None:
            return known, []
        block = self._blocks[place, kind] = _Block(kind)
        if kind == "thinking":
            return block, [ReasoningStarted()]
        if kind == "text" and self._tagging is None:
            self._tagging = block
        if kind != "tool":
            return block, []
        block.part, block.given = next(self._parts), content.get("input")
        call_id, name = _word(content.get("id")), _word(content.get("name"))
        return block, [ToolCallStarted(block.part, call_id or "", name or "")]

    def _delta(self, frame: _Frame) -> list[Event]:
        delta = mapping_in(frame.get("delta"))
        name = delta.get("type")
        known = _DELTAS.get(name) if isinstance(name, str) else None
        if known is None:
            return [HeartbeatReceived() if name in _UNSHOWN_DELTAS else UnknownFrame(frame)]
        kind, text = known[0], delta.get(known[1])
        index = frame.get("index")
        place = index if isinstance(index, _PLACES) else self._place
        block = self._blocks.get((place, kind))
        if block is not None:
            return self._say(block, text)
        if not isinstance(text, str) or not text:
            return []
        block, events = self._open(place, kind, {})
        return events + self._say(block, text)

    def _block_stopped(self, frame: _Frame) -> list[Event]:
        index = frame.get("index")
        return self._close(index if isinstance(index, _PLACES) else self._place)

    def _close(self, place: object) -> list[Event]:
        events: list[Event] = []
        for kind in ("text", "thinking", "tool", "silent"):
            block = self._blocks.pop((place, kind), None)
            if block is not None:
                events += self._closed(block)
        return events

    def _closed(self, block: _Block) -> list[Event]:
        events: list[Event] = []
        rest = block.halves.end(0)
        if block.kind == "tool" and not block.length:
            rest = _arguments(block.given) or rest
        if rest:
            events += self._show(block, rest)
        if block is self._tagging:
            events += [*self._end_tags(), *_close_tagged(block)]
        if block.kind == "tool" and block.part is not None:
            events.append(ToolCallFinished(block.part))
        elif block.part is not None:
            events.append(PartFinished(block.part))
        if block.kind == "thinking":
            events.append(ReasoningFinished())
        return events

    # Text

    def _say(self, block: _Block, text: object) -> list[Event]:
        if not isinstance(text, str) or not text:
            return []
        text = block.halves.feed(0, text)
        return self._show(block, text) if text else []

    def _show(self, block: _Block, text: str) -> list[Event]:
        block.length += len(text)
        if block is self._tagging and not self._tags.passes:
            return self._split(block, self._tags.feed(text))
        part, kind = block.part, block.kind
        if part is None:
            part = block.part = next(self._parts)
        if kind == "text":
            return [OutputTextDelta(part, text)]
        return [self._think(part, text) if kind == "thinking" else ToolCallDelta(part, text)]

    def _split(self, block: _Block, pieces: list[Piece]) -> list[Event]:
        """The first text, without the reasoning that may stand in tags at its beginning."""
        events: list[Event] = []
        for track, text in pieces:
            if track == "output":
                events += _close_tagged(block)
                if block.part is None:
                    block.part = next(self._parts)
                events.append(OutputTextDelta(block.part, text))
                continue
            if block.tagged is None:
                block.tagged = next(self._parts)
                events.append(ReasoningStarted())
            events.append(ReasoningTextDelta(block.tagged, text))
        return events

    def _end_tags(self) -> list[Event]:
        """What waited to be known as a tag or not."""
        return [] if self._tagging is None else self._split(self._tagging, self._tags.end())

    # Whole bodies

    def feed_body(self, body: _Frame) -> list[Event]:
        """The events of an unstreamed response: the same ones, in one list."""
        if body.get("error") or body.get("type") == "error":
            return self._failed(body)
        if not isinstance(body.get("content"), list):
            return []
        events: list[Event] = self._message_started({"message": body})
        for index, content in enumerate(map(mapping_in, sequence_in(body["content"]))):
            events += self._block_started({"index": index, "content_block": content})
            events += self._close(index)
        self._raw_finish = _word(body.get("stop_reason"))
        return [*events, *self._message_stopped({})]


def _word(value: object) -> str | None:
    """A name or an id, which must be as fit for a file as any text."""
    text = text_in(value)
    return None if text is None else whole_characters(text)


def _thinking_event(model: str) -> Callable[[int, str], Event]:
    return ReasoningSummaryDelta if _SUMMARISES.search(model) else ReasoningTextDelta


def _kind_of(name: object) -> _Kind | None:
    """What a block's type means for us; ``None``: nothing is known of it."""
    if not isinstance(name, str):
        return None
    if name.endswith("tool_use"):  # ours, the server's, MCP's, the browser's
        return "tool"
    return "silent" if name.endswith("_tool_result") else _BLOCKS.get(name)


def _arguments(given: object) -> str:
    """Arguments that came as JSON values and not as text; none of them is no text."""
    if not given:
        return ""
    try:
        return whole_characters(json.dumps(given, ensure_ascii=False))
    except (ValueError, TypeError, RecursionError):  # objects of an SDK, or nested without end
        return ""


def _close_tagged(block: _Block) -> list[Event]:
    if block.tagged is None:
        return []
    part, block.tagged = block.tagged, None
    return [PartFinished(part), ReasoningFinished()]


def _alive(_frame: _Frame) -> list[Event]:
    return [HeartbeatReceived()]
