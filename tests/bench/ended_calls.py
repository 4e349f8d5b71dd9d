"""Calls that have just ended, as the log is told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from stream_widget.clock import monotonic_s, utc_now
from stream_widget.events import OutputTextDelta, ResponseFinished, Usage
from stream_widget.request import Request, Target
from stream_widget.run import Attempt, LoopEngine, Run

if TYPE_CHECKING:
    import random
    from collections.abc import AsyncGenerator, Sequence

    from stream_widget.events import Event

__all__ = ["end_call", "price"]

_PER_S: Final = 100
"""Tokens that arrive in a second, on the average."""
_TARGET: Final = Target("openai", "gpt-5-mini")
_WAITED_S: Final = (0.3, 2.0)
"""Before the first token: the least and the most."""


def end_call(
    prompt: str, texts: Sequence[str], engine: LoopEngine, chance: random.Random
) -> tuple[Run, Attempt]:
    """A run and its one attempt, which brought these texts, each at a time of its own."""
    run = Run(Request(prompt), [_TARGET], _nobody, engine=engine, price=price)
    attempt = Attempt(1, _TARGET, utc_now(), monotonic_s(), run.request)
    at_s = chance.uniform(*_WAITED_S)
    for text in texts:
        at_s += chance.expovariate(_PER_S)
        attempt.snapshot.apply(OutputTextDelta(0, text), at_s=at_s)
    attempt.snapshot.apply(ResponseFinished("stop", "completed"), at_s=at_s)
    attempt.account(Usage(input_tokens=10, output_tokens=len(texts)), "reported", price)
    attempt.end(attempt.started_s + at_s)
    return run, attempt


def _nobody(_request: Request, _target: Target) -> AsyncGenerator[Event, None]:
    raise NotImplementedError


def price(_target: Target, _usage: Usage) -> tuple[float, str | None]:
    """What every call costs."""
    return 0.25, "bench"
