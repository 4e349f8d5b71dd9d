"""Frames of the Chat Completions API, and of the many who speak it, as events.

https://platform.openai.com/docs/api-reference/chat-streaming. Only the first choice is read. The
response is over when the provider says why it stopped (or that it failed): ``[DONE]`` alone is no
end, since gateways send it after a connection of theirs broke. What may follow the reason, the
usage above all, is waited for until `ChatDecoder.end`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
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
    UnknownFrame,
    Usage,
    UsageReported,
)
from stream_widget.providers.chat_chunk import (
    error_in,
    first_choice,
    reasoning_in,
    summarises,
    thinking_in,
)
from stream_widget.providers.chat_tool_calls import ToolCalls
from stream_widget.providers.chat_usage import chat_usage
from stream_widget.providers.failures import failure_in_stream
from stream_widget.providers.json_values import mapping_in, name_in, sequence_in, text_in
from stream_widget.providers.surrogates import SurrogateJoiner
from stream_widget.providers.think_tags import TagSplitter

__all__ = ["ChatDecoder"]

_Frame: TypeAlias = Mapping[str, object]
_Track: TypeAlias = Literal["reasoning", "summary", "output", "refusal"]

_DELTAS: Final[Mapping[_Track, Callable[[int, str], Event]]] = {
    "reasoning": ReasoningTextDelta,
    "summary": ReasoningSummaryDelta,
    "output": OutputTextDelta,
    "refusal": RefusalDelta,
}
_REASONING: Final[frozenset[_Track | None]] = frozenset({"reasoning", "summary"})

_FINISH_REASONS: Final[Mapping[str, FinishReason]] = {
    "stop": "stop",
    "end_turn": "stop",
    "eos": "stop",  # Together
    "stop_sequence": "stop",
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",  # Mistral
    "model_context_window_exceeded": "length",  # Z.ai
    "tool_calls": "tool_call",
    "function_call": "tool_call",
    "tool_use": "tool_call",
    "content_filter": "content_filter",
    "sensitive": "content_filter",  # Z.ai
}

_FAILURES: Final = frozenset(
    {
        "error",  # OpenRouter, Mistral
        "abort",  # vLLM, SGLang
        "insufficient_system_resource",  # DeepSeek
        "network_error",  # Z.ai
    }
)
"""Reasons to stop that are none: the answer broke off."""

_NOT_YET: Final = frozenset({"null", "none"})
"""Spellings of "not finished", beside JSON's own null and the empty string (Ollama in 2024)."""

# Halves of characters are joined before tags are split, so before there is a part to name them by.
_CONTENT_HALVES: Final = -1
_REASONING_HALVES: Final = -2
_REFUSAL_HALVES: Final = -3


class ChatDecoder:
    """Turns the frames of one response into events; holds what belongs to that response only.

    Reasoning, answer and refusal each take a part of their own; one that goes on after another
    takes a new one.
    """

    def __init__(self, *, target: str, keys: tuple[str, ...] = ()) -> None:
        """Make a decoder for one response.

        Args:
            target: Whom errors name.
            keys: Keys that must not be repeated, should the provider echo one in an error.
        """
        self._target = target
        self._keys = keys
        self._parts: Iterator[int] = itertools.count()
        self._calls = ToolCalls(self._parts)
        self._tags = TagSplitter()
        self._halves = SurrogateJoiner()
        self._track: _Track | None = None
        """What the open part holds."""
        self._part = -1
        self._words: _Track | None = None
        """Whether the reasoning is itself or a summary: the first words of it decide for all."""
        self._reasons = False
        self._reasoned = False
        self._refused = False
        self._started = False
        self._ended = False
        self._raw_finish: str | None = None
        self._error: ResponseFailed | None = None
        self._usage: Usage | None = None
        self._reported: Usage | None = None
        self.finished = False
        """The provider has said why it stopped; what follows now is its usage, if anything."""

    def feed(self, frame: _Frame) -> list[Event]:
        """The events of one frame, in order; an unknown frame is passed on as `UnknownFrame`."""
        choices = frame.get("choices")
        choice = first_choice(choices)
        error = error_in(frame)
        usage = chat_usage(frame, choice)
        if error is None and usage is None and not isinstance(choices, list):
            return [UnknownFrame(frame)]
        events: list[Event] = []
        if not self._started:
            self._start(frame, choice, events)
        if choice:
            self._read_choice(choice, events)
        if usage is not None:
            self._usage = usage
        if error is not None:
            self._fail(error)
        # A role alone, the usage, a filter's verdict: nothing to show, but the provider is alive.
        return events or [HeartbeatReceived()]

    def feed_body(self, body: _Frame) -> list[Event]:
        """The events of an unstreamed response: the same ones, in one list."""
        events = self.feed(body)
        if first_choice(body.get("choices")) and not self.finished:
            self._finish(None, events)  # the body is whole, although it does not say why it ends
        return [*events, *self.end()]

    def end(self) -> list[Event]:
        """What was held back: half a tag, the usage, and the end, if the provider said it."""
        events: list[Event] = []
        self._end_content(events)
        if self.finished and self._error is None:  # some go on after they said why they stopped
            self._close_part(events)
            events.extend(self._calls.end())
        if self._usage != self._reported:
            self._reported = self._usage
            if self._usage is not None:
                events.append(UsageReported(self._usage))
        if self.finished and not self._ended:
            self._ended = True
            events.append(self._error or self._last_word())
        return events

    # The response as a whole

    def _start(self, frame: _Frame, choice: _Frame, events: list[Event]) -> None:
        """Azure's first chunk, the verdict on the prompt, has neither a name nor a choice."""
        response_id, model = name_in(frame.get("id")), name_in(frame.get("model"))
        if response_id or model or choice:
            self._started = True
            events.append(ResponseStarted(response_id, model))

    def _read_choice(self, choice: _Frame, events: list[Event]) -> None:
        delta = mapping_in(choice.get("delta"))
        if delta:
            self._read_delta(delta, events)
        elif self._part < 0 and not self._calls.any:
            # An unstreamed choice. Beside deltas (Perplexity) it says again what they said.
            self._read_delta(mapping_in(choice.get("message")), events)
        if choice.get("error"):
            self._fail(choice["error"])
        raw = name_in(choice.get("finish_reason"))
        if raw is not None and raw.lower() not in _NOT_YET:
            self._finish(raw, events)

    def _finish(self, raw: str | None, events: list[Event]) -> None:
        self.finished = True
        # Gateways put a "stop" of their own after the reason: it says the least of all.
        if self._raw_finish is None or _FINISH_REASONS.get((raw or "").lower()) != "stop":
            self._raw_finish = raw
        if raw is not None and raw.lower() in _FAILURES:
            self._fail({"code": raw, "message": f"It stopped with finish_reason {raw!r}."})
        self._end_content(events, self._halves.end(_CONTENT_HALVES))
        self._close_part(events)
        events.extend(self._calls.end())

    def _fail(self, detail: object) -> None:
        """The first error counts; it is told at the end, after the usage that may follow it."""
        self.finished = True
        if self._error is None:
            self._error = ResponseFailed(
                failure_in_stream(detail, target=self._target, keys=self._keys)
            )

    def _last_word(self) -> ResponseFinished:
        raw = self._raw_finish
        reason = _FINISH_REASONS.get((raw or "").lower())
        incomplete = reason == "length" or (reason == "content_filter" and not self._refused)
        if reason == "stop" and self._refused:
            reason = "content_filter"
        elif reason == "stop" and self._calls.any:
            reason = "tool_call"
        return ResponseFinished(reason, raw, incomplete=incomplete)

    # What a delta says

    def _read_delta(self, delta: _Frame, events: list[Event]) -> None:
        self._read_reasoning(delta, events)
        content = delta.get("content")
        if content:
            self._read_content(content, events)
        refusal = delta.get("refusal")
        if isinstance(refusal, str) and refusal:
            self._refuse(refusal, events)
        calls = self._calls.read(delta)
        if calls:
            self._close_part(events)
            events.extend(calls)

    def _read_reasoning(self, delta: _Frame, events: list[Event]) -> None:
        text = reasoning_in(delta)
        if text:
            if self._words is None:
                self._words = "summary" if summarises(delta) else "reasoning"
            self._say(self._words, self._halves.feed(_REASONING_HALVES, text), events)
        elif not self._reasoned and delta.get("reasoning_details"):
            self._begin_reasoning(events)
            if self._track is not None:  # encrypted, and sent after the answer
                self._end_reasoning(events)

    def _read_content(self, content: object, events: list[Event]) -> None:
        if isinstance(content, str):
            self._read_text(content, events)
            return
        # A list of parts (Mistral), each with its type; a thinking part holds a list again.
        for part in sequence_in(content) or [content]:
            if isinstance(part, str):
                self._read_text(part, events)
                continue
            known = mapping_in(part)
            if known.get("type") == "thinking":
                text = self._halves.feed(_REASONING_HALVES, thinking_in(known))
                self._say("reasoning", text, events)
            elif known.get("type") == "refusal":
                self._refuse(text_in(known.get("refusal")) or "", events)
            else:
                self._read_text(text_in(known.get("text")) or "", events)

    def _read_text(self, text: str, events: list[Event]) -> None:
        text = self._halves.feed(_CONTENT_HALVES, text)
        if self._tags.passes:
            self._say("output", text, events)
            return
        for track, piece in self._tags.feed(text):
            self._say(track, piece, events)

    def _end_content(self, events: list[Event], rest: str = "") -> None:
        for track, piece in (*self._tags.feed(rest), *self._tags.end()):
            self._say(track, piece, events)

    def _refuse(self, text: str, events: list[Event]) -> None:
        self._refused = True
        self._say("refusal", self._halves.feed(_REFUSAL_HALVES, text), events)

    # Parts

    def _say(self, track: _Track, text: str, events: list[Event]) -> None:
        if not text:
            return
        if track != self._track:
            if self._track is not None or track not in _REASONING:
                self._close_part(events)
            self._part = next(self._parts)
            self._track = track
            if track in _REASONING:
                self._begin_reasoning(events)
        events.append(_DELTAS[track](self._part, text))

    def _close_part(self, events: list[Event]) -> None:
        track, self._track = self._track, None
        if track is not None:
            rest = self._halves.end(_REASONING_HALVES) if track in _REASONING else ""
            rest = self._halves.end(_REFUSAL_HALVES) if track == "refusal" else rest
            if rest:
                events.append(_DELTAS[track](self._part, rest))
            events.append(PartFinished(self._part))
        self._end_reasoning(events)

    def _begin_reasoning(self, events: list[Event]) -> None:
        if not self._reasons:
            self._reasons = self._reasoned = True
            events.append(ReasoningStarted())

    def _end_reasoning(self, events: list[Event]) -> None:
        if self._reasons:
            self._reasons = False
            events.append(ReasoningFinished())
