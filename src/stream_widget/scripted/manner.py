"""How a provider tells a script, where those that speak the same wire differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["ChatReasoning", "ChatUsage", "Manner", "MessagesReasoning", "ResponsesReasoning"]

ResponsesReasoning: TypeAlias = Literal["as_asked", "summary", "text", "hidden"]
ChatReasoning: TypeAlias = Literal[
    "reasoning_content", "reasoning", "reasoning_details", "think_tags", "hidden"
]
MessagesReasoning: TypeAlias = Literal["as_asked", "thinking", "omitted", "redacted"]
ChatUsage: TypeAlias = Literal[
    "as_asked", "last_chunk", "finish_chunk", "every_chunk", "x_groq", "never"
]


@dataclass(frozen=True, slots=True)
class Manner:
    """What each wire makes of a script's reasoning, and where Chat puts the usage."""

    responses_reasoning: ResponsesReasoning = "as_asked"
    """``as_asked``: a summary where the request asks for one, else silence; ``text`` is the
    reasoning itself, as DeepSeek and OpenRouter send it."""
    chat_reasoning: ChatReasoning = "reasoning_content"
    """A field of the delta (``reasoning_details`` comes with ``reasoning``, as OpenRouter sends
    it), or ``<think>`` tags with the line breaks that models put around them. Groq's
    ``reasoning_format`` and ``include_reasoning`` in a request count for more."""
    messages_reasoning: MessagesReasoning = "as_asked"
    """``as_asked``: only where the request turns thinking on."""
    chat_usage: ChatUsage = "as_asked"
    """``as_asked``: in a last chunk with no choices, where ``include_usage`` asks for it."""
