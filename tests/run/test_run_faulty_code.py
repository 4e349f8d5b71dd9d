"""Code that fails around a run: its source, its preparation, its sinks, its listeners."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from run.played import FINISHED, GROK, MINI, STARTED, WAIT_S, Gate, Heard, PlayedSource, text
from stream_widget.errors import SourceFailedError

if TYPE_CHECKING:
    import pytest

    from run.conftest import MakeRun
    from stream_widget.run import Run, ThreadEngine


def finish(run: Run, *sinks: object) -> Run:
    run.start(*sinks)
    assert run.wait_ended(WAIT_S), f"the run is still {run.state}"
    return run


def test_a_source_that_raises_of_its_own_fails_that_run_only(
    make_run: MakeRun, engine: ThreadEngine, caplog: pytest.LogCaptureFixture
) -> None:
    gate = Gate(engine)
    other = make_run(PlayedSource([STARTED, gate, text("Hi"), FINISHED]))
    other.start()
    gate.wait_until_reached()
    source = PlayedSource([STARTED, text("Hel"), ZeroDivisionError("division by zero")])
    run = finish(make_run(source, targets=[MINI, GROK]))
    assert run.state == "failed"
    assert isinstance(run.error, SourceFailedError)
    assert "ZeroDivisionError: division by zero" in str(run.error)
    assert run.attempts[0].snapshot.output_text == "Hel"
    assert caplog.record_tuples[0][1:] == (logging.ERROR, "The source of openai:gpt-5-mini failed")
    gate.open()
    assert other.wait_ended(WAIT_S)
    assert other.state == "completed"


def test_a_source_that_raises_of_its_own_is_not_asked_again(make_run: MakeRun) -> None:
    source = PlayedSource([ZeroDivisionError("division by zero")])
    assert finish(make_run(source, targets=[MINI, GROK])).state == "failed"
    assert source.asked == [MINI]


def test_a_preparation_that_raises_fails_that_run_only(
    make_run: MakeRun, engine: ThreadEngine
) -> None:
    async def prepare() -> None:
        raise ImportError("No module named 'openai'")

    gate = Gate(engine)
    other = make_run(PlayedSource([STARTED, gate, text("Hi"), FINISHED]))
    other.start()
    gate.wait_until_reached()
    run = finish(make_run(PlayedSource([FINISHED]), prepare=prepare))
    assert (run.state, run.attempts) == ("failed", [])
    assert "No module named 'openai'" in str(run.error)
    gate.open()
    assert other.wait_ended(WAIT_S)
    assert (other.state, engine.alive) == ("completed", True)


def test_a_listener_to_the_end_that_raises_harms_nobody(
    make_run: MakeRun, engine: ThreadEngine, caplog: pytest.LogCaptureFixture
) -> None:
    called = threading.Event()
    gate = Gate(engine)
    other = make_run(PlayedSource([STARTED, gate, text("Hi"), FINISHED]))
    other.start()
    gate.wait_until_reached()
    run = make_run(PlayedSource([FINISHED]))
    run.when_ended(lambda: 1 / 0)
    run.when_ended(called.set)
    finish(run)
    assert called.wait(WAIT_S)
    gate.open()
    assert other.wait_ended(WAIT_S)
    assert (other.state, engine.alive) == ("completed", True)
    assert "division by zero" in caplog.text


class Deaf:
    """A sink whose every method raises."""

    def __getattr__(self, name: str) -> object:
        raise ZeroDivisionError(name)


def test_a_sink_that_raises_harms_neither_the_run_nor_the_others(
    make_run: MakeRun, caplog: pytest.LogCaptureFixture
) -> None:
    heard = Heard()
    run = finish(make_run(PlayedSource([STARTED, text("Hi"), FINISHED])), Deaf(), heard)
    assert run.state == "completed"
    assert heard.all[-1] == ("run ended", "completed")
    assert {record.getMessage() for record in caplog.records} == {"Deaf failed"}
