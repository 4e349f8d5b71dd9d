from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

import pytest

from stream_widget.call_log import STORED, CallLog, LogSink
from stream_widget.request import Request, Target
from stream_widget.run import RetryPolicy, Run, ThreadEngine

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
    from pathlib import Path

    from stream_widget.events import Event, Usage

START = 1_790_000_000_000_000
"""Microseconds of a day in 2026."""


class MakeRow(Protocol):
    def __call__(self, call_id: str, **values: object) -> dict[str, object]: ...


class MakeRun(Protocol):
    def __call__(
        self,
        *events: Event | Exception,
        request: Request | None = None,
        targets: Sequence[Target] = (),
        sink: LogSink | None = None,
        before_end: Callable[[Run], None] | None = None,
        **more: object,
    ) -> Run: ...


@pytest.fixture(autouse=True)
def no_log_of_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STREAM_WIDGET_LOG", str(tmp_path / "default.db"))


@pytest.fixture
def log(tmp_path: Path) -> Iterator[CallLog]:
    with CallLog(tmp_path / "calls.db") as opened:
        yield opened


@pytest.fixture
def make_row() -> MakeRow:
    """A whole row; the given columns hold the given values."""

    def make(call_id: str, **values: object) -> dict[str, object]:
        row = dict.fromkeys(STORED) | {
            "call_id": call_id,
            "run_id": f"run of {call_id}",
            "attempt": 1,
            "started_at": START,
            "provider": "openai",
            "request_model": "gpt-5-mini",
            "state": "completed",
            "tags": "[]",
        }
        assert set(values) <= set(row)
        return row | values

    return make


@pytest.fixture(scope="session")
def engine() -> Iterator[ThreadEngine]:
    made = ThreadEngine()
    yield made
    made.stop()


@pytest.fixture
def make_run(engine: ThreadEngine, log: CallLog) -> MakeRun:
    """Drives a run to its end over a source that yields the events (or raises the exceptions)."""

    def make(
        *events: Event | Exception,
        request: Request | None = None,
        targets: Sequence[Target] = (),
        sink: LogSink | None = None,
        before_end: Callable[[Run], None] | None = None,
        **more: object,
    ) -> Run:
        async def source(request: Request, target: Target) -> AsyncGenerator[Event, None]:
            for event in events:
                if isinstance(event, Exception):
                    raise event
                yield event
            if before_end is not None:
                before_end(run)
                # Whoever cancelled is heard before the stream ends.
                await asyncio.sleep(0)
                await asyncio.sleep(0)

        def price(target: Target, usage: Usage) -> tuple[float, str | None]:
            return (0.25, "test prices") if target.model == "gpt-5-mini" else (float("nan"), None)

        run = Run(
            request or Request("Why is the sky blue?"),
            targets or [Target("openai", "gpt-5-mini")],
            source,
            engine=engine,
            price=price,
            policy=RetryPolicy(retries=0),
            **more,
        )
        run.start(sink or LogSink(log))
        assert run.wait_ended(20)
        return run

    return make
