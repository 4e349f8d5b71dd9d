"""When each step is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from stream_widget.clock import monotonic_s
from stream_widget.scripted.pieces import seeded

if TYPE_CHECKING:
    from stream_widget.scripted.scenario import Scenario
    from stream_widget.scripted.steps import Step

__all__ = ["Pace"]

_JITTER: Final = 0.4
"""A token comes up to this part of its time sooner or later than its neighbours."""
_LONGEST_LAG_S: Final = 0.5
"""Behind by more (after a stall, say), the schedule begins anew: no burst makes up for it."""


class Pace:
    """When each step is due, by a schedule, so that small delays do not add up."""

    def __init__(self, scenario: Scenario) -> None:
        answer_rate = scenario.tokens_per_s
        reasoning_rate = scenario.reasoning_tokens_per_s or answer_rate
        self._answer_token_s = 1 / answer_rate if answer_rate else 0.0
        self._reasoning_token_s = 1 / reasoning_rate if reasoning_rate else 0.0
        self._start_delay_s = scenario.start_delay_s
        self._random = seeded("pace")
        self._due_at_s = monotonic_s()

    def wait_before(self, step: Step) -> float:
        """Seconds until the step is due; 0 or less when it is due now."""
        if self._start_delay_s and step.phase in {"reasoning", "answer"}:
            self._due_at_s += self._start_delay_s
            self._start_delay_s = 0.0
        self._due_at_s += step.wait_s
        if self._answer_token_s or self._reasoning_token_s:
            self._due_at_s += step.silence_s
        token_s = self._reasoning_token_s if step.phase == "reasoning" else self._answer_token_s
        if token_s and step.tokens:
            jitter = self._random.uniform(-_JITTER, _JITTER)
            self._due_at_s += token_s * step.tokens * (1 + jitter)
        now_s = monotonic_s()
        if now_s - self._due_at_s > _LONGEST_LAG_S:
            self._due_at_s = now_s
        return self._due_at_s - now_s
