"""One performance of a script: what of it comes back for one request, in pieces and counted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stream_widget.scripted.pieces import split_pieces
from stream_widget.scripted.script import Finish, Incomplete, Script, ToolCall

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stream_widget.scripted.ask import Ask

__all__ = ["REASONING_PARTS_BY_EFFORT", "Take", "characters_of", "perform"]

REASONING_PARTS_BY_EFFORT: Final[dict[str, int | None]] = {
    "none": 0,
    "minimal": 0,
    "low": 1,
    "medium": 2,
    "high": None,
    "xhigh": None,
    "max": None,
}
"""How many parts of the reasoning are played; ``None`` is all of them."""
_CHARACTERS_PER_TOKEN: Final = 4


@dataclass(frozen=True, slots=True)
class Take:
    """One performance of a script."""

    reasons: bool
    """Whether there is reasoning at all, shown or not."""
    reasoning: tuple[tuple[str, ...], ...]
    """The pieces of each part; empty where the reasoning is not shown."""
    silent_s: float
    """Silence in place of the reasoning that is not shown."""
    answer: tuple[str, ...]
    refusal: tuple[str, ...]
    tool_calls: tuple[tuple[ToolCall, tuple[str, ...]], ...]
    finish: Finish
    input_tokens: int
    cached_input_tokens: int
    """The part of them that is in the provider's cache."""
    output_tokens: int
    """Reasoning included; one piece is one token."""
    reasoning_tokens: int

    @property
    def flat_reasoning(self) -> tuple[str, ...]:
        """The reasoning for a wire without parts: in one, with blank lines between them."""
        first, *others = self.reasoning or ((),)
        return (*first, *(p for head, *rest in others for p in (f"\n\n{head}", *rest)))


def characters_of(given: object) -> int:
    """How long the words of a request are; its input is counted by them."""
    return len(given if isinstance(given, str) else json.dumps(given, ensure_ascii=False))


def perform(script: Script, ask: Ask) -> Take:
    """Fit a script to a request: its effort, whether reasoning is shown, its token limit."""
    parts = script.reasoning[: REASONING_PARTS_BY_EFFORT[ask.reasoning_effort]]
    budget = _Budget(ask.max_output_tokens)
    reasoning = tuple(kept for part in parts if (kept := budget.take(split_pieces(part))))
    reasoning_tokens = budget.spent
    answer = budget.take(split_pieces(script.answer))
    refusal = budget.take(split_pieces(script.refusal))
    tool_calls = tuple(
        (call, kept)
        for call in script.tool_calls
        if (kept := budget.take(split_pieces(call.arguments)))
    )
    shown = reasoning if ask.shows_reasoning else ()
    input_tokens = max(1, -(-ask.input_characters // _CHARACTERS_PER_TOKEN))
    return Take(
        reasons=bool(parts),
        reasoning=shown,
        silent_s=script.silent_reasoning_s if parts and not shown else 0.0,
        answer=answer,
        refusal=refusal,
        tool_calls=tool_calls,
        finish=Incomplete() if budget.is_overdrawn else script.finish,
        input_tokens=input_tokens,
        cached_input_tokens=min(script.cached_input_tokens, input_tokens),
        output_tokens=budget.spent,
        reasoning_tokens=reasoning_tokens,
    )


class _Budget:
    """Output tokens that are left; reasoning is paid first."""

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self.spent = 0
        self.is_overdrawn = False

    def take(self, pieces: Sequence[str]) -> tuple[str, ...]:
        if self._limit is not None and self.spent + len(pieces) > self._limit:
            self.is_overdrawn = True
            pieces = pieces[: self._limit - self.spent]
        self.spent += len(pieces)
        return tuple(pieces)
