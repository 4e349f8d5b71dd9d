"""Calls as OpenTelemetry spans and metrics, where the application has set that up.

Nothing of OpenTelemetry is imported here that the application has not imported before. The
conventions followed are named in `stream_widget.call_log.otel_names`; the metrics keep the names
that dashboards know (until 1.41), since their successors are not settled.
"""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from stream_widget.call_log import OPERATION, otel_attributes
from stream_widget.call_log.cleaning import Cleaner
from stream_widget.call_log.period import microseconds
from stream_widget.redaction import Redactor
from stream_widget.run import Sink

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from opentelemetry.context import Context
    from opentelemetry.metrics import Meter
    from opentelemetry.trace import Span, Tracer

    from stream_widget.call_log import OtelAttributes
    from stream_widget.call_log.cleaning import Redact
    from stream_widget.request import Api, Target
    from stream_widget.run import Attempt, Run

__all__ = ["TelemetrySink", "telemetry"]

_SCOPE: Final = "stream_widget"
_CAPTURE: Final = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
_CAPTURED: Final = frozenset({"true", "1", "span_only", "span_and_event"})
_SUPPRESS: Final = "suppress_instrumentation"
"""The key in the context with which OpenTelemetry's own libraries ask for silence."""
_TOKEN_BUCKETS: Final = [4.0**power for power in range(14)]
"""1, 4, 16 … 67,108,864, as the conventions want it."""
_SECOND_BUCKETS: Final = [0.01 * 2.0**power for power in range(14)]
"""0.01, 0.02 … 81.92, as the conventions want it."""
_ON_METRICS: Final = (
    "gen_ai.operation.name",
    "gen_ai.provider.name",
    "gen_ai.request.model",
    "gen_ai.response.model",
    "server.address",
    "server.port",
)
_AT_START: Final = ("gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model")
_NS_PER_S: Final = 1_000_000_000


def telemetry(
    *,
    base_url_of: Callable[[Target], str | None],
    api_of: Callable[[Target], Api | None],
    content: bool | None = None,
    redact: Redact | None = None,
) -> list[Sink]:
    """The sink to start a run with, called where the run is asked for; none without OpenTelemetry.

    Args:
        base_url_of: Where a target is asked.
        api_of: The wire API a target is spoken to with.
        content: Whether spans carry prompts and answers; ``None`` leaves it to the variable
            ``OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT``, and is no without it.
        redact: The user's function for texts, as for the log.
    """
    if "opentelemetry" not in sys.modules:
        return []
    from opentelemetry import context  # noqa: PLC0415 - the application has imported it

    if context.get_value(_SUPPRESS):
        return []
    if content is None:
        content = os.environ.get(_CAPTURE, "").strip().lower() in _CAPTURED
    current = context.get_current()
    return [
        TelemetrySink(
            current, base_url_of=base_url_of, api_of=api_of, content=content, redact=redact
        )
    ]


class TelemetrySink(Sink):
    """A run's sink that tells of each attempt: a span, and the client's metrics.

    Args:
        context: What was current where the run was asked for: the parent of its spans.
        base_url_of: Where a target is asked.
        api_of: The wire API a target is spoken to with.
        content: Whether spans carry prompts and answers, without keys.
        redact: Applied to every text before the keys are taken out, as in the log.
    """

    def __init__(
        self,
        context: Context,
        *,
        base_url_of: Callable[[Target], str | None],
        api_of: Callable[[Target], Api | None],
        content: bool = False,
        redact: Redact | None = None,
    ) -> None:
        self._context = context
        self._base_url_of = base_url_of
        self._api_of = api_of
        self._content = content
        self._redact = redact
        self._spans: dict[str, Span] = {}

    def attempt_started(self, run: Run, attempt: Attempt) -> None:
        """Open the span; told again, the attempt has another target than was thought."""
        attributes = self._attributes(run, attempt)
        span = self._spans.get(attempt.call_id)
        name = f"{OPERATION} {attempt.target.model}"
        if span is not None:
            span.update_name(name)
            span.set_attributes(attributes)
            return
        tracer = _tracer()
        if tracer is None:
            return
        from opentelemetry.trace import SpanKind  # noqa: PLC0415 - as in `telemetry`

        self._spans[attempt.call_id] = tracer.start_span(
            name,
            context=self._context,
            kind=SpanKind.CLIENT,
            attributes={  # what a sampler may look at
                name: value
                for name, value in attributes.items()
                if name in _AT_START or name.startswith("server.")
            },
            start_time=_started_ns(attempt),
        )

    def attempt_ended(self, run: Run, attempt: Attempt) -> None:
        """Close the span and count what the attempt took."""
        attributes = self._attributes(run, attempt)
        span = self._spans.pop(attempt.call_id, None)
        if span is not None:
            self._close(span, run, attempt, attributes)
        meter = _meter()
        if meter is not None:
            _measure(meter, self._context, attempt, attributes)

    def _attributes(self, run: Run, attempt: Attempt) -> OtelAttributes:
        cleaner = Cleaner(Redactor(), self._redact)
        values = _columns(run, attempt, self._api_of(attempt.target), cleaner)
        return otel_attributes(values) | _server(self._base_url_of(attempt.target))

    def _close(self, span: Span, run: Run, attempt: Attempt, attributes: OtelAttributes) -> None:
        from opentelemetry.trace import Status, StatusCode  # noqa: PLC0415 - as in `telemetry`

        if span.is_recording():
            cleaner = Cleaner(Redactor(), self._redact)
            span.set_attributes(attributes)
            if self._content:
                span.set_attributes(_content(run, attempt, cleaner))
            if attempt.error is not None:
                told = cleaner.column("error_message", str(attempt.error))
                span.set_status(Status(StatusCode.ERROR, told if isinstance(told, str) else None))
        # Not the wall clock: it may have been set back while the answer came.
        span.end(_started_ns(attempt) + round((attempt.duration_s or 0.0) * _NS_PER_S))


# What the application has set up. The API's own providers are stand-ins that do nothing.


def _tracer() -> Tracer | None:
    if "opentelemetry.trace" not in sys.modules:
        return None
    from opentelemetry import trace  # noqa: PLC0415 - as in `telemetry`

    provider = trace.get_tracer_provider()
    return None if _is_stand_in(provider) else provider.get_tracer(_SCOPE)


def _meter() -> Meter | None:
    if "opentelemetry.metrics" not in sys.modules:
        return None
    from opentelemetry import metrics  # noqa: PLC0415 - as in `telemetry`

    provider = metrics.get_meter_provider()
    return None if _is_stand_in(provider) else provider.get_meter(_SCOPE)


def _is_stand_in(provider: object) -> bool:
    return type(provider).__module__.startswith(("opentelemetry.trace", "opentelemetry.metrics"))


# An attempt in the words of the log, and then of the conventions


def _columns(run: Run, attempt: Attempt, api: Api | None, cleaner: Cleaner) -> dict[str, object]:
    request, snapshot, usage = attempt.request, attempt.snapshot, attempt.usage
    ended = attempt.ended_at is not None
    asked = ("effort", "summary", "verbosity", "temperature", "max_output_tokens")
    measured = ("usage_source", "cost_usd", "price_source", "ttft_s", "ttfo_s", "tokens_per_s")
    return {
        "call_id": attempt.call_id,
        "run_id": run.run_id,
        "attempt": attempt.number,
        "provider": attempt.target.provider,
        "request_model": attempt.target.model,
        "response_model": snapshot.response_model,
        "response_id": snapshot.response_id,
        "api": api,
        "state": ("failed" if attempt.outcome == "streaming" else attempt.outcome)
        if ended
        else None,
        "finish_reason": snapshot.finish and snapshot.finish.finish_reason,
        "raw_finish_reason": snapshot.finish and snapshot.finish.raw_finish_reason,
        "error_kind": attempt.error and attempt.error.kind,
        # The conventions have it only where it is so.
        "streamed": True if request.stream is not False else None,
        "name": cleaner.column("name", run.request.name),
        "tags": [tag for tag in map(cleaner.text, run.request.tags) if tag is not None],
        **{name: getattr(request, name) for name in asked},
        **{name: getattr(attempt, name) for name in measured},
        **({} if usage is None else asdict(usage)),
    }


def _content(run: Run, attempt: Attempt, cleaner: Cleaner) -> OtelAttributes:
    texts = ("output_text", "reasoning_text", "refusal_text", "tool_calls")
    values: Mapping[str, object] = {
        "provider": attempt.target.provider,
        "prompt": run.request.prompt,
        "instructions": run.request.instructions,
        **{name: getattr(attempt.snapshot, name) for name in texts},
    }
    return otel_attributes(values, redact=lambda text: cleaner.text(text) or "")


def _server(base_url: str | None) -> OtelAttributes:
    if base_url is None:
        return {}
    parts = urlsplit(base_url)
    if not parts.hostname:
        return {}
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return {"server.address": parts.hostname, "server.port": port}


def _started_ns(attempt: Attempt) -> int:
    return microseconds(attempt.started_at) * 1000


def _measure(meter: Meter, context: Context, attempt: Attempt, attributes: OtelAttributes) -> None:
    common = {name: attributes[name] for name in _ON_METRICS if name in attributes}
    failed = {name: attributes[name] for name in ("error.type",) if name in attributes}
    meter.create_histogram(
        "gen_ai.client.operation.duration",
        unit="s",
        description="GenAI operation duration.",
        explicit_bucket_boundaries_advisory=_SECOND_BUCKETS,
    ).record(attempt.duration_s or 0.0, common | failed, context)
    if attempt.ttft_s is not None and attempt.request.stream is not False:
        meter.create_histogram(
            "gen_ai.client.operation.time_to_first_chunk",
            unit="s",
            description="From issuing the request to the first chunk of the response.",
            explicit_bucket_boundaries_advisory=_SECOND_BUCKETS,
        ).record(attempt.ttft_s, common, context)
    usage = attempt.usage
    # An estimate is no usage: the conventions want it counted, or not told.
    if usage is None or attempt.usage_source != "reported":
        return
    tokens = meter.create_histogram(
        "gen_ai.client.token.usage",
        unit="{token}",
        description="Number of input and output tokens used.",
        explicit_bucket_boundaries_advisory=_TOKEN_BUCKETS,
    )
    for kind, count in (("input", usage.input_tokens), ("output", usage.output_tokens)):
        if count is not None:
            tokens.record(count, common | {"gen_ai.token.type": kind}, context)
