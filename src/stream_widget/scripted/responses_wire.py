"""The OpenAI Responses wire: requests in, frames and bodies out (as recorded in 2026-06)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from stream_widget.clock import utc_now
from stream_widget.scripted.ask import RefusedRequestError
from stream_widget.scripted.openai_errors import (
    bearer_key,
    error_body,
    unsupported_words,
    wrong_key,
)
from stream_widget.scripted.openai_models import models_body
from stream_widget.scripted.pieces import obfuscation, seeded
from stream_widget.scripted.responses_request import read_ask
from stream_widget.scripted.script import Completed, Failed, Incomplete, Script, ToolCall
from stream_widget.scripted.steps import Draft, Phase, Step
from stream_widget.scripted.take import perform
from stream_widget.wire import encode_frame

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stream_widget.scripted.ask import Ask
    from stream_widget.scripted.faults import Parameter

__all__ = ["ResponseTelling", "ResponsesWire"]

_Fields: TypeAlias = dict[str, object]

_TERMINAL_EVENTS: Final[Mapping[type, str]] = {
    Completed: "response.completed",
    Incomplete: "response.incomplete",
    Failed: "response.failed",
}


@dataclass(frozen=True, slots=True)
class _ReasoningForm:
    """The words of one way to show reasoning."""

    part_event: str
    text_event: str
    index: str
    field: str
    part_type: str


_SUMMARY: Final = _ReasoningForm(
    part_event="response.reasoning_summary_part",
    text_event="response.reasoning_summary_text",
    index="summary_index",
    field="summary",
    part_type="summary_text",
)
_TEXT: Final = _ReasoningForm(
    part_event="response.content_part",
    text_event="response.reasoning_text",
    index="content_index",
    field="content",
    part_type="reasoning_text",
)
_MESSAGE_KINDS: Final = (("output_text", "text"), ("refusal", "refusal"))
"""A part of a message: its type, and the name of the field with its words."""


class ResponsesWire:
    """Speaks the Responses API for the scripted server."""

    name: str = "responses"
    path: str = "/responses"
    """Below the base URL."""
    request_id_header: str = "x-request-id"
    parameters: Mapping[Parameter, str] = MappingProxyType(
        {
            "summary": "reasoning.summary",
            "effort": "reasoning.effort",
            "verbosity": "text.verbosity",
            "temperature": "temperature",
        }
    )

    def read(self, body: _Fields) -> Ask:
        """The request in neutral words.

        Raises:
            RefusedRequestError: It is no request this API takes.
        """
        return read_ask(body)

    def tell(self, script: Script, ask: Ask, *, number: int) -> list[Draft]:
        """The frames of one response; ``number`` makes its ids."""
        return list(ResponseTelling(script, ask, number=number).drafts())

    def whole(self, script: Script, ask: Ask, *, number: int) -> _Fields:
        """The response as one body."""
        telling = ResponseTelling(script, ask, number=number)
        for _ in telling.drafts():
            pass  # the items are collected on the way
        return telling.response(is_over=True)

    def failure(self, failed: Failed, ask: Ask, *, number: int) -> list[Draft]:
        """The frames with which a stream fails."""
        return list(ResponseTelling(Script(finish=failed), ask, number=number).failure(failed))

    def keep_alive(self) -> Draft:
        """A sign of life."""
        return Draft({"type": "keepalive"}, event="keepalive")

    def encode(self, drafts: Sequence[Draft]) -> list[Step]:
        """The frames as bytes, each with its sequence number."""
        return [
            draft.as_step(_encoded(draft, sequence_number=index))
            for index, draft in enumerate(drafts)
        ]

    def given_key(self, headers: Mapping[str, str]) -> str:
        """The key that a request came with."""
        return bearer_key(headers)

    def wrong_key(self, *, is_missing: bool) -> RefusedRequestError:
        """What a request without the right key is answered."""
        return wrong_key(is_missing=is_missing)

    def unknown_model(self, model: str, known: str) -> RefusedRequestError:
        """A 400 here, a 404 over Chat Completions (recorded 2026-04)."""
        return RefusedRequestError(
            f"The requested model '{model}' does not exist. The scripted provider has {known}.",
            code="model_not_found",
            param="model",
        )

    def unsupported(self, parameter: Parameter, value: object, takes: Sequence[str]) -> str:
        """The words with which a model refuses a parameter, or this value of it."""
        return unsupported_words(self.parameters[parameter], value, takes)

    def error(
        self,
        message: str,
        *,
        status: int,
        code: str | None = None,
        param: str | None = None,
        request_id: str = "",  # noqa: ARG002 - OpenAI says it in a header alone
    ) -> _Fields:
        """The body of an HTTP error."""
        return error_body(message, status=status, code=code, param=param)

    def is_named_in(self, headers: Mapping[str, str]) -> bool:  # noqa: ARG002 - OpenAI's SDK sends none of its own
        """Never: its clients send nothing that others do not."""
        return False

    def models(self, names: Sequence[str]) -> _Fields:
        """The list of models."""
        return models_body(names)


class ResponseTelling:
    """Tells one script frame by frame, and remembers the items for the final response."""

    def __init__(self, script: Script, ask: Ask, *, number: int) -> None:
        manner = script.manner.responses_reasoning
        if manner != "as_asked":
            ask = replace(ask, shows_reasoning=manner != "hidden")
        self._reasoning_form = _TEXT if manner == "text" else _SUMMARY
        self._take = perform(script, ask)
        self._ask = ask
        self._id = f"{number:08x}{seeded(str(number)).getrandbits(160):040x}"
        self._random = seeded(self._id)
        self._created_at = int(utc_now().timestamp())
        self._output: list[_Fields] = []

    @property
    def response_id(self) -> str:
        """The id of the response, the same in all its frames."""
        return f"resp_{self._id}"

    def drafts(self) -> Iterator[Draft]:
        """The frames, without their sequence numbers."""
        if self._ask.background:
            queued = self.response(is_over=False) | {"status": "queued"}
            yield _draft("response.created", {"response": queued})
            yield _draft("response.queued", {"response": queued})
        else:
            yield _draft("response.created", {"response": self.response(is_over=False)})
        yield _draft("response.in_progress", {"response": self.response(is_over=False)})
        yield from self._items()
        finish = self._take.finish
        if isinstance(finish, Failed):
            yield from self.failure(finish)
        else:
            yield self._terminal()

    def failure(self, failed: Failed) -> Iterator[Draft]:
        """The frames with which the stream fails; the telling's finish must be this failure."""
        error = {"type": failed.code, "code": failed.code, "message": failed.message}
        yield _draft("error", {"error": {**error, "param": None}})
        yield self._terminal()

    def _terminal(self) -> Draft:
        event = _TERMINAL_EVENTS[type(self._take.finish)]
        return _draft(event, {"response": self.response(is_over=True)}, phase="end")

    def response(self, *, is_over: bool) -> _Fields:
        """The response as it stands, at its beginning or when all frames have been told."""
        finish = self._take.finish
        reason = finish.reason if is_over and isinstance(finish, Incomplete) else None
        error = (
            {"code": finish.code, "message": finish.message}
            if is_over and isinstance(finish, Failed)
            else None
        )
        body = self._ask.body
        return {
            "id": self.response_id,
            "object": "response",
            "created_at": self._created_at,
            "status": self._status() if is_over else "in_progress",
            "background": self._ask.background,
            "error": error,
            "incomplete_details": None if reason is None else {"reason": reason},
            "instructions": body.get("instructions"),
            "max_output_tokens": self._ask.max_output_tokens,
            "model": self._ask.model,
            "output": [*self._output] if is_over else [],
            "parallel_tool_calls": True,
            "previous_response_id": None,
            "reasoning": {"effort": self._ask.reasoning_effort} | _dict(body.get("reasoning")),
            "store": self._ask.background,
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
            "input_tokens_details": {"cached_tokens": take.cached_input_tokens},
            "output_tokens": take.output_tokens,
            "output_tokens_details": {"reasoning_tokens": take.reasoning_tokens},
            "total_tokens": take.input_tokens + take.output_tokens,
        }

    def _items(self) -> Iterator[Draft]:
        if self._take.reasons:
            yield from self._reasoning()
        for (kind, field), pieces in zip(
            _MESSAGE_KINDS, (self._take.answer, self._take.refusal), strict=True
        ):
            if pieces:
                yield from self._message(kind, field, pieces)
                if isinstance(self._take.finish, Failed):
                    return  # the message is still open, so no other item begins
        for call, pieces in self._take.tool_calls:
            yield from self._tool_call(call, pieces)

    def _reasoning(self) -> Iterator[Draft]:
        form = self._reasoning_form
        item: _Fields = {"id": f"rs_{self._id}", "type": "reasoning", "summary": []}
        yield self._added(item)
        parts: list[_Fields] = []
        for index, pieces in enumerate(self._take.reasoning):
            here = self._place(item) | {form.index: index}
            part: _Fields = {"type": form.part_type, "text": "".join(pieces)}
            yield _draft(f"{form.part_event}.added", here | {"part": part | {"text": ""}})
            for piece in pieces:
                yield self._delta(f"{form.text_event}.delta", here, piece, phase="reasoning")
            yield _draft(f"{form.text_event}.done", here | {"text": part["text"]})
            yield _draft(f"{form.part_event}.done", here | {"part": part})
            parts.append(part)
        yield self._done(item | {form.field: parts}, silence_s=self._take.silent_s)

    def _message(self, kind: str, field: str, pieces: tuple[str, ...]) -> Iterator[Draft]:
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
        yield _draft("response.content_part.added", here | {"part": part | {field: ""}})
        for piece in pieces:
            yield self._delta(f"response.{kind}.delta", here | logprobs, piece, phase="answer")
        if isinstance(self._take.finish, Failed):
            return  # what fails in its middle is never said to be done
        yield _draft(f"response.{kind}.done", here | logprobs | {field: part[field]})
        yield _draft("response.content_part.done", here | {"part": part})
        yield self._done(item | {"status": self._status(), "content": [part]})

    def _tool_call(self, call: ToolCall, pieces: tuple[str, ...]) -> Iterator[Draft]:
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
        yield _draft(f"{name}.done", here | whole | {"name": call.name})
        yield self._done(item | {"status": self._status()} | whole)

    def _place(self, item: _Fields) -> _Fields:
        return {"item_id": item["id"], "output_index": len(self._output)}

    def _added(self, item: _Fields) -> Draft:
        place: _Fields = {"output_index": len(self._output), "item": item}
        return _draft("response.output_item.added", place)

    def _done(self, item: _Fields, *, silence_s: float = 0.0) -> Draft:
        place: _Fields = {"output_index": len(self._output), "item": item}
        self._output.append(item)
        return _draft("response.output_item.done", place, silence_s=silence_s)

    def _delta(self, event: str, here: _Fields, piece: str, *, phase: Phase) -> Draft:
        hidden = {"obfuscation": obfuscation(piece, self._random)} if self._ask.obfuscates else {}
        return _draft(event, {**here, "delta": piece, **hidden}, phase=phase)


def _draft(event: str, fields: _Fields, *, phase: Phase = "frame", silence_s: float = 0.0) -> Draft:
    return Draft({"type": event, **fields}, phase, event, silence_s)


def _encoded(draft: Draft, *, sequence_number: int) -> bytes:
    if isinstance(draft.body, bytes):
        return draft.body
    return encode_frame(draft.body | {"sequence_number": sequence_number}, event=draft.event)


def _dict(value: object) -> _Fields:
    return cast("_Fields", value) if isinstance(value, dict) else {}
