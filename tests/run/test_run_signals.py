"""What a person does to a run: pause, resume, cancel, at every moment."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from run.played import (
    FINISHED,
    GROK,
    MINI,
    STARTED,
    WAIT_S,
    Gate,
    Heard,
    PlayedSource,
    failure,
    settle,
    text,
)
from stream_widget.events import ResponseFailed

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from run.conftest import MakeRun
    from stream_widget.run import Run, ThreadEngine


# Cancel


def test_a_run_cancelled_before_its_start_asks_nobody(make_run: MakeRun) -> None:
    source, heard = PlayedSource([STARTED, FINISHED]), Heard()
    run = make_run(source)
    run.cancel()
    run.start(heard)
    assert run.wait_ended(WAIT_S)
    assert (run.state, source.asked, run.attempts) == ("cancelled", [], [])
    assert heard.all[-1] == ("run ended", "cancelled")


def test_a_run_cancelled_before_the_first_token_closes_its_source(
    make_run: MakeRun, engine: ThreadEngine
) -> None:
    gate, heard = Gate(engine), Heard()
    source = PlayedSource([gate, STARTED, FINISHED])
    run = make_run(source, targets=[MINI, GROK])
    run.start(heard)
    gate.wait_until_reached()
    run.cancel()
    assert run.state == "cancelled"
    assert run.wait_ended(WAIT_S)
    assert (source.closed, source.asked, run.error) == (1, [MINI], None)
    assert run.attempts[0].outcome == "cancelled"
    assert heard.states == ["cancelled"]


def test_a_run_cancelled_in_mid_stream_keeps_its_text_and_estimates_its_usage(
    make_run: MakeRun, engine: ThreadEngine
) -> None:
    gate, heard = Gate(engine), Heard()
    source = PlayedSource([STARTED, text("12345678"), gate, text("never"), FINISHED])
    run = make_run(source, chars_per_token=4.0)
    run.start(heard)
    gate.wait_until_reached()
    run.cancel()
    assert run.wait_ended(WAIT_S)
    attempt = run.attempts[0]
    assert (run.state, run.error, attempt.outcome) == ("cancelled", None, "cancelled")
    assert (attempt.snapshot.output_text, source.closed) == ("12345678", 1)
    assert (attempt.usage.output_tokens, attempt.usage_source) == (2, "estimated")
    assert heard.states == ["streaming", "cancelled"]
    assert heard.all[-2:] == [("attempt ended", "cancelled"), ("run ended", "cancelled")]


def test_cancelling_twice_is_cancelling_once(make_run: MakeRun, engine: ThreadEngine) -> None:
    gate, heard = Gate(engine), Heard()
    run = make_run(PlayedSource([STARTED, text("Hi"), gate]))
    run.start(heard)
    gate.wait_until_reached()
    run.cancel()
    run.cancel()
    assert run.wait_ended(WAIT_S)
    run.cancel()
    settle(engine)
    assert heard.states == ["streaming", "cancelled"]


@pytest.mark.parametrize("signal", ["cancel", "pause", "resume"])
@pytest.mark.parametrize(
    ("steps", "state"), [([FINISHED], "completed"), ([failure("quota")], "failed")]
)
def test_after_the_end_nothing_moves_a_run(
    make_run: MakeRun, engine: ThreadEngine, steps: list[object], state: str, signal: str
) -> None:
    heard = Heard()
    run = make_run(PlayedSource(steps))
    run.start(heard)
    assert run.wait_ended(WAIT_S)
    getattr(run, signal)()
    settle(engine)
    assert run.state == state
    assert heard.all[-1] == ("run ended", state)


def test_a_paused_run_can_be_cancelled(make_run: MakeRun, engine: ThreadEngine) -> None:
    gate = Gate(engine)
    run = make_run(PlayedSource([STARTED, text("Hi"), gate]))
    run.start()
    gate.wait_until_reached()
    run.pause()
    run.cancel()
    assert run.wait_ended(WAIT_S)
    assert run.state == "cancelled"


def test_a_run_can_be_cancelled_while_it_waits_for_its_next_attempt(make_run: MakeRun) -> None:
    noticed = threading.Event()

    class Notices(Heard):
        def notice_given(self, *_: object) -> None:
            noticed.set()

    source = PlayedSource([failure("rate_limit", retry_after_s=50.0)])
    run = make_run(source)
    run.start(Notices())
    assert noticed.wait(WAIT_S)
    run.cancel()
    assert run.wait_ended(WAIT_S)
    assert (run.state, run.error, len(source.asked)) == ("cancelled", None, 1)


def test_a_run_can_be_cancelled_while_it_prepares(make_run: MakeRun, engine: ThreadEngine) -> None:
    gate = Gate(engine)
    source = PlayedSource([FINISHED])
    run = make_run(source, prepare=gate.hold)
    run.start()
    gate.wait_until_reached()
    run.cancel()
    assert run.wait_ended(WAIT_S)
    assert (run.state, source.asked) == ("cancelled", [])


def raises(error: BaseException) -> Callable[[Gate], object]:
    async def source(gate: Gate) -> AsyncGenerator[object, None]:
        yield text("Hi")
        try:
            await gate.hold()
        except asyncio.CancelledError:
            raise error from None

    return source


async def swallows(gate: Gate) -> AsyncGenerator[object, None]:
    yield text("Hi")
    try:
        await gate.hold()
    except asyncio.CancelledError:
        return


async def goes_on(gate: Gate) -> AsyncGenerator[object, None]:
    yield text("Hi")
    try:
        await gate.hold()
    except asyncio.CancelledError:
        yield text(" and more")
        yield FINISHED


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(raises(failure("connection")), id="raises a provider's error"),
        pytest.param(raises(ZeroDivisionError()), id="raises something of its own"),
        pytest.param(swallows, id="ends"),
        pytest.param(goes_on, id="goes on"),
    ],
)
def test_a_cancelled_run_stays_cancelled_whatever_its_source_makes_of_it(
    make_run: MakeRun, engine: ThreadEngine, source: Callable[[Gate], object]
) -> None:
    gate, heard = Gate(engine), Heard()
    run = make_run(lambda *_: source(gate), targets=[MINI, GROK])
    run.start(heard)
    gate.wait_until_reached()
    run.cancel()
    assert run.wait_ended(WAIT_S)
    attempt = run.attempts[0]
    assert (run.state, run.error, len(run.attempts)) == ("cancelled", None, 1)
    assert (attempt.outcome, attempt.snapshot.output_text) == ("cancelled", "Hi")
    assert heard.states == ["streaming", "cancelled"]


def test_a_run_cancelled_from_another_thread_as_its_source_fails_is_cancelled(
    make_run: MakeRun,
) -> None:
    def cancel_elsewhere() -> None:
        thread = threading.Thread(target=run.cancel)
        thread.start()
        thread.join()

    heard = Heard()
    source = PlayedSource([text("Hi"), cancel_elsewhere, failure("server")])
    run: Run = make_run(source)
    run.start(heard)
    assert run.wait_ended(WAIT_S)
    assert (run.state, run.error, run.attempts[0].outcome) == ("cancelled", None, "cancelled")
    assert heard.all[-1] == ("run ended", "cancelled")
    assert heard.states == ["streaming", "cancelled"]


# Pause and resume


def test_a_run_paused_before_its_start_asks_nobody_until_it_is_resumed(
    make_run: MakeRun, engine: ThreadEngine
) -> None:
    source, heard = PlayedSource([STARTED, text("Hi"), FINISHED]), Heard()
    run = make_run(source)
    run.pause()
    run.start(heard)
    settle(engine)
    assert (run.state, source.asked) == ("paused", [])
    run.resume()
    assert run.wait_ended(WAIT_S)
    assert (run.state, source.asked) == ("completed", [MINI])


def test_a_run_paused_while_it_prepares_is_pending_again_when_resumed(
    make_run: MakeRun, engine: ThreadEngine
) -> None:
    gate, first = Gate(engine), Gate(engine)
    run = make_run(PlayedSource([first, FINISHED]), prepare=gate.hold)
    run.start()
    gate.wait_until_reached()
    run.pause()
    gate.open()
    settle(engine)
    run.resume()
    assert run.state == "pending"
    first.wait_until_reached()
    first.open()
    assert run.wait_ended(WAIT_S)


def test_reading_goes_on_while_the_view_is_held(make_run: MakeRun, engine: ThreadEngine) -> None:
    first, second, third = Gate(engine), Gate(engine), Gate(engine)
    heard = Heard()
    source = PlayedSource([STARTED, first, text("one "), second, text("two"), third, FINISHED])
    run = make_run(source)
    run.start(heard)
    first.wait_until_reached()
    run.pause()
    first.open()
    second.wait_until_reached()
    assert (run.state, run.attempt.snapshot.output_text) == ("paused", "one ")
    run.resume()
    assert run.state == "streaming"
    second.open()
    third.wait_until_reached()
    third.open()
    assert run.wait_ended(WAIT_S)
    assert heard.states == ["streaming", "paused", "streaming", "completed"]
    assert run.attempt.snapshot.output_text == "one two"


def test_a_response_that_ends_while_paused_ends_the_run(
    make_run: MakeRun, engine: ThreadEngine
) -> None:
    gate = Gate(engine)
    run = make_run(PlayedSource([STARTED, gate, text("Hi"), FINISHED]))
    run.start()
    gate.wait_until_reached()
    run.pause()
    gate.open()
    assert run.wait_ended(WAIT_S)
    assert run.state == "completed"


def test_an_answer_that_begins_while_paused_is_streaming_when_resumed(
    make_run: MakeRun, engine: ThreadEngine
) -> None:
    first, second = Gate(engine), Gate(engine)
    run = make_run(PlayedSource([first, STARTED, second, FINISHED]))
    run.start()
    first.wait_until_reached()
    run.pause()
    first.open()
    second.wait_until_reached()
    assert run.state == "paused"
    run.resume()
    assert run.state == "streaming"
    second.open()
    assert run.wait_ended(WAIT_S)


def test_pausing_twice_and_resuming_twice_is_once(make_run: MakeRun, engine: ThreadEngine) -> None:
    gate, heard = Gate(engine), Heard()
    run = make_run(PlayedSource([STARTED, gate, FINISHED]))
    run.start(heard)
    gate.wait_until_reached()
    for signal in (run.pause, run.pause, run.resume, run.resume):
        signal()
        settle(engine)
    gate.open()
    assert run.wait_ended(WAIT_S)
    assert heard.states == ["streaming", "paused", "streaming", "completed"]


def test_a_run_paused_between_two_attempts_waits_and_is_then_pending(
    make_run: MakeRun, engine: ThreadEngine
) -> None:
    def pause() -> None:
        run.pause()

    gate = Gate(engine)
    source = PlayedSource(
        [STARTED, pause, ResponseFailed(failure("server"))], [gate, STARTED, FINISHED]
    )
    run: Run = make_run(source)
    ended = threading.Event()

    class Ends(Heard):
        def attempt_ended(self, *_: object) -> None:
            ended.set()

    run.start(Ends())
    assert ended.wait(WAIT_S)
    settle(engine)
    assert (run.state, len(source.asked)) == ("paused", 1)
    run.resume()
    gate.wait_until_reached()
    assert run.state == "pending"
    gate.open()
    assert run.wait_ended(WAIT_S)
    assert run.state == "completed"


def test_sinks_hear_the_last_state_last_and_nothing_after_the_end(
    make_run: MakeRun, engine: ThreadEngine
) -> None:
    def pause_elsewhere() -> None:
        thread = threading.Thread(target=run.pause)
        thread.start()
        thread.join()

    heard = Heard()
    run: Run = make_run(PlayedSource([STARTED, text("Hi"), pause_elsewhere, FINISHED]))
    run.start(heard)
    assert run.wait_ended(WAIT_S)
    settle(engine)
    assert heard.states[-1] == "completed"
    assert heard.all[-1] == ("run ended", "completed")


def test_many_threads_may_pause_resume_and_cancel_at_once(
    make_run: MakeRun, engine: ThreadEngine
) -> None:
    gate, heard = Gate(engine), Heard()
    run = make_run(PlayedSource([STARTED, text("Hi"), gate, FINISHED]))
    run.start(heard)
    gate.wait_until_reached()

    def press() -> None:
        for _ in range(50):
            run.pause()
            run.resume()
        run.cancel()

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert run.wait_ended(WAIT_S)
    settle(engine)
    assert (run.state, heard.all[-1]) == ("cancelled", ("run ended", "cancelled"))
    assert heard.states[-1] == "cancelled"
    assert all(one != other for one, other in zip(heard.states, heard.states[1:], strict=False))
