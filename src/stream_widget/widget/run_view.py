"""A run as the browser and the saved notebook see it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stream_widget.errors import ProviderError
    from stream_widget.events import Usage
    from stream_widget.run import Attempt, Notice as RunNotice, Part, Run, Wait
    from stream_widget.widget.protocol import (
        ErrorView,
        Expectation,
        Notice,
        PartView,
        RatesView,
        RunView,
        UsageView,
        WaitView,
    )

__all__ = [
    "cost_view",
    "error_view",
    "notice_view",
    "part_view",
    "rates_view",
    "rounded",
    "run_view",
    "usage_view",
    "wait_view",
]


def run_view(
    run: Run,
    *,
    speed: float | None = None,
    shown: int | None = None,
    expected: Expectation | None = None,
    restartable: bool = False,
) -> RunView:
    """The whole of a run as it is now.

    Args:
        run: The run; its lock is taken.
        speed: Tokens a second shown at most.
        shown: Characters on screen while the view is held.
        expected: How long the answer may get.
        restartable: Whether the same can be asked again.
    """
    with run.lock:
        attempt = run.attempt
        snapshot = attempt.snapshot if attempt else None
        finish = snapshot.finish if snapshot else None
        request = run.sent
        return {
            "run": run.run_id,
            "started_at": round(run.started_at.timestamp(), 3),
            "first_target": str(run.targets[0]),
            "name": run.request.name,
            "provider": run.target.provider,
            "model": run.target.model,
            "response_model": snapshot.response_model if snapshot else None,
            "effort": request.effort,
            "summary": request.summary,
            "verbosity": request.verbosity,
            "max_output_tokens": request.max_output_tokens,
            "text_format": "text" if request.text_format is None else "json",
            "attempt": attempt.number if attempt else 0,
            "state": run.state.value,
            "finish_reason": finish.finish_reason if finish else None,
            "raw_finish_reason": finish.raw_finish_reason if finish else None,
            "elapsed_s": round(run.elapsed_s, 3),
            "ttft_s": rounded(attempt.ttft_s) if attempt else None,
            "ttfo_s": rounded(attempt.ttfo_s) if attempt else None,
            "parts": [part_view(part) for part in snapshot.parts] if snapshot else [],
            "reasoning": snapshot.reasoning if snapshot else False,
            "usage": usage_view(attempt.usage) if attempt and attempt.usage else None,
            "usage_source": attempt.usage_source if attempt else None,
            "cost_usd": cost_view(attempt),
            "price_source": attempt.price_source if attempt else None,
            "rates": rates_view(attempt),
            "chars_per_token": run.chars_per_token,
            "expected": expected,
            "speed": speed,
            "shown": shown,
            "error": error_view(run.error) if run.error else None,
            "notices": [notice_view(notice) for notice in run.notices],
            "wait": wait_view(run.wait),
            "restartable": restartable,
            "timeline": str(snapshot.timeline) if snapshot else "",
        }


def part_view(part: Part) -> PartView:
    """A part with its text so far."""
    view: PartView = {
        "kind": part.kind,
        "text": part.text,
        "name": part.name,
        "started_s": round(part.started_s, 3),
        "finished_s": rounded(part.finished_s),
    }
    if part.call_id is not None:
        view["call_id"] = part.call_id
    return view


def usage_view(usage: Usage) -> UsageView:
    """Token totals."""
    return {
        "input_tokens": usage.input_tokens,
        "cached_input_tokens": usage.cached_input_tokens,
        "cache_write_tokens": usage.cache_write_tokens,
        "output_tokens": usage.output_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "total_tokens": usage.total_tokens,
    }


def cost_view(attempt: Attempt | None) -> float | None:
    """US dollars; None where the price is not known, since JSON has no ``nan``."""
    if attempt is None or attempt.cost_usd is None or math.isnan(attempt.cost_usd):
        return None
    return attempt.cost_usd


def rates_view(attempt: Attempt | None) -> RatesView | None:
    """What the attempt costs while it goes on."""
    if attempt is None or attempt.rates is None:
        return None
    rates = attempt.rates
    return {"prompt_usd": rates.prompt_usd, "output_token_usd": rates.output_token_usd}


def error_view(error: ProviderError) -> ErrorView:
    """What went wrong, as a person reads it."""
    return {
        "kind": error.kind,
        "message": str(error),
        "status": error.status,
        "code": error.code,
        "retry_after_s": error.retry_after_s,
    }


def notice_view(notice: RunNotice) -> Notice:
    """Something to tell the reader."""
    return {"level": notice.level, "text": notice.text}


def wait_view(wait: Wait | None) -> WaitView | None:
    """Why nothing happens just now."""
    if wait is None:
        return None
    since_s, until_s = round(wait.since_s, 3), round(wait.until_s, 3)
    return {"kind": wait.kind, "since_s": since_s, "until_s": until_s}


def rounded(seconds: float | None) -> float | None:
    """Seconds to the millisecond: more digits say nothing and cost bytes."""
    return None if seconds is None else round(seconds, 3)
