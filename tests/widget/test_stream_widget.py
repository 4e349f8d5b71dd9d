from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from run.played import Gate
from stream_widget.errors import InvalidRequestError, ProviderError
from stream_widget.events import OutputTextDelta, ReasoningSummaryDelta, ResponseFinished
from stream_widget.widget import KernelBudget, StreamWidget
from stream_widget.widget.document import MIME_TYPE
from widget.copies import Copy, run_and_seq
from widget.played import engine, look_at, make_run, on_loop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stream_widget.run import Run, ThreadEngine
    from stream_widget.widget.protocol import RunCommand

DONE = ResponseFinished("stop", "completed")
WORDS = ("Why ", "the ", "sky ", "is ", "blue", ": ", "🟦", " λ⁻⁴", "\n\n", "it scatters. ")


@pytest.fixture
def on() -> Iterator[ThreadEngine]:
    with engine() as made:
        yield made


def make_widget(on: ThreadEngine, run: Run) -> StreamWidget:
    return StreamWidget(run, engine=on, budget=KernelBudget(), calls=list)


def test_a_page_that_comes_at_any_moment_ends_with_the_exact_text(on: ThreadEngine) -> None:
    gates = [Gate(on) for _ in range(100)]
    events: list[Any] = []
    for gate in gates:
        events += [ReasoningSummaryDelta(0, word) for word in WORDS * 10]
        events += [gate, *(OutputTextDelta(1, word) for word in WORDS * 10)]
    run = make_run(on, [*events, DONE])
    widget = make_widget(on, run)
    sent: list[dict[str, Any]] = []
    look_at(widget)
    widget.observe(lambda change: sent.append(change["new"]), "patches")
    copies: list[tuple[int, Copy]] = []

    def arrive() -> int:
        time.sleep(0.001)  # one that never sleeps keeps the run from going on
        seen = len(sent)
        copies.append((seen, Copy(widget.get_state()["patches"])))
        return copies[-1][1].seq[run.run_id]

    def arrive_all_the_time() -> None:
        last = arrive()
        for gate in gates:
            before = last
            gate.open()  # there is text behind each: the run cannot stand still now
            while last == before and not run.ended:
                last = arrive()
        while not run.ended:
            arrive()

    page = threading.Thread(target=arrive_all_the_time, daemon=True)
    page.start()
    widget.start()
    widget.wait(60)
    page.join()
    for seen, copy in copies:
        copy.take_all(sent[seen:])
        assert copy.gaps == []
        assert copy.parts == {run.run_id: ["".join(WORDS * 10 * len(gates))] * 2}


def test_the_last_value_of_the_trait_holds_the_whole_run(on: ThreadEngine) -> None:
    widget = make_widget(on, make_run(on, [OutputTextDelta(0, "Blue."), DONE]))
    widget.start()
    widget.wait(10)
    (patch,) = widget.patches["patches"]
    assert patch["type"] == "run-snapshot"
    assert patch["view"]["state"] == "completed"
    assert patch["view"]["parts"][0]["text"] == "Blue."


def test_a_new_widget_has_its_id_and_its_run_before_the_browser_asks(on: ThreadEngine) -> None:
    widget = make_widget(on, make_run(on, [DONE]))
    state = widget.get_state()
    assert state["widget_id"] == widget.model_id
    assert state["patches"]["patches"][0]["view"]["state"] == "pending"


def test_the_state_for_a_single_trait_is_that_trait(on: ThreadEngine) -> None:
    widget = make_widget(on, make_run(on, [DONE]))
    assert set(widget.get_state("widget_id")) == {"widget_id"}


@pytest.mark.parametrize("speed", [0, -3, float("inf"), float("nan")])
def test_a_speed_that_is_none_is_refused(on: ThreadEngine, speed: float) -> None:
    widget = make_widget(on, make_run(on, [DONE]))
    with pytest.raises(InvalidRequestError, match="tokens a second above 0"):
        widget.speed = speed


def test_a_run_that_ends_behind_a_pause_stays_held_until_it_is_resumed(on: ThreadEngine) -> None:
    paused = Gate(on)
    events = [OutputTextDelta(0, "Blue."), paused, OutputTextDelta(0, " And wide."), DONE]
    widget = make_widget(on, make_run(on, events))
    first_words = threading.Event()
    look_at(widget)
    widget.observe(lambda _: first_words.set() if widget.output_text else None, "patches")
    widget.start()
    assert first_words.wait(10)
    widget.pause()
    assert widget.state == "paused"
    paused.open()
    widget.wait(10)
    assert widget.state == "completed"
    assert widget.output_text == "Blue. And wide."
    view = widget.get_state()["patches"]["patches"][0]["view"]
    assert (view["state"], view["shown"]) == ("completed", len("Blue."))
    widget.resume()
    on_loop(on, lambda: None)
    view = widget.get_state()["patches"]["patches"][0]["view"]
    assert view["shown"] is None


def test_a_run_paused_before_it_starts_waits_for_resume(on: ThreadEngine) -> None:
    widget = make_widget(on, make_run(on, [OutputTextDelta(0, "Blue."), DONE]))
    widget.pause()
    widget.start()
    with pytest.raises(TimeoutError, match=r"paused after 0\.05 s"):
        widget.wait(0.05)
    assert widget.output_text == ""
    widget.resume()
    assert widget.wait(10).output_text == "Blue."


def test_the_bundle_of_a_cell_has_the_text_once_the_run_has_ended(on: ThreadEngine) -> None:
    widget = make_widget(on, make_run(on, [OutputTextDelta(0, "Blue."), DONE]))
    before, _ = widget._repr_mimebundle_()
    widget.start()
    widget.wait(10)
    after, _ = widget._repr_mimebundle_()
    assert set(before) == {"application/vnd.jupyter.widget-view+json", MIME_TYPE, "text/plain"}
    assert set(after) == {*before, "text/html", "text/markdown"}
    assert after["text/plain"].endswith("Answer:\nBlue.")


def test_its_repr_is_one_stable_line(on: ThreadEngine) -> None:
    widget = make_widget(on, make_run(on, [DONE]))
    assert repr(widget) == "StreamWidget(openai:gpt-5-mini, pending)"


def restartable(on: ThreadEngine, *runs: Run) -> StreamWidget:
    left = list(runs[1:])
    return StreamWidget(
        runs[0], engine=on, budget=KernelBudget(), calls=list, again=lambda: left.pop(0)
    )


def test_a_restart_asks_again_and_keeps_what_came_before(on: ThreadEngine) -> None:
    cut = ProviderError("The line went dead.", kind="interrupted", target="openai:gpt-5-mini")
    first = make_run(on, [OutputTextDelta(0, "first half"), cut])
    second = make_run(on, [OutputTextDelta(0, "whole"), ResponseFinished("stop", "completed")])
    widget = restartable(on, first, second)
    widget.start()
    assert widget.wait(10).state == "failed"
    sent: list[Any] = []
    look_at(widget)
    widget.observe(lambda change: sent.extend(change["new"]["patches"]), "patches")
    assert widget.restart() is widget
    assert widget.wait(10).state == "completed"
    assert (widget.run_id, widget.output_text) == (second.run_id, "whole")
    assert widget.error is None
    told = [patch for patch in sent if second.run_id.startswith(run_and_seq(patch)[0])]
    assert told[0]["type"] == "run-snapshot"
    assert [run_and_seq(patch)[1] for patch in told] == [*range(len(told))]
    for kept in (widget.to_markdown(), widget.to_html(), widget._bundle()["text/plain"]):
        assert kept.index("first half") < kept.index("whole")
    held = {patch["run"]: patch["view"] for patch in widget.get_state()["patches"]["patches"]}
    assert [*held] == [first.run_id, second.run_id]
    assert all(view["restartable"] for view in held.values())


def test_two_threads_that_restart_at_once_get_one_more_run(on: ThreadEngine) -> None:
    refused: list[Exception] = []
    asked = 0

    def restart_too() -> None:
        try:
            widget.restart()
        except InvalidRequestError as error:
            refused.append(error)

    def again() -> Run:
        nonlocal asked
        asked += 1
        if asked == 1:
            other.start()
            other.join(0.2)  # it cannot get here; without a lock it would
        return make_run(on, [hold])

    hold = Gate(on)
    other = threading.Thread(target=restart_too)
    widget = StreamWidget(
        make_run(on, [DONE]), engine=on, budget=KernelBudget(), calls=list, again=again
    )
    widget.start()
    widget.wait(10).restart()
    other.join(10)
    assert (asked, len(refused)) == (1, 1)
    widget.cancel()
    widget.wait(10)


def test_a_page_that_asks_twice_or_too_early_gets_one_more_run(on: ThreadEngine) -> None:
    hold = Gate(on)
    runs = [make_run(on, [OutputTextDelta(0, "a"), hold]) for _ in range(2)]
    widget = restartable(on, *runs)
    widget.start()
    command: RunCommand = {"type": "restart", "id": "1", "run": runs[0].run_id}
    on_loop(on, lambda: widget._runs.patches[runs[0].run_id].command(command))
    assert widget.run_id == runs[0].run_id
    with pytest.raises(InvalidRequestError, match=r"cancel\(\) it before"):
        widget.restart()
    widget.cancel()
    assert widget.wait(10).state == "cancelled"
    for _ in range(2):
        on_loop(on, lambda: widget._runs.patches[runs[0].run_id].command(command))
    assert widget.run_id == runs[1].run_id
    hold.open()
    widget.cancel()
    widget.wait(10)


def test_what_cannot_be_asked_again_says_so(on: ThreadEngine) -> None:
    why = "Call watch() with a new iterable."
    widget = StreamWidget(
        make_run(on, []), engine=on, budget=KernelBudget(), calls=list, why_not_again=why
    )
    widget.start()
    widget.wait(10)
    with pytest.raises(InvalidRequestError, match="Call watch"):
        widget.restart()
