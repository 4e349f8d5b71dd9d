"""Tool calls of the Chat wire: in pieces by index, whole in one chunk, or by the older name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from stream_widget.events import Event, ToolCallDelta, ToolCallFinished, ToolCallStarted
from stream_widget.providers.json_values import mapping_in, name_in, sequence_in
from stream_widget.providers.surrogates import SurrogateJoiner

__all__ = ["ToolCalls"]

_LEGACY: Final = "function_call"
"""The key of the one call in ``function_call``, the form before there were several."""


@dataclass(slots=True)
class _Call:
    call_id: str
    part: int
    name: str = ""
    started: bool = False
    finished: bool = False


class ToolCalls:
    """The tool calls of one response."""

    def __init__(self, parts: Iterator[int]) -> None:
        """Make a reader of one response's calls; each takes its number from ``parts``."""
        self._parts = parts
        self._calls: dict[int | str | None, _Call] = {}
        """By index; a later call at the same index takes its place."""
        self._all: list[_Call] = []
        self._halves = SurrogateJoiner()

    @property
    def any(self) -> bool:
        """Whether the model called a tool."""
        return bool(self._all)

    def read(self, delta: Mapping[str, object]) -> list[Event]:
        """The events of what one delta holds of tool calls."""
        items, legacy = delta.get("tool_calls"), mapping_in(delta.get("function_call"))
        events: list[Event] = []
        if not (items or legacy):
            return events
        for item in map(mapping_in, sequence_in(items)):
            if item:
                self._read(self._call(item), mapping_in(item.get("function")), events)
        if legacy:
            call = self._calls.get(_LEGACY) or self._open(_LEGACY, "")
            self._read(call, legacy, events)
        return events

    def end(self) -> list[Event]:
        """The last events of all calls, once the provider said that they are whole."""
        events: list[Event] = []
        for call in self._all:
            if not call.finished:
                call.finished = True
                self._start(call, events)
                rest = self._halves.end(call.part)
                if rest:
                    events.append(ToolCallDelta(call.part, rest))
                events.append(ToolCallFinished(call.part))
        return events

    def _call(self, item: Mapping[str, object]) -> _Call:
        """The call that an item continues, or a new one.

        Some leave the index out, or the id, or both, and send a call whole; some number every call
        0 and tell them apart by their ids (Gemini's compatible API, seen 2025).
        """
        index, call_id = item.get("index"), name_in(item.get("id")) or ""
        named = bool(name_in(mapping_in(item.get("function")).get("name")))
        call = None
        if isinstance(index, int):
            call = self._calls.get(index)
        elif call_id:
            call = next((known for known in self._all if known.call_id == call_id), None)
        elif self._all and not named:
            call = self._all[-1]
        if call is None or (named and call_id and call.call_id not in ("", call_id)):
            return self._open(index if isinstance(index, int) else None, call_id)
        call.call_id = call.call_id or call_id
        return call

    def _open(self, key: int | str | None, call_id: str) -> _Call:
        call = self._calls[key] = _Call(call_id, next(self._parts))
        self._all.append(call)
        return call

    def _read(self, call: _Call, function: Mapping[str, object], events: list[Event]) -> None:
        call.name = call.name or name_in(function.get("name")) or ""
        text = self._halves.feed(call.part, _arguments(function.get("arguments")))
        # An id can come before the name; a call is told of once both are there.
        if call.name or text:
            self._start(call, events)
        if text:
            events.append(ToolCallDelta(call.part, text))

    def _start(self, call: _Call, events: list[Event]) -> None:
        if not call.started:
            call.started = True
            events.append(ToolCallStarted(call.part, call.call_id, call.name))


def _arguments(value: object) -> str:
    if isinstance(value, str):
        return value
    # Servers that speak Ollama's own API inside send the object, not its JSON text.
    return json.dumps(value, ensure_ascii=False) if isinstance(value, Mapping) else ""
