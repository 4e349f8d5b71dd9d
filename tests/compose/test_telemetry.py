"""Calls as spans and metrics, seen by OpenTelemetry's own SDK."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from opentelemetry import context, trace
from opentelemetry.metrics import _internal as metrics_api
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

import stream_widget as sw
from compose.asked import ANSWER, KEY, REASONING, WAIT_S, scenario, wait_until
from stream_widget import catalog
from stream_widget.errors import SourceFailedError
from stream_widget.events import OutputTextDelta, ResponseFinished
from stream_widget.request import Request, Target
from stream_widget.run import Run, ThreadEngine
from stream_widget.scripted import Cut, Gate, HttpError, ScriptedServer
from stream_widget.telemetry import telemetry

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator, Mapping

    from opentelemetry.sdk.metrics.export import HistogramDataPoint
    from opentelemetry.sdk.trace import ReadableSpan

    from stream_widget.events import Event
    from stream_widget.widget import StreamWidget

Ask = "Callable[..., StreamWidget]"
CONTENT = {"gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions"}


@dataclass
class Told:
    """What the exporters were told."""

    exporter: InMemorySpanExporter
    reader: InMemoryMetricReader

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        return self.exporter.get_finished_spans()

    def points(self, name: str) -> list[HistogramDataPoint]:
        data = self.reader.get_metrics_data()
        return [
            point
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
        ]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    """An application that has set a tracer and a meter up, which a process may do once."""
    exporter, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracers = TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(exporter))
    meters = MeterProvider(metric_readers=[reader])
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", tracers)
    monkeypatch.setattr(metrics_api, "_METER_PROVIDER", meters)
    monkeypatch.delenv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", raising=False)
    yield Told(exporter, reader)
    tracers.shutdown()
    meters.shutdown()


def attributes(span: ReadableSpan) -> dict[str, object]:
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in (span.attributes or {}).items()
    }


def asked_and_ended(ask: Ask, **more: object) -> StreamWidget:
    return ask(**more).wait(WAIT_S)


def test_a_call_is_a_client_span_with_the_attributes_of_its_row(ask: Ask, told: Told) -> None:
    w = asked_and_ended(ask, effort="low", tags=["sky"], name="blue", max_output_tokens=900)
    row = w.calls.iloc[0]
    span = told.spans[0]
    assert (span.name, span.kind) == ("chat gpt-5-mini", SpanKind.CLIENT)
    assert span.status.status_code is StatusCode.UNSET
    found = attributes(span)
    server = {found.pop("server.address"), found.pop("server.port")}
    assert server == {"127.0.0.1", int(ask.keywords["base_url"].split(":")[2].split("/")[0])}
    of_the_row = sw.log.to_otel(row["call_id"])[0]
    of_the_row.pop("stream_widget.app_version", None)
    assert found == of_the_row
    assert found["gen_ai.request.reasoning.level"] == "low"
    assert found["gen_ai.usage.output_tokens"] == row["output_tokens"]
    assert span.start_time == row["started_at"].value
    assert span.end_time - span.start_time == pytest.approx(row["duration_s"] * 1e9, abs=1)


def test_the_parent_is_the_span_that_was_current_where_the_run_was_asked_for(
    ask: Ask, told: Told
) -> None:
    with trace.get_tracer("application").start_as_current_span("cell"):
        w = ask()
    w.wait(WAIT_S)
    cell = next(span for span in told.spans if span.name == "cell")
    call = next(span for span in told.spans if span.name == "chat gpt-5-mini")
    assert call.parent is not None
    assert call.parent.span_id == cell.context.span_id
    assert call.context.trace_id == cell.context.trace_id


@pytest.mark.parametrize(
    ("setting", "variable", "carried"),
    [
        (None, "", set()),
        (None, "false", set()),
        (None, "event_only", set()),
        (None, "true", CONTENT),
        (None, "SPAN_ONLY", CONTENT),
        (True, "", CONTENT),
        (False, "true", set()),
    ],
)
def test_spans_carry_content_only_where_someone_asks_for_it(  # noqa: PLR0913, PLR0917 - a table
    ask: Ask,
    told: Told,
    monkeypatch: pytest.MonkeyPatch,
    setting: bool | None,  # noqa: FBT001 - a value of the table
    variable: str,
    carried: set[str],
) -> None:
    monkeypatch.setenv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", variable)
    sw.configure(otel_content=setting)
    asked_and_ended(ask, instructions="Be brief.")
    assert (attributes(told.spans[0]).keys() & CONTENT) == carried


def test_content_is_messages_with_parts_and_no_key_among_them(ask: Ask, told: Told) -> None:
    sw.configure(otel_content=True)
    secret = "sk-" + "a1b2c3d4" * 4
    prompt = [
        {"role": "user", "content": f"My key is {secret}. Why is the sky blue?"},
        {"role": "assistant", "content": [{"type": "output_text", "text": "Air."}]},
        {"role": "user", "content": "And?"},
    ]
    sw.stream(prompt, instructions="Be brief.", **ask.keywords).wait(WAIT_S)
    found = attributes(told.spans[0])
    asked = json.loads(found["gen_ai.input.messages"])
    assert [message["role"] for message in asked] == ["user", "assistant", "user"]
    assert asked[0]["parts"] == [
        {"type": "text", "content": "My key is [key removed]. Why is the sky blue?"}
    ]
    assert asked[1]["parts"] == [{"type": "text", "content": "Air."}]
    assert json.loads(found["gen_ai.output.messages"]) == [
        {
            "role": "assistant",
            "parts": [
                {"type": "reasoning", "content": "\n\n".join(REASONING)},
                {"type": "text", "content": ANSWER},
            ],
        }
    ]
    assert json.loads(found["gen_ai.system_instructions"]) == [
        {"type": "text", "content": "Be brief."}
    ]
    assert KEY not in str(found)
    assert secret not in str(found)


def test_the_users_function_goes_over_every_text_before_the_keys_are_taken_out(told: Told) -> None:
    request = Request("Ask Ada.", instructions="Ada knows.", name="Ada", tags=("Ada", "sky"))

    async def source(_request: Request, _target: Target) -> AsyncGenerator[Event, None]:
        yield OutputTextDelta(0, "Ada says: air.")
        raise SourceFailedError(target="openai:gpt-5-mini", cause=ValueError("Ada is gone"))

    def nameless(text: str) -> str:
        return text.replace("Ada", "N.")

    def nothing(_target: Target) -> None:
        return None

    engine = ThreadEngine()
    run = Run(request, [Target("openai", "gpt-5-mini")], source, engine=engine, price=catalog.price)
    run.start(*telemetry(base_url_of=nothing, api_of=nothing, content=True, redact=nameless))
    assert run.wait_ended(WAIT_S)
    engine.stop()
    [span] = told.spans
    assert "N. says: air." in str(span.attributes)
    assert "N. is gone" in str(span.status.description)
    assert "Ada" not in f"{span.attributes} {span.status.description}"


def test_each_attempt_of_a_run_is_a_span_of_its_own(
    ask: Ask, told: Told, server: ScriptedServer
) -> None:
    server.play("m", scenario(HttpError(429, headers={"retry-after-ms": "10"})))
    server.play("n", scenario())
    w = asked_and_ended(ask, model="scripted:m", fallback=["scripted:n"], retries=1)
    assert [span.name for span in told.spans] == ["chat m", "chat m", "chat n"]
    first, _, last = told.spans
    assert first.status.status_code is StatusCode.ERROR
    assert first.status.description == w.calls["error_message"][0]
    assert attributes(first)["error.type"] == "rate_limit"
    assert attributes(first)["gen_ai.response.finish_reasons"] == ["error"]
    assert last.status.status_code is StatusCode.UNSET
    assert "error.type" not in attributes(last)
    assert {attributes(span)["stream_widget.run_id"] for span in told.spans} == {w.run_id}
    durations = told.points("gen_ai.client.operation.duration")
    assert {(p.attributes["gen_ai.request.model"], p.attributes.get("error.type"), p.count)
            for p in durations} == {("m", "rate_limit", 2), ("n", None, 1)}  # fmt: skip


def test_a_cancelled_call_is_no_error_and_its_estimate_no_usage(
    ask: Ask, told: Told, server: ScriptedServer
) -> None:
    gate = Gate()
    server.play("m", scenario(gates={"answer": gate}))
    w = ask(model="scripted:m")
    wait_until(w, lambda: w.reasoning_text)
    w.cancel()
    w.wait(WAIT_S)
    gate.open()
    span = told.spans[0]
    found = attributes(span)
    assert span.status.status_code is StatusCode.UNSET
    assert found["stream_widget.state"] == "cancelled"
    assert "error.type" not in found
    assert found["stream_widget.usage_source"] == "estimated"
    assert found["stream_widget.estimated.output_tokens"] == w.usage.output_tokens
    assert not [name for name in found if name.startswith("gen_ai.usage.")]
    assert told.points("gen_ai.client.token.usage") == []
    assert told.points("gen_ai.client.operation.duration")[0].count == 1


def test_a_call_that_breaks_off_is_an_error_of_its_kind(
    ask: Ask, told: Told, server: ScriptedServer
) -> None:
    server.play("m", scenario(Cut(at="answer")))
    asked_and_ended(ask, model="scripted:m")
    assert told.spans[0].status.status_code is StatusCode.ERROR
    assert attributes(told.spans[0])["error.type"] == "interrupted"


def test_metrics_are_those_of_the_conventions(ask: Ask, told: Told) -> None:
    w = asked_and_ended(ask)
    row = w.calls.iloc[0]
    duration = told.points("gen_ai.client.operation.duration")[0]
    assert duration.sum == pytest.approx(row["duration_s"])
    assert duration.explicit_bounds == pytest.approx([0.01 * 2**n for n in range(14)])
    assert duration.attributes["gen_ai.provider.name"] == "openai"
    assert duration.attributes["server.address"] == "127.0.0.1"
    first = told.points("gen_ai.client.operation.time_to_first_chunk")[0]
    assert first.sum == pytest.approx(row["ttft_s"])
    tokens = {
        p.attributes["gen_ai.token.type"]: p for p in told.points("gen_ai.client.token.usage")
    }
    assert tokens["input"].sum == row["input_tokens"]
    assert tokens["output"].sum == row["output_tokens"]
    assert tokens["input"].explicit_bounds == tuple(4**n for n in range(14))


def test_an_answer_that_came_at_once_has_no_first_chunk(ask: Ask, told: Told) -> None:
    asked_and_ended(ask, stream=False)
    assert told.points("gen_ai.client.operation.time_to_first_chunk") == []
    assert "gen_ai.request.stream" not in attributes(told.spans[0])


def test_a_watched_stream_is_a_span_named_after_who_answers(told: Told) -> None:
    frames: list[Mapping[str, object]] = [
        {"id": "c", "object": "chat.completion.chunk", "model": "gpt-4o-mini", "choices": [
            {"index": 0, "delta": {"content": "Hi"}, "finish_reason": "stop"}]},
    ]  # fmt: skip
    sw.watch(frames, name="mine").wait(WAIT_S)
    sw.watch([OutputTextDelta(0, "Hi"), ResponseFinished("stop", "stop")], name="own").wait(WAIT_S)
    named, own = told.spans
    assert attributes(named)["gen_ai.response.model"] == "gpt-4o-mini"
    assert named.name.startswith("chat ")
    assert own.name == "chat own"
    assert "server.address" not in attributes(own)


def test_whoever_asks_for_silence_gets_it(ask: Ask, told: Told) -> None:
    token = context.attach(context.set_value("suppress_instrumentation", "please"))
    try:
        asked_and_ended(ask)
    finally:
        context.detach(token)
    assert told.spans == ()


def test_without_a_provider_of_the_application_nothing_is_told(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", None)
    monkeypatch.setattr(metrics_api, "_METER_PROVIDER", None)
    assert asked_and_ended(ask).state == "completed"


def test_opentelemetry_is_not_imported_by_us() -> None:
    code = f"""
import sys
import stream_widget as sw
sw.configure(log=":memory:", scripted_speed=100)
w = sw.stream("Why is the sky blue?", model="scripted:sky", fallback=[]).wait({WAIT_S})
assert w.state == "completed"
assert not [name for name in sys.modules if name.startswith("opentelemetry")]
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=100)
