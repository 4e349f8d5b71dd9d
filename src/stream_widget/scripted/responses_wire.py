"""The OpenAI Responses wire: requests in, frames and bodies out (as recorded in 2026-06)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias, cast

from stream_widget.clock import utc_now
from stream_widget.scripted.pieces import obfuscation, seeded
from stream_widget.scripted.responses_request import read_ask
from stream_widget.scripted.script import Completed, Failed, Incomplete, Script, ToolCall
from stream_widget.scripted.steps import Phase, Step
from stream_widget.scripted.take import Take, perform
from stream_widget.wire import encode_frame

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stream_widget.scripted.ask import Ask

__all__ = ["ResponsesWire"]

_Fields: TypeAlias = dict[str, object]

_TERMINAL_EVENTS: Final[Mapping[type, str]] = {
    Completed: "response.completed",
    Incomplete: "response.incomplete",
    Failed: "response.failed",
}
_MESSAGE_KINDS: Final = (("output_text", "text"), ("refusal", "refusal"))
"""A part of a message: its type, and the name of the field with its words."""


class ResponsesWire:
    """Speaks the Responses API for the scripted server."""

    path: str = "/responses"
    """Below the base URL."""

    def read(self, body: _Fields) -> Ask:
        """The request in neutral words.

        Raises:
            RefusedRequestError: It is no request this API takes.
        """
        return read_ask(body)

    def stream(self, script: Script, ask: Ask, *, number: int) -> list[Step]:
        """The frames of one response; ``number`` makes its ids."""
        return list(_Telling(perform(script, ask), ask, number=number).steps())

    def whole(self, script: Script, ask: Ask, *, number: int) -> _Fields:
        """The response as one body."""
        telling = _Telling(perform(script, ask), ask, number=number)
        for _ in telling.steps():
            pass  # the items are collected on the way
        return telling.response(is_over=True)

    def error(
        self, message: str, *, status: int, code: str | None = None, param: str | None = None
    ) -> _Fields:
        """The body of an HTTP error."""
        kind = "server_error" if status >= 500 else "invalid_request_error"  # noqa: PLR2004
        return {"error": {"message": message, "type": kind, "param": param, "code": code}}


class _Telling:
    """Tells one take frame by frame, and remembers the items for the final response."""

    def __init__(self, take: Take, ask: Ask, *, number: int) -> None:
        self._take = take
        self._ask = ask
        self._id = f"{number:08x}{seeded(str(number)).getrandbits(160):040x}"
        self._random = seeded(self._id)
        self._created_at = int(utc_now().timestamp())
        self._output: list[_Fields] = []
        self._sequence_number = 0

    def steps(self) -> Iterator[Step]:
        yield self._step("response.created", {"response": self.response(is_over=False)})
        yield self._step("response.in_progress", {"response": self.response(is_over=False)})
        if self._take.reasons:
            yield from self._reasoning()
        for (kind, field), pieces in zip(
            _MESSAGE_KINDS, (self._take.answer, self._take.refusal), strict=True
        ):
            if pieces:
                yield from self._message(kind, field, pieces)
        for call, pieces in self._take.tool_calls:
            yield from self._tool_call(call, pieces)
        finish = self._take.finish
        if isinstance(finish, Failed):
            error = {"type": finish.code, "code": finish.code, "message": finish.message}
            yield self._step("error", {"error": {**error, "param": None}})
        yield self._step(_TERMINAL_EVENTS[type(finish)], {"response": self.response(is_over=True)})

    def response(self, *, is_over: bool) -> _Fields:
        finish = self._take.finish
        reason = finish.reason if is_over and isinstance(finish, Incomplete) else None
        error = (
            {"code": finish.code, "message": finish.message}
            if is_over and isinstance(finish, Failed)
            else None
        )
        body = self._ask.body
        return {
            "id": f"resp_{self._id}",
            "object": "response",
            "created_at": self._created_at,
            "status": self._status() if is_over else "in_progress",
            "background": False,
            "error": error,
            "incomplete_details": None if reason is None else {"reason": reason},
            "instructions": body.get("instructions"),
            "max_output_tokens": self._ask.max_output_tokens,
            "model": self._ask.model,
            "output": [*self._output] if is_over else [],
            "parallel_tool_calls": True,
            "previous_response_id": None,
            "reasoning": {"effort": self._ask.reasoning_effort} | _dict(body.get("reasoning")),
            "store": False,
            "temperature": body.get("temperature", 1.0),
            "text": {"format": {"type": "text"}, "verbosity": "medium"} | _dict(body.get("text")),
            "tool_choice": body.get("tool_choice", "auto"),
            "tools": body.get("tools", []),
            "top_p": body.get("top_p", 1.0),
            "truncation": "disabled",
            "usage": self._usage() if is_over and error is None else None,
            "user": None,
            "metadata": {},
        }

    def _status(self) -> str:
        return _TERMINAL_EVENTS[type(self._take.finish)].removeprefix("response.")

    def _usage(self) -> _Fields:
        take = self._take
        return {
            "input_tokens": take.input_tokens,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": take.output_tokens,
            "output_tokens_details": {"reasoning_tokens": take.reasoning_tokens},
            "total_tokens": take.input_tokens + take.output_tokens,
        }

    def _reasoning(self) -> Iterator[Step]:
        item: _Fields = {"id": f"rs_{self._id}", "type": "reasoning", "summary": []}
        name = "response.reasoning_summary"
        yield self._added(item)
        summary: list[_Fields] = []
        for index, pieces in enumerate(self._take.reasoning):
            here = self._place(item) | {"summary_index": index}
            part: _Fields = {"type": "summary_text", "text": "".join(pieces)}
            yield self._step(f"{name}_part.added", here | {"part": part | {"text": ""}})
            for piece in pieces:
                yield self._delta(f"{name}_text.delta", here, piece, phase="reasoning")
            yield self._step(f"{name}_text.done", here | {"text": part["text"]})
            yield self._step(f"{name}_part.done", here | {"part": part})
            summary.append(part)
        yield self._done(item | {"summary": summary}, silence_s=self._take.silent_s)

    def _message(self, kind: str, field: str, pieces: tuple[str, ...]) -> Iterator[Step]:
        item: _Fields = {
            "id": f"msg_{len(self._output)}{self._id}",
            "type": "message",
            "status": "in_progress",
            "content": [],
            "role": "assistant",
        }
        is_text = kind == "output_text"
        logprobs: _Fields = {"logprobs": []} if is_text else {}
        annotations: _Fields = {"annotations": []} if is_text else {}
        here = self._place(item) | {"content_index": 0}
        part: _Fields = {"type": kind, **annotations, **logprobs, field: "".join(pieces)}
        yield self._added(item)
        yield self._step("response.content_part.added", here | {"part": part | {field: ""}})
        for piece in pieces:
            yield self._delta(f"response.{kind}.delta", here | logprobs, piece, phase="answer")
        if isinstance(self._take.finish, Failed):
            return  # what fails in its middle is never said to be done
        yield self._step(f"response.{kind}.done", here | logprobs | {field: part[field]})
        yield self._step("response.content_part.done", here | {"part": part})
        yield self._done(item | {"status": self._status(), "content": [part]})

    def _tool_call(self, call: ToolCall, pieces: tuple[str, ...]) -> Iterator[Step]:
        index = len(self._output)
        item: _Fields = {
            "id": f"fc_{index}{self._id}",
            "type": "function_call",
            "status": "in_progress",
            "arguments": "",
            "call_id": f"call_{index}{self._id[:24]}",
            "name": call.name,
        }
        here = self._place(item)
        whole: _Fields = {"arguments": "".join(pieces)}
        name = "response.function_call_arguments"
        yield self._added(item)
        for piece in pieces:
            yield self._delta(f"{name}.delta", here, piece, phase="answer")
        yield self._step(f"{name}.done", here | whole | {"name": call.name})
        yield self._done(item | {"status": self._status()} | whole)

    def _place(self, item: _Fields) -> _Fields:
        return {"item_id": item["id"], "output_index": len(self._output)}

    def _added(self, item: _Fields) -> Step:
        place: _Fields = {"output_index": len(self._output), "item": item}
        return self._step("response.output_item.added", place)

    def _done(self, item: _Fields, *, silence_s: float = 0.0) -> Step:
        place: _Fields = {"output_index": len(self._output), "item": item}
        self._output.append(item)
        return self._step("response.output_item.done", place, silence_s=silence_s)

    def _delta(self, event: str, here: _Fields, piece: str, *, phase: Phase) -> Step:
        hidden = {"obfuscation": obfuscation(piece, self._random)} if self._ask.obfuscates else {}
        return self._step(event, {**here, "delta": piece, **hidden}, phase=phase)

    def _step(
        self, event: str, fields: _Fields, *, phase: Phase = "frame", silence_s: float = 0.0
    ) -> Step:
        body = {"type": event, **fields, "sequence_number": self._sequence_number}
        self._sequence_number += 1
        tokens = 0 if phase == "frame" else 1
        return Step(encode_frame(body, event=event), phase, tokens, silence_s)


def _dict(value: object) -> _Fields:
    return cast("_Fields", value) if isinstance(value, dict) else {}
