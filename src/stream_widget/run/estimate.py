"""Token counts guessed from characters, for as long as (or where) the provider gives none."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from stream_widget.events import Usage
from stream_widget.request import prompt_text

if TYPE_CHECKING:
    from stream_widget.request import Request
    from stream_widget.run.snapshot import Snapshot

__all__ = ["DEFAULT_CHARS_PER_TOKEN", "estimate_usage"]

DEFAULT_CHARS_PER_TOKEN: Final = 4.0
"""OpenAI's rule of thumb for English text."""


def estimate_usage(request: Request, snapshot: Snapshot, *, chars_per_token: float) -> Usage | None:
    """A guess at the totals of a response that did not report them; ``None`` if nothing came.

    Reasoning that was summarised or hidden cannot be guessed, so the guess is a lower bound.
    """
    if not snapshot.received_characters:
        return None
    asked = prompt_text(request.prompt) + (request.instructions or "")
    reasoning = sum(part.length for part in snapshot.parts if part.kind.startswith("reasoning"))
    input_tokens = math.ceil(len(asked) / chars_per_token)
    output_tokens = math.ceil(snapshot.received_characters / chars_per_token)
    return Usage(
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        reasoning_tokens=math.ceil(reasoning / chars_per_token) if reasoning else None,
        total_tokens=input_tokens + output_tokens,
    )
