"""Listens to runs and puts a row into the log for each attempt."""

from __future__ import annotations

import functools
import importlib.metadata
import json
import math
from typing import TYPE_CHECKING, Final

from stream_widget.call_log.entry import Entry
from stream_widget.call_log.following import Following
from stream_widget.call_log.period import microseconds
from stream_widget.call_log.voice import Voice
from stream_widget.request import prompt_text
from stream_widget.run import Sink

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stream_widget.call_log.cleaning import Redact
    from stream_widget.call_log.log import CallLog
    from stream_widget.request import Api, Request, Target
    from stream_widget.run import Attempt, Run

__all__ = ["LogSink"]

_NOTHING_YET: Final[Mapping[str, str]] = {
    "output_text": "",
    "reasoning_text": "",
    "refusal_text": "",
    "tool_calls": "[]",
}
"""A call's texts at its start; null would say that they are not logged."""


class LogSink(Sink):
    """A run's sink that logs its attempts; one may serve many runs.

    It builds a row and hands it over: nothing here waits for a disk. What comes in between is not
    listened to: the log looks at it by itself, many deltas at a time.

    Args:
        log: Where rows go.
        api_of: The wire API a target is spoken to with.
        comparison_id: The comparison these runs belong to.
        repeat: Which repetition this is in its comparison, from 1.
        log_content: False logs numbers only: prompt, instructions and all texts stay null.
        redact: Applied to every text before it is written.
    """

    def __init__(  # noqa: PLR0913 - each a thing of its own, all keyword-only
        self,
        log: CallLog,
        *,
        api_of: Callable[[Target], Api | None] | None = None,
        comparison_id: str | None = None,
        repeat: int | None = None,
        log_content: bool = True,
        redact: Redact | None = None,
    ) -> None:
        self._log = log
        self._api_of = api_of
        self._comparison_id = comparison_id
        self._repeat = repeat
        self._log_content = log_content
        self._redact = redact
        self._voices: dict[str, Voice] = {}

    def attempt_started(self, run: Run, attempt: Attempt) -> None:
        """Put the row in, so that a call is known even if this process dies now."""
        voice = self._voices.setdefault(run.run_id, Voice(run))
        following = Following(
            run, attempt, voice, redact=self._redact, log_content=self._log_content
        )
        self._log.put_call(self._entry(run, attempt), follow=following)

    def attempt_ended(self, run: Run, attempt: Attempt) -> None:
        """Put the row again, with all that is known now."""
        self._log.put_call(self._entry(run, attempt))

    def run_ended(self, run: Run) -> None:
        """The log has nothing more to say in it; the last attempt has ended before."""
        self._voices.pop(run.run_id, None)

    def _entry(self, run: Run, attempt: Attempt) -> Entry:
        return Entry(
            self._row(run, attempt),
            # Texts only at the end, when nothing is added to them any more.
            snapshot=None if attempt.ended_at is None else attempt.snapshot,
            redact=self._redact,
            log_content=self._log_content,
            voice=self._voices.get(run.run_id),
        )

    def _row(self, run: Run, attempt: Attempt) -> dict[str, object]:
        return {
            "call_id": attempt.call_id,
            "run_id": run.run_id,
            "attempt": attempt.number,
            "provider": attempt.target.provider,
            "request_model": attempt.target.model,
            "name": run.request.name,
            "tags": json.dumps(run.request.tags, ensure_ascii=False),
            "comparison_id": self._comparison_id,
            "repeat": self._repeat,
            "app_version": _app_version(),
            **_outcome(attempt),
            **_usage(attempt),
            **self._sent(attempt),
            **_asked(run.request),
            **_NOTHING_YET,
        }

    def _sent(self, attempt: Attempt) -> dict[str, object]:
        request = attempt.request
        return {
            "effort": request.effort,
            "summary": request.summary,
            "verbosity": request.verbosity,
            "temperature": request.temperature,
            "max_output_tokens": request.max_output_tokens,
            "streamed": int(request.stream is not False),
            "api": None if self._api_of is None else self._api_of(attempt.target),
        }


def _asked(request: Request) -> dict[str, object]:
    return {
        "prompt": prompt_text(request.prompt) or None,
        "instructions": request.instructions,
    }


def _outcome(attempt: Attempt) -> dict[str, object]:
    snapshot, error = attempt.snapshot, attempt.error
    ended = attempt.ended_at is not None
    return {
        # An attempt that is over and neither finished nor failed nor was cancelled was torn down.
        "state": "failed" if ended and attempt.outcome == "streaming" else attempt.outcome,
        "started_at": microseconds(attempt.started_at),
        "ended_at": None if attempt.ended_at is None else microseconds(attempt.ended_at),
        "duration_s": attempt.duration_s,
        "ttft_s": attempt.ttft_s,
        "ttfo_s": attempt.ttfo_s,
        "tokens_per_s": attempt.tokens_per_s,
        "response_id": snapshot.response_id,
        "response_model": snapshot.response_model,
        "finish_reason": None if snapshot.finish is None else snapshot.finish.finish_reason,
        "raw_finish_reason": None if snapshot.finish is None else snapshot.finish.raw_finish_reason,
        "error_kind": None if error is None else error.kind,
        "error_message": None if error is None else str(error),
    }


def _usage(attempt: Attempt) -> dict[str, object]:
    usage, cost_usd = attempt.usage, attempt.cost_usd
    return {
        "input_tokens": None if usage is None else usage.input_tokens,
        "cached_input_tokens": None if usage is None else usage.cached_input_tokens,
        "cache_write_tokens": None if usage is None else usage.cache_write_tokens,
        "output_tokens": None if usage is None else usage.output_tokens,
        "reasoning_tokens": None if usage is None else usage.reasoning_tokens,
        "total_tokens": None if usage is None else usage.total_tokens,
        "usage_source": attempt.usage_source,
        "cost_usd": None if cost_usd is None or math.isnan(cost_usd) else cost_usd,
        "price_source": attempt.price_source,
    }


@functools.cache
def _app_version() -> str | None:
    try:
        return importlib.metadata.version("stream-widget")
    except importlib.metadata.PackageNotFoundError:
        return None
