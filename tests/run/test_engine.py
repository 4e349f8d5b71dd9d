from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from run.played import FINISHED, WAIT_S, Gate, Heard, PlayedSource, settle, text
from stream_widget.run import LoopEngine, ThreadEngine
from stream_widget.run.engine import _GroupEngine

if TYPE_CHECKING:
    from run.conftest import MakeRun


def test_a_stopped_engine_leaves_no_thread(make_run: MakeRun) -> None:
    before = set(threading.enumerate())
    engine = ThreadEngine()
    assert engine.alive
    run = make_run(PlayedSource([text("Hi"), FINISHED]), on=engine)
    run.start()
    assert run.wait_ended(WAIT_S)
    engine.stop()
    assert not engine.alive
    assert set(threading.enumerate()) == before


def test_stopping_twice_or_calling_a_stopped_engine_does_nothing() -> None:
    engine = ThreadEngine()
    engine.stop()
    engine.stop()
    called: list[int] = []
    engine.call_soon(called.append, 1)
    assert called == []


def test_stopping_cancels_what_runs_and_closes_its_sources(make_run: MakeRun) -> None:
    engine = ThreadEngine()
    gate, heard = Gate(engine), Heard()
    source = PlayedSource([text("Hi"), gate])
    run = make_run(source, on=engine)
    run.start(heard)
    gate.wait_until_reached()
    engine.stop()
    assert (run.state, source.closed) == ("cancelled", 1)
    assert heard.all[-2:] == [("attempt ended", "cancelled"), ("run ended", "cancelled")] or (
        heard.all[-1] == ("run ended", "cancelled")
    )
    assert run.attempts[0].snapshot.output_text == "Hi"


def test_an_engine_may_be_stopped_from_its_own_thread() -> None:
    engine = ThreadEngine()
    engine.call_soon(engine.stop)
    engine._thread.join(WAIT_S)
    assert not engine.alive


def test_only_the_engines_thread_is_current(engine: ThreadEngine) -> None:
    assert not engine.is_current
    seen: list[bool] = []
    engine.call_soon(lambda: seen.append(engine.is_current))
    settle(engine)
    assert seen == [True]


def test_calls_come_in_the_order_they_were_made(engine: ThreadEngine) -> None:
    seen: list[int] = []
    for number in range(50):
        engine.call_soon(seen.append, number)
    settle(engine)
    assert seen == list(range(50))


def test_an_engine_that_has_not_started_has_no_loop() -> None:
    with pytest.raises(RuntimeError, match="not started"):
        _ = _GroupEngine().loop


def test_a_run_that_is_over_leaves_no_task(engine: ThreadEngine, make_run: MakeRun) -> None:
    async def names() -> list[str]:
        await asyncio.sleep(0)
        return sorted(task.get_name() for task in asyncio.all_tasks())

    before = asyncio.run_coroutine_threadsafe(names(), engine.loop).result(WAIT_S)
    for steps in ([text("Hi"), FINISHED], [ValueError("mine")], [text("cut")]):
        run = make_run(PlayedSource(steps))
        run.start()
        assert run.wait_ended(WAIT_S)
    after = asyncio.run_coroutine_threadsafe(names(), engine.loop).result(WAIT_S)
    assert len(after) == len(before)
    assert not [name for name in after if name.startswith("run ")]


# On a loop that is already running


def test_a_run_lives_on_the_running_loop_where_threads_cannot_be_had(make_run: MakeRun) -> None:
    before = set(threading.enumerate())

    async def main() -> None:
        engine = LoopEngine()
        assert engine.loop is asyncio.get_running_loop()
        assert engine.is_current
        run = make_run(PlayedSource([text("Hi"), FINISHED]), on=engine)
        ended = asyncio.Event()
        run.when_ended(ended.set)
        run.start()
        await ended.wait()
        assert run.state == "completed"
        assert run.attempts[0].snapshot.output_text == "Hi"

    asyncio.run(main())
    assert set(threading.enumerate()) == before


def test_waiting_on_the_runs_own_loop_is_an_error_instead_of_a_deadlock(
    make_run: MakeRun,
) -> None:
    async def main() -> None:
        engine = LoopEngine()
        gate = Gate(engine)
        run = make_run(PlayedSource([gate, text("Hi"), FINISHED]), on=engine)
        ended = asyncio.Event()
        run.when_ended(ended.set)
        run.start()
        with pytest.raises(RuntimeError, match="use `await`"):
            run.wait_ended(WAIT_S)
        gate.open()
        await ended.wait()
        assert run.wait_ended(0)

    asyncio.run(main())


def test_a_run_on_the_running_loop_is_cancelled_with_it(make_run: MakeRun) -> None:
    async def main() -> None:
        engine = LoopEngine()
        run = make_run(source, on=engine)
        run.start()
        runs.append(run)
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    runs: list[object] = []
    source = PlayedSource([text("Hi"), Gate(None)])
    asyncio.run(main())
    assert [run.state for run in runs] == ["cancelled"]
    assert runs[0].ended
    assert source.closed == len(source.asked) == 1


def test_calls_to_a_loop_that_is_closed_do_nothing() -> None:
    async def main() -> LoopEngine:
        return LoopEngine()

    engine = asyncio.run(main())
    engine.call_soon(print, "never")
    assert engine.loop.is_closed()
