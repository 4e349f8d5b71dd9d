"""One script as a chat completion: its chunks, or its whole body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from stream_widget.clock import utc_now
from stream_widget.scripted.pieces import obfuscation, seeded
from stream_widget.scripted.script import Failed, Incomplete, Script, ToolCall
from stream_widget.scripted.steps import Draft, Phase
from stream_widget.scripted.take import perform
from stream_widget.wire import DONE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stream_widget.scripted.ask import Ask
    from stream_widget.scripted.manner import ChatReasoning

__all__ = ["ChatTelling"]

_Fields: TypeAlias = dict[str, object]

_FINISH_WORDS: Final[Mapping[str, str]] = {"max_output_tokens": "length"}
"""Of the reasons for an incomplete response; any other is said as it is."""


class ChatTelling:
    """Tells one script as a chat completion."""

    def __init__(self, script: Script, ask: Ask, *, form: ChatReasoning, number: int) -> None:
        self._take = perform(script, ask)
        self._usage_place = script.manner.chat_usage
        self._is_silent_about_usage = self._usage_place == "never"
        if self._usage_place == "as_asked":
            self._usage_place = "last_chunk" if ask.includes_usage else "never"
        self._form: ChatReasoning = form
        self._ask = ask
        self._seed = f"{seeded(str(number)).getrandbits(128):032x}"
        self._random = seeded(self._seed)
        self._head: _Fields = {
            "id": f"chatcmpl-{number:08x}{self._seed[:20]}",
            "object": "chat.completion.chunk",
            "created": int(utc_now().timestamp()),
            "model": ask.model,
            "service_tier": "default",
            "system_fingerprint": f"fp_{self._seed[:10]}",
        }
        self._told_tokens = 0

    def drafts(self) -> Iterator[Draft]:
        """The chunks, and the mark after the last one."""
        yield Draft(self._chunk({"role": "assistant", "content": "", "refusal": None}))
        yield from self._reasoning()
        for piece in self._take.answer:
            yield self._delta({"content": piece}, piece)
        for piece in self._take.refusal:
            yield self._delta({"refusal": piece}, piece)
        for index, (call, pieces) in enumerate(self._take.tool_calls):
            yield from self._tool_call(index, call, pieces)
        if isinstance(self._take.finish, Failed):
            yield from self.failure(self._take.finish)
            return
        yield self._finish()
        if self._usage_place == "last_chunk":
            yield self._usage_chunk(self._usage())
        yield Draft(DONE, "end")

    def failure(self, failed: Failed) -> Iterator[Draft]:
        """An error between the chunks, token totals of 0, and the mark (recorded 2025-07)."""
        code = None if failed.code == "server_error" else failed.code
        error = {"message": failed.message, "type": failed.code, "param": None, "code": code}
        yield Draft({"error": error})
        if self._usage_place == "last_chunk":
            yield self._usage_chunk(_totals(0, 0, 0, 0))
        yield Draft(DONE, "end")

    def whole(self) -> _Fields:
        """The completion as one body."""
        take = self._take
        reasoning = "".join(take.flat_reasoning)
        answer = "".join(take.answer)
        message: _Fields = {"role": "assistant", "content": answer or None}
        if reasoning and self._form == "think_tags":
            message["content"] = f"<think>\n{reasoning}\n</think>\n\n{answer}"
        elif reasoning:
            message |= self._reasoning_fields(reasoning)
        message["refusal"] = "".join(take.refusal) or None
        if take.tool_calls:
            message["tool_calls"] = [
                self._call(index, call, "".join(pieces))
                for index, (call, pieces) in enumerate(take.tool_calls)
            ]
        choice: _Fields = {
            "index": 0,
            "message": message,
            "logprobs": None,
            "finish_reason": self._finish_word(),
        }
        usage: _Fields = {} if self._is_silent_about_usage else {"usage": self._usage()}
        return {**self._head, "object": "chat.completion", "choices": [choice], **usage}

    def _reasoning(self) -> Iterator[Draft]:
        pieces = self._take.flat_reasoning
        if not pieces:
            if self._take.silent_s:
                yield Draft(self._chunk({"content": ""}), silence_s=self._take.silent_s)
        elif self._form == "think_tags":
            for piece in ("<think>", "\n", *pieces, "\n", "</think>"):
                yield self._delta({"content": piece}, piece, phase="reasoning")
            yield self._delta({"content": "\n\n"}, "\n\n")
        else:
            for piece in pieces:
                yield self._delta(self._reasoning_fields(piece), piece, phase="reasoning")

    def _reasoning_fields(self, text: str) -> _Fields:
        if self._form != "reasoning_details":
            return {self._form: text}
        detail = {"type": "reasoning.text", "text": text, "format": "unknown", "index": 0}
        return {"reasoning": text, "reasoning_details": [detail]}

    def _tool_call(self, index: int, call: ToolCall, pieces: tuple[str, ...]) -> Iterator[Draft]:
        yield Draft(self._chunk({"tool_calls": [{"index": index, **self._call(index, call, "")}]}))
        for piece in pieces:
            function = {"arguments": piece}
            yield self._delta({"tool_calls": [{"index": index, "function": function}]}, piece)

    def _call(self, index: int, call: ToolCall, arguments: str) -> _Fields:
        return {
            "id": f"call_{index}{self._seed[:22]}",
            "type": "function",
            "function": {"name": call.name, "arguments": arguments},
        }

    def _finish(self) -> Draft:
        body = self._chunk({}, finish_reason=self._finish_word())
        if self._usage_place in {"finish_chunk", "every_chunk"}:
            body["usage"] = self._usage()
        elif self._usage_place == "x_groq":
            body["x_groq"] = {"id": f"req_{self._seed[:26]}", "usage": self._usage()}
        return Draft(body, "end")

    def _finish_word(self) -> str:
        finish = self._take.finish
        if isinstance(finish, Incomplete):
            return _FINISH_WORDS.get(finish.reason, finish.reason)
        return "tool_calls" if self._take.tool_calls else "stop"

    def _delta(self, delta: _Fields, piece: str, *, phase: Phase = "answer") -> Draft:
        self._told_tokens += 1
        body = self._chunk(delta)
        if self._ask.obfuscates:
            body["obfuscation"] = obfuscation(piece, self._random)
        return Draft(body, phase)

    def _chunk(self, delta: _Fields, *, finish_reason: str | None = None) -> _Fields:
        choice: _Fields = {
            "index": 0,
            "delta": delta,
            "logprobs": None,
            "finish_reason": finish_reason,
        }
        body: _Fields = {**self._head, "choices": [choice]}
        if self._usage_place == "last_chunk":
            body["usage"] = None
        elif self._usage_place == "every_chunk":
            body["usage"] = self._totals_of(self._told_tokens, 0)
        return body

    def _usage_chunk(self, usage: _Fields) -> Draft:
        return Draft({**self._head, "choices": [], "usage": usage}, "end")

    def _usage(self) -> _Fields:
        take = self._take
        return self._totals_of(take.output_tokens, take.reasoning_tokens)

    def _totals_of(self, completion: int, reasoning: int) -> _Fields:
        take = self._take
        return _totals(take.input_tokens, take.cached_input_tokens, completion, reasoning)


def _totals(prompt: int, cached: int, completion: int, reasoning: int) -> _Fields:
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": cached, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": reasoning,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }
