"""A run that was over before this kernel knew of it: read from a file, say."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NoReturn

from stream_widget.run.run import Run

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from datetime import datetime

    from stream_widget.errors import ProviderError
    from stream_widget.events import Event, Usage
    from stream_widget.request import Request, Target
    from stream_widget.run.attempt import Attempt
    from stream_widget.run.engine import Engine
    from stream_widget.run.sinks import Notice
    from stream_widget.run.states import RunState

__all__ = ["EndedRun"]


class EndedRun(Run):
    """A run as it was at its end; it can be neither started nor steered."""

    def __init__(  # noqa: PLR0913 - what is known of a run, each named
        self,
        request: Request,
        targets: Sequence[Target],
        attempt: Attempt | None,
        *,
        run_id: str,
        state: RunState,
        started_at: datetime,
        elapsed_s: float,
        engine: Engine,
        chars_per_token: float,
        error: ProviderError | None = None,
        notices: Sequence[Notice] = (),
    ) -> None:
        """Make a run that is over.

        Args:
            request: What is known of what was asked.
            targets: Who was asked, in turn.
            attempt: The last attempt; ``None`` where the run ended before any.
            run_id: Its id.
            state: How it ended, one of the final states.
            started_at: When it began.
            elapsed_s: How long it took.
            engine: Where it would live.
            chars_per_token: For counts that the provider did not give.
            error: Why it failed.
            notices: What the reader should know.
        """
        super().__init__(
            request,
            targets,
            _nobody,
            engine=engine,
            price=_no_price,
            chars_per_token=chars_per_token,
            notices=notices,
        )
        if not state.final:
            raise ValueError(f"A run that is {state.value} is not over.")
        self.run_id = run_id
        self.state = self._told = state
        self.started_at = started_at
        self.started_s, self.ended_s = 0.0, elapsed_s
        self.error = error
        if attempt is not None:
            self.attempts.append(attempt)
        self._started = True
        self._ended.set()


def _nobody(_request: Request, _target: Target) -> AsyncGenerator[Event, None]:
    return _fail()


def _fail() -> NoReturn:
    raise RuntimeError("A run that is over asks nobody.")


def _no_price(_target: Target, _usage: Usage) -> tuple[float, str | None]:
    return math.nan, None
