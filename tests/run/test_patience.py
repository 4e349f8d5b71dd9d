from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from run.played import FINISHED, GROK, MINI, STARTED, WAIT_S, Gate, Heard, PlayedSource, text
from stream_widget.clock import monotonic_s
from stream_widget.errors import SilenceError
from stream_widget.events import HeartbeatReceived
from stream_widget.request import Request, Timeouts
from stream_widget.run import RetryPolicy, patience as module
from stream_widget.run.watched import WatchedRun

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from run.conftest import MakeRun
    from stream_widget.events import Event, Usage
    from stream_widget.request import Target
    from stream_widget.run import ThreadEngine

LONG_S = 30.0


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_STALLED_S", 0.05)


def request(*, first_delta_s: float = LONG_S, silence_s: float = LONG_S) -> Request:
    return Request("Why?", timeouts=Timeouts(1.0, first_delta_s, silence_s))


def test_silence_before_the_first_word_ends_the_attempt(
    engine: ThreadEngine, make_run: MakeRun
) -> None:
    run = make_run(
        PlayedSource([STARTED, Gate(engine)]), request=request(first_delta_s=0.2), retries=0
    )
    run.start()
    assert run.wait_ended(WAIT_S)
    assert run.state == "failed"
    assert isinstance(run.error, SilenceError)
    assert (run.error.kind, run.error.silent_s >= 0.2) == ("timeout", True)
    assert f"sent nothing for {run.error.silent_s:.3g} s" in str(run.error)
    assert "'first_delta'" in str(run.error)


def test_the_error_counts_the_silence_and_not_what_closing_took(make_run: MakeRun) -> None:
    closing_s: list[float] = []

    class Tidy(PlayedSource):
        async def __call__(self, _request, _target):  # type: ignore[no-untyped-def]
            try:
                await asyncio.Event().wait()
                yield STARTED
            finally:
                closing_s.append(monotonic_s())
                await asyncio.sleep(0.1)

    run = make_run(Tidy(), request=request(first_delta_s=0.1), retries=0)
    run.start()
    assert run.wait_ended(WAIT_S)
    assert isinstance(run.error, SilenceError)
    assert run.error.silent_s <= closing_s[0] - run.attempts[0].started_s


@pytest.mark.parametrize("then", ["silence", "end", "fault"])
def test_an_error_names_who_turned_out_to_answer(then: str, engine: ThreadEngine) -> None:
    async def source(_request: Request, _target: Target) -> AsyncGenerator[Event, None]:
        run.name_target(GROK)
        yield STARTED
        if then == "fault":
            raise ValueError("mine")
        if then == "silence":
            await asyncio.Event().wait()

    def price(_target: Target, _usage: Usage) -> tuple[float, str | None]:
        return 0.0, None

    asked = request(first_delta_s=0.1 if then == "silence" else LONG_S)
    run = WatchedRun(
        asked,
        (MINI,),
        source,
        engine=engine,
        price=price,
        policy=RetryPolicy(0),
        driven_on=None,
    )
    run.start()
    assert run.wait_ended(WAIT_S)
    assert run.error is not None
    assert (run.error.target, str(GROK) in str(run.error)) == (str(GROK), True)


@pytest.mark.parametrize("before", ["at once", "after a stall"])
def test_from_the_first_word_on_the_silence_between_words_is_what_counts(
    before: str, engine: ThreadEngine, make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(engine)
    if before == "at once":
        monkeypatch.setattr(module, "_STALLED_S", LONG_S)

    class Opener(Heard):
        def wait_changed(self, run, wait):  # type: ignore[no-untyped-def]
            super().wait_changed(run, wait)
            gate.open()

    steps = [gate] if before == "after a stall" else []
    source = PlayedSource([STARTED, *steps, text("kept"), Gate(engine)])
    run, heard = make_run(source, request=request(silence_s=0.2)), Opener()
    run.start(heard)
    assert run.wait_ended(WAIT_S)
    assert (run.state, run.attempts[0].snapshot.output_text) == ("failed", "kept")
    assert "'silence'" in str(run.error)
    assert heard.of("wait") == ([] if before == "at once" else ["data", None] * 2)


def test_silence_in_the_answer_keeps_what_came_and_does_not_start_over(
    engine: ThreadEngine, make_run: MakeRun
) -> None:
    source = PlayedSource([STARTED, text("kept"), Gate(engine)])
    run = make_run(source, request=request(silence_s=0.2))
    run.start()
    assert run.wait_ended(WAIT_S)
    assert (run.state, len(run.attempts), source.closed) == ("failed", 1, 1)
    assert run.attempts[0].snapshot.output_text == "kept"
    assert "'silence'" in str(run.error)


def test_signs_of_life_are_no_silence(make_run: MakeRun) -> None:
    class Alive(PlayedSource):
        async def __call__(self, _request, _target):  # type: ignore[no-untyped-def]
            begun_s = monotonic_s()
            while monotonic_s() - begun_s < 1.0:
                await asyncio.sleep(0.01)
                yield HeartbeatReceived()
            yield text("here")
            yield FINISHED

    run = make_run(Alive(), request=request(first_delta_s=0.8), retries=0)
    run.start()
    assert run.wait_ended(WAIT_S)
    assert run.state == "completed"


def test_a_reader_hears_of_each_stall_and_of_its_end(
    engine: ThreadEngine, make_run: MakeRun
) -> None:
    first, second = Gate(engine), Gate(engine)
    stalls, limits_s = [first, second], list[float]()

    class Watched(Heard):
        def wait_changed(self, run, wait):  # type: ignore[no-untyped-def]
            super().wait_changed(run, wait)
            if wait is not None:
                limits_s.append(wait.until_s - wait.since_s)
                stalls.pop(0).open()

    heard = Watched()
    run = make_run(
        PlayedSource([STARTED, text("a"), first, text("b"), second, text("c"), FINISHED]),
        request=request(),
    )
    run.start(heard)
    assert run.wait_ended(WAIT_S)
    assert (run.state, run.wait) == ("completed", None)
    assert heard.of("wait") == ["data", None] * 2
    assert limits_s == pytest.approx([LONG_S] * 2)


def test_cancel_ends_a_stall_at_once(engine: ThreadEngine, make_run: MakeRun) -> None:
    gate = Gate(engine)
    run = make_run(PlayedSource([STARTED, gate]), request=request())
    run.start()
    gate.wait_until_reached()
    run.cancel()
    assert run.wait_ended(WAIT_S)
    assert (run.state, run.wait, run.error) == ("cancelled", None, None)


def test_a_time_out_of_the_sources_own_is_the_sources_fault(make_run: MakeRun) -> None:
    run = make_run(PlayedSource([STARTED, TimeoutError("mine")]), retries=0)
    run.start()
    assert run.wait_ended(WAIT_S)
    assert run.error is not None
    assert "TimeoutError: mine" in str(run.error)
