from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from run.played import FINISHED, MINI, NANO, STARTED, WAIT_S, Gate, Heard, PlayedSource, text
from stream_widget.errors import ProviderError
from stream_widget.request import Request

if TYPE_CHECKING:
    from run.conftest import MakeRun
    from stream_widget.errors import Refusable
    from stream_widget.run import ThreadEngine

WHOLE = [STARTED, text("yes"), FINISHED]


def refusal(what: Refusable) -> ProviderError:
    return ProviderError(
        f"No {what}.", kind="bad_request", target=str(MINI), status=400, refused=what
    )


@pytest.mark.parametrize("what", ["summary", "effort", "verbosity", "temperature", "stream"])
def test_the_same_target_is_asked_again_without_what_it_refused(
    what: Refusable, make_run: MakeRun
) -> None:
    heard, refused = Heard(), {MINI: set[str]()}
    source = PlayedSource([refusal(what)], WHOLE)
    run = make_run(source, retries=0, refused=refused)
    run.start(heard)
    assert run.wait_ended(WAIT_S)
    assert (run.state, source.asked) == ("completed", [MINI, MINI])
    first, second = (attempt.request for attempt in run.attempts)
    assert (first.without, second.without) == (frozenset(), {what})
    assert second.stream == (False if what == "stream" else "auto")
    assert refused == {MINI: {what}}
    (notice,) = heard.of("notice")
    assert "HTTP 400" in notice
    assert "until the kernel restarts" in notice


def test_two_refusals_one_after_the_other_are_both_heeded(make_run: MakeRun) -> None:
    source = PlayedSource([refusal("summary")], [refusal("stream")], WHOLE)
    run = make_run(source, retries=0, refused={MINI: set()})
    run.start()
    assert run.wait_ended(WAIT_S)
    assert run.state == "completed"
    assert run.attempts[-1].request.without == {"summary", "stream"}


def test_what_was_refused_before_is_not_sent_again_and_said(make_run: MakeRun) -> None:
    source, heard = PlayedSource(WHOLE), Heard()
    run = make_run(source, refused={MINI: {"summary"}})
    run.start(heard)
    assert run.wait_ended(WAIT_S)
    assert run.attempts[0].request.without == {"summary"}
    assert heard.of("notice") == [
        "openai:gpt-5-mini is asked without the parameter 'summary': it refused that before."
    ]


def test_runs_that_hear_the_same_refusal_at_the_same_time_all_heed_it(
    engine: ThreadEngine, make_run: MakeRun
) -> None:
    refused: dict[object, set[str]] = {MINI: set()}
    gates = [Gate(engine), Gate(engine)]
    runs = [
        make_run(PlayedSource([gate, refusal("summary")], WHOLE), retries=0, refused=refused)
        for gate in gates
    ]
    for run, gate in zip(runs, gates, strict=True):
        run.start()
        gate.wait_until_reached()
    for run, gate in zip(runs, gates, strict=True):
        gate.open()
        assert run.wait_ended(WAIT_S)
        assert [attempt.request.without for attempt in run.attempts] == [frozenset(), {"summary"}]
        assert run.state == "completed"


def test_what_another_run_learns_before_a_retry_is_left_out_and_said(
    engine: ThreadEngine, make_run: MakeRun
) -> None:
    refused, gate, heard = {MINI: set[str]()}, Gate(engine), Heard()
    overloaded = ProviderError(
        "Busy.", kind="overloaded", target=str(MINI), status=529, retry_after_s=0.0
    )
    run = make_run(PlayedSource([gate, overloaded], WHOLE), retries=1, refused=refused)
    run.start(heard)
    gate.wait_until_reached()
    refused[MINI].add("effort")
    gate.open()
    assert run.wait_ended(WAIT_S)
    assert (run.state, run.attempts[-1].request.without) == ("completed", {"effort"})
    assert "without the parameter 'effort'" in str(heard.of("notice")[-1])


def test_a_target_that_goes_on_refusing_the_same_is_left(make_run: MakeRun) -> None:
    source = PlayedSource([refusal("effort")], [refusal("effort")], WHOLE)
    run = make_run(source, retries=0, refused={MINI: set()})
    run.start()
    assert run.wait_ended(WAIT_S)
    assert (run.state, len(run.attempts)) == ("failed", 2)


def test_whoever_insists_on_a_stream_hears_that_there_is_none(make_run: MakeRun) -> None:
    source = PlayedSource([refusal("stream")])
    run = make_run(source, request=Request("Why?", stream=True), retries=0)
    run.start()
    assert run.wait_ended(WAIT_S)
    assert (run.state, len(run.attempts)) == ("failed", 1)


def test_the_next_target_is_asked_for_everything_again(make_run: MakeRun) -> None:
    overloaded = ProviderError("Busy.", kind="overloaded", target=str(MINI), status=529)
    source = PlayedSource([refusal("summary")], [overloaded], WHOLE)
    run = make_run(source, targets=(MINI, NANO), retries=0, refused={MINI: set(), NANO: set()})
    run.start()
    assert run.wait_ended(WAIT_S)
    assert source.asked == [MINI, MINI, NANO]
    assert run.attempts[-1].request.without == frozenset()
