from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from run.played import FINISHED, STARTED, WAIT_S, Gate, Heard, PlayedSource, text
from stream_widget.events import HeartbeatReceived
from stream_widget.request import Request, Timeouts
from stream_widget.run import patience as module

if TYPE_CHECKING:
    from run.conftest import MakeRun
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
    assert run.error is not None
    assert run.error.kind == "timeout"
    assert "sent nothing for 0.2" in str(run.error)
    assert "'first_delta'" in str(run.error)


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
            for _ in range(10):
                await asyncio.sleep(0.05)
                yield HeartbeatReceived()
            yield text("here")
            yield FINISHED

    run = make_run(Alive(), request=request(first_delta_s=0.3), retries=0)
    run.start()
    assert run.wait_ended(WAIT_S)
    assert run.state == "completed"


def test_a_reader_hears_of_a_stall_and_of_its_end(engine: ThreadEngine, make_run: MakeRun) -> None:
    stalled, heard = Gate(engine), Heard()

    class Watched(Heard):
        def wait_changed(self, run, wait):  # type: ignore[no-untyped-def]
            super().wait_changed(run, wait)
            if wait is not None:
                assert wait.until_s - wait.since_s == pytest.approx(LONG_S)
                stalled.open()

    heard = Watched()
    run = make_run(
        PlayedSource([STARTED, text("a"), stalled, text("b"), FINISHED]), request=request()
    )
    run.start(heard)
    assert run.wait_ended(WAIT_S)
    assert (run.state, run.wait) == ("completed", None)
    assert heard.of("wait") == ["data", None]


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
