"""One script as a message of Anthropic's: its events, or its whole body."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, TypeAlias

from stream_widget.scripted.pieces import seeded
from stream_widget.scripted.script import Failed, Incomplete, Script, ToolCall
from stream_widget.scripted.steps import Draft, Phase
from stream_widget.scripted.take import perform

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stream_widget.scripted.ask import Ask

__all__ = ["MessageTelling"]

_Fields: TypeAlias = dict[str, object]

_STOP_REASONS: Final[Mapping[str, str]] = {
    "max_output_tokens": "max_tokens",
    "content_filter": "refusal",
}
"""Of the reasons for an incomplete response; any other is said as it is."""
_SIGNATURE_BITS: Final = 1200


class MessageTelling:
    """Tells one script as a message, and remembers its blocks for the whole body."""

    def __init__(self, script: Script, ask: Ask, *, is_redacted: bool, number: int) -> None:
        self._take = perform(script, ask)
        self._is_redacted = is_redacted
        self._ask = ask
        self._random = seeded(str(number))
        self._id = f"{number:08x}{self._random.getrandbits(64):016x}"
        self._blocks: list[_Fields] = []
        self._pinged = False

    def drafts(self) -> Iterator[Draft]:
        """The events; where the script fails, those before its failure."""
        yield _draft("message_start", {"message": self._message(is_over=False)})
        if self._take.reasons:
            yield from self._thinking()
        if self._take.answer:
            text: _Fields = {"type": "text", "text": ""}
            yield from self._block(text, "text_delta", "text", self._take.answer)
        for call, pieces in self._take.tool_calls:
            yield from self._tool_use(call, pieces)
        yield from self._ping_once()
        if isinstance(self._take.finish, Failed):
            return
        delta = self._stop()
        yield _draft("message_delta", {"delta": delta, "usage": self._usage()}, phase="end")
        yield _draft("message_stop", {}, phase="end")

    def whole(self) -> _Fields:
        """The message as one body."""
        for _ in self.drafts():
            pass  # the blocks are collected on the way
        return self._message(is_over=True)

    def _message(self, *, is_over: bool) -> _Fields:
        usage = self._usage() if is_over else self._usage_at_start()
        nothing = {"stop_reason": None, "stop_sequence": None, "stop_details": None}
        return {
            "model": self._ask.model,
            "id": f"msg_{self._id}",
            "type": "message",
            "role": "assistant",
            "content": [*self._blocks] if is_over else [],
            **(self._stop() if is_over else nothing),
            "usage": usage | {"service_tier": "standard", "inference_geo": "not_available"},
        }

    def _stop(self) -> _Fields:
        take = self._take
        details: _Fields | None = None
        if isinstance(take.finish, Incomplete):
            reason = _STOP_REASONS.get(take.finish.reason, take.finish.reason)
        elif take.refusal:
            reason = "refusal"
            # A refusal is no content here: its words explain why the message stops.
            words = "".join(take.refusal)
            details = {"type": "refusal", "category": None, "explanation": words}
        else:
            reason = "tool_use" if take.tool_calls else "end_turn"
        return {"stop_reason": reason, "stop_sequence": None, "stop_details": details}

    def _thinking(self) -> Iterator[Draft]:
        if self._is_redacted:
            yield from self._block(
                {"type": "redacted_thinking", "data": self._opaque()},
                silence_s=self._take.silent_s,
            )
            return
        block: _Fields = {"type": "thinking", "thinking": "", "signature": ""}
        yield from self._block(
            block,
            "thinking_delta",
            "thinking",
            self._take.flat_reasoning,
            phase="reasoning",
            signature=self._opaque(),
            silence_s=self._take.silent_s,
        )

    def _tool_use(self, call: ToolCall, pieces: tuple[str, ...]) -> Iterator[Draft]:
        block: _Fields = {
            "type": "tool_use",
            "id": f"toolu_{len(self._blocks)}{self._id}",
            "name": call.name,
            "input": {},
            "caller": {"type": "direct"},
        }
        # An empty piece comes first (recorded 2026-06).
        yield from self._block(block, "input_json_delta", "partial_json", ("", *pieces))
        self._blocks[-1]["input"] = _json_or_empty("".join(pieces))

    def _block(  # noqa: PLR0913 - what a block can have
        self,
        block: _Fields,
        delta_type: str = "",
        field: str = "",
        pieces: tuple[str, ...] = (),
        *,
        phase: Phase = "answer",
        signature: str | None = None,
        silence_s: float = 0.0,
    ) -> Iterator[Draft]:
        here: _Fields = {"index": len(self._blocks)}
        yield _draft("content_block_start", here | {"content_block": block})
        yield from self._ping_once()
        for piece in pieces:
            delta: _Fields = {"type": delta_type, field: piece}
            yield _draft(
                "content_block_delta", here | {"delta": delta}, phase=phase if piece else "frame"
            )
        whole: _Fields = {field: "".join(pieces)} if field in block else {}
        if signature is not None:
            whole["signature"] = signature
            delta = {"type": "signature_delta", "signature": signature}
            yield _draft("content_block_delta", here | {"delta": delta}, silence_s=silence_s)
        self._blocks.append(block | whole)
        late_s = silence_s if signature is None else 0.0
        yield _draft("content_block_stop", here, silence_s=late_s)

    def _ping_once(self) -> Iterator[Draft]:
        if not self._pinged:
            self._pinged = True
            yield _draft("ping", {})

    def _opaque(self) -> str:
        return f"{self._random.getrandbits(_SIGNATURE_BITS):x}"

    def _usage_at_start(self) -> _Fields:
        return {
            **self._input(),
            "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
            "output_tokens": 1,
        }

    def _input(self) -> _Fields:
        """What is read from a cache is counted beside the rest of the input, not in it."""
        take = self._take
        return {
            "input_tokens": take.input_tokens - take.cached_input_tokens,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": take.cached_input_tokens,
        }

    def _usage(self) -> _Fields:
        take = self._take
        return {
            **self._input(),
            "output_tokens": take.output_tokens,
            "output_tokens_details": {"thinking_tokens": take.reasoning_tokens},
        }


def _draft(event: str, fields: _Fields, *, phase: Phase = "frame", silence_s: float = 0.0) -> Draft:
    return Draft({"type": event, **fields}, phase, event, silence_s)


def _json_or_empty(text: str) -> object:
    """What the arguments say; a token limit may have cut them."""
    try:
        return json.loads(text or "{}")
    except ValueError:
        return {}
