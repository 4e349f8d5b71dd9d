"""Several streams in one widget: exact whenever it was made, and one message for all of them."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest

from run.played import Gate
from stream_widget.events import OutputTextDelta, ReasoningSummaryDelta, ResponseFinished
from stream_widget.widget import KernelBudget, RunsWidget, StreamWidget
from stream_widget.widget.document import MIME_TYPE
from stream_widget.widget.output_bundle import WIDGET_VIEW
from stream_widget.widget.protocol import TextAppend
from widget.copies import Copy
from widget.played import engine, look_at, make_run, on_loop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stream_widget.run import Run, ThreadEngine
    from stream_widget.widget.live_widget import LiveWidget

DONE = ResponseFinished("stop", "completed")


@pytest.fixture
def on() -> Iterator[ThreadEngine]:
    with engine() as made:
        yield made


def stream_of(
    on: ThreadEngine, run: Run, *, again: Callable[[], Run] | None = None
) -> StreamWidget:
    return StreamWidget(run, engine=on, budget=KernelBudget(), calls=list, again=again)


def shown(on: ThreadEngine, *streams: StreamWidget) -> RunsWidget:
    return RunsWidget(streams, engine=on, budget=KernelBudget())


def watched(widget: LiveWidget) -> tuple[Copy, list[dict[str, Any]]]:
    """A browser's copy from now on, and the messages it has still to take."""
    sent: list[dict[str, Any]] = []
    widget.observe(lambda change: sent.append(change["new"]), "patches")
    return Copy(widget.get_state()["patches"]), sent


def started(stream: StreamWidget) -> StreamWidget:
    stream.start()
    return stream


def test_a_widget_made_at_any_moment_of_its_runs_ends_with_their_exact_texts(
    on: ThreadEngine,
) -> None:
    words = ("Why ", "🟦 ", "\n\n", "it scatters. ") * 5
    gates = [[Gate(on) for _ in range(30)] for _ in range(3)]
    runs: list[Run] = []
    for own in gates:
        events: list[Any] = []
        for gate in own:
            events += [ReasoningSummaryDelta(0, word) for word in words]
            events += [gate, *(OutputTextDelta(1, word) for word in words)]
        runs.append(make_run(on, [*events, DONE]))
    streams = [started(stream_of(on, run)) for run in runs]
    seen: list[tuple[Copy, list[dict[str, Any]]]] = []

    def come_all_the_time() -> None:
        for step in zip(*gates, strict=True):
            for gate in step:
                widget = shown(on, *streams)
                seen.append(watched(widget))
                gate.open()
                look_at(widget)

    page = threading.Thread(target=come_all_the_time, daemon=True)
    page.start()
    for stream in streams:
        stream.wait(60)
    page.join()
    on_loop(on, lambda: None)
    whole = "".join(words * 30)
    for copy, sent in seen:
        copy.take_all(sent)
        assert copy.gaps == []
        assert copy.parts == {run.run_id: [whole, whole] for run in runs}
        assert set(copy.states.values()) == {"completed"}


def test_runs_that_write_at_once_share_their_messages(on: ThreadEngine) -> None:
    gate, hold = Gate(on), Gate(on)
    words = [OutputTextDelta(0, word) for word in ("a", "b", "c")]
    streams = [started(stream_of(on, make_run(on, [gate, *words, hold, DONE]))) for _ in range(16)]
    widget = shown(on, *streams)
    look_at(widget)
    on_loop(on, widget._runs.queue.flush)
    copy, sent = watched(widget)
    gate.open()
    hold.wait_until_reached()
    on_loop(on, widget._runs.queue.flush)
    (texts,) = [
        [patch for patch in message["patches"] if isinstance(patch, TextAppend)] for message in sent
    ]
    assert {copy.run_named(patch.run) for patch in texts} == {stream.run_id for stream in streams}
    # A patch with the first delta's time stands after it; what follows is one patch.
    assert [patch.text for patch in texts] == ["a", "bc"] * 16
    hold.open()
    widget.wait(10)


def test_a_widget_that_nobody_looks_at_sends_its_end_and_nothing_before_it(
    on: ThreadEngine,
) -> None:
    gate = Gate(on)
    stream = stream_of(on, make_run(on, [OutputTextDelta(0, "Blue."), gate, DONE]))
    copy, sent = watched(stream)
    stream.start()
    gate.wait_until_reached()
    on_loop(on, stream._runs.queue.flush)
    assert sent == []
    gate.open()
    stream.wait(10)
    (last,) = sent
    assert last["asleep"] is True
    copy.take(last)
    assert copy.parts == {stream.run_id: ["Blue."]}


def test_to_a_page_that_can_ask_nothing_is_sent_of_what_nobody_looks_at(on: ThreadEngine) -> None:
    """The runs of a widget that shows several have a widget each, which is seldom shown."""
    budget = KernelBudget()
    budget.page_heard = True
    run = make_run(on, [OutputTextDelta(0, "Blue."), DONE])
    stream = StreamWidget(run, engine=on, budget=budget, calls=list)
    copy, sent = watched(stream)
    stream.start()
    stream.wait(10)
    on_loop(on, stream._runs.queue.flush)
    assert sent == []
    look_at(stream)
    on_loop(on, stream._runs.queue.flush)
    copy.take_all(sent)
    assert copy.parts == {stream.run_id: ["Blue."]}
    assert set(copy.states.values()) == {"completed"}


def test_a_page_is_heard_for_all_widgets_of_the_kernel(on: ThreadEngine) -> None:
    budget = KernelBudget()
    run = make_run(on, [DONE])
    stream = StreamWidget(run, engine=on, budget=budget, calls=list)
    on_loop(on, lambda: stream._runs.queue.acknowledged({"type": "ack", "n": 1, "lag_ms": 1.0}))
    assert budget.page_heard


def test_only_the_widget_that_is_looked_at_sends_a_run_that_two_show(on: ThreadEngine) -> None:
    gate = Gate(on)
    stream = stream_of(on, make_run(on, [OutputTextDelta(0, "Blue."), gate, DONE]))
    stream.start()
    widget = shown(on, stream)
    copy, sent = watched(widget)
    _, unseen = watched(stream)
    look_at(widget)
    gate.wait_until_reached()
    on_loop(on, widget._runs.queue.flush)
    assert unseen == []
    copy.take_all(sent)
    assert copy.parts == {stream.run_id: ["Blue."]}
    assert not any("asleep" in message for message in sent)
    gate.open()
    widget.wait(10)


def test_the_last_value_of_the_trait_holds_every_run_to_its_end(on: ThreadEngine) -> None:
    hold = Gate(on)
    first = started(stream_of(on, make_run(on, [OutputTextDelta(0, "first"), DONE])))
    second = started(stream_of(on, make_run(on, [OutputTextDelta(0, "second"), hold, DONE])))
    widget = shown(on, first, second)
    first.wait(10)
    hold.open()
    assert widget.wait(10) is widget
    views = [patch["view"] for patch in widget.patches["patches"]]
    assert [view["parts"][0]["text"] for view in views] == ["first", "second"]
    assert [view["state"] for view in views] == ["completed", "completed"]


def test_what_is_done_to_all_reaches_each(on: ThreadEngine) -> None:
    streams = [
        started(stream_of(on, make_run(on, [OutputTextDelta(0, "Blue."), Gate(on), DONE])))
        for _ in range(3)
    ]
    widget = shown(on, *streams)
    widget.speed = 40
    assert {stream.speed for stream in streams} == {40}
    streams[0].speed = None
    assert widget.speed is None
    widget.pause()
    assert {stream.state for stream in streams} == {"paused"}
    widget.resume()
    assert "paused" not in {stream.state for stream in streams}
    with pytest.raises(TimeoutError, match=r"0 of 3 runs are over after 0\.05 s"):
        widget.wait(0.05)
    widget.cancel()
    widget.wait(10)
    assert {stream.state for stream in streams} == {"cancelled"}
    assert repr(widget) == "RunsWidget(3 cancelled)"


def test_waiting_for_all_in_vain_cancels_all(on: ThreadEngine) -> None:
    streams = [started(stream_of(on, make_run(on, [Gate(on), DONE]))) for _ in range(2)]
    widget = shown(on, *streams)

    async def leave() -> None:
        async with asyncio.timeout(0.05):
            await widget

    with pytest.raises(TimeoutError):
        asyncio.run(leave())
    widget.wait(10)
    assert {stream.state for stream in streams} == {"cancelled"}


def test_a_restarted_run_stands_below_in_every_widget_that_shows_it(on: ThreadEngine) -> None:
    first, second = (make_run(on, [OutputTextDelta(0, text), DONE]) for text in ("first", "second"))
    stream = started(stream_of(on, first, again=lambda: second))
    widget = shown(on, stream)
    stream.wait(10)
    look_at(widget)
    copy, sent = watched(widget)
    stream.restart()
    assert widget.wait(10).runs[0].output_text == "second"
    copy.take_all(sent)
    assert copy.gaps == []
    assert copy.parts == {first.run_id: ["first"], second.run_id: ["second"]}
    assert [*widget._runs.patches] == [first.run_id, second.run_id]


def test_a_pause_in_one_widget_is_released_in_the_other(on: ThreadEngine) -> None:
    gate = Gate(on)
    stream = started(stream_of(on, make_run(on, [OutputTextDelta(0, "Blue."), gate, DONE])))
    gate.wait_until_reached()
    widget = shown(on, stream)
    for each in (stream, widget):
        look_at(each)
    on_loop(on, lambda: stream.latest.command({"type": "pause", "id": "1", "run": "", "shown": 2}))
    for each in (stream, widget):
        (patch,) = each.get_state()["patches"]["patches"]
        assert (patch["view"]["state"], patch["view"]["shown"]) == ("paused", 2)
    gate.open()
    stream.wait(10)
    stream.resume()
    on_loop(on, lambda: None)
    for each in (stream, widget):
        (patch,) = each.get_state()["patches"]["patches"]
        assert patch["view"]["shown"] is None


def test_a_closed_widget_hears_no_more_of_its_runs(on: ThreadEngine) -> None:
    gate = Gate(on)
    stream = started(stream_of(on, make_run(on, [gate, OutputTextDelta(0, "Blue."), DONE])))
    widget = shown(on, stream)
    look_at(widget)
    on_loop(on, widget._runs.queue.flush)
    _, sent = watched(widget)
    widget.close()
    on_loop(on, lambda: None)
    gate.open()
    stream.wait(10)
    on_loop(on, lambda: None)
    assert [patch for message in sent for patch in message["patches"]] == []
    assert stream.output_text == "Blue."


def test_the_cell_has_the_texts_once_all_have_ended(on: ThreadEngine) -> None:
    gate = Gate(on)
    first = started(stream_of(on, make_run(on, [OutputTextDelta(0, "first"), DONE])))
    second = started(stream_of(on, make_run(on, [gate, OutputTextDelta(0, "second"), DONE])))
    widget = shown(on, first, second)
    first.wait(10)
    assert set(widget._bundle()) == {WIDGET_VIEW, MIME_TYPE, "text/plain"}
    gate.open()
    widget.wait(10)
    text = widget._bundle()["text/plain"]
    assert text.index("first") < text.index("second")


def test_an_arrangement_that_nobody_knows_is_refused(on: ThreadEngine) -> None:
    widget = shown(on, stream_of(on, make_run(on, [DONE])))
    assert widget.get_state()["arrangement"] == "grid"
    widget.arrangement = "tabs"
    assert widget.get_state()["arrangement"] == "tabs"
    with pytest.raises(Exception, match="merged"):
        widget.arrangement = "heap"
    assert widget.arrangement == "tabs"
