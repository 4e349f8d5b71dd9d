"""What happens to a stream when its page, cell or kernel is not left alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from e2e.shown_run import ShownRun, runs_in
from e2e.streams import ANSWER, REASONING, SCRIPT, GatedStream, stream_source
from e2e.waiting import wait_until
from stream_widget.scripted import Scenario

if TYPE_CHECKING:
    from e2e.conftest import OpenNotebook
    from stream_widget.scripted import ScriptedServer


def assert_whole(run: ShownRun) -> None:
    run.wait_for_state("completed")
    assert run.text("reasoning") == REASONING
    assert run.text("output") == ANSWER


def test_a_stream_goes_on_through_a_reload_of_the_page(
    open_notebook: OpenNotebook, scripted: ScriptedServer
) -> None:
    stream = GatedStream()
    stream.play_on(scripted)
    notebook = open_notebook(stream_source(scripted))
    notebook.run(0)
    shown = ShownRun.only_one_in(notebook.cell(0)).wait_for_any_text("output")
    notebook.reload()
    run = ShownRun.only_one_in(notebook.cell(0))
    assert run.wait_for_any_text("output").startswith(shown)
    assert run.text("reasoning") == REASONING
    stream.open()
    assert_whole(run)


def test_a_second_view_shows_the_same_run(
    open_notebook: OpenNotebook, scripted: ScriptedServer
) -> None:
    stream = GatedStream()
    stream.play_on(scripted)
    notebook = open_notebook(stream_source(scripted))
    notebook.run(0)
    ShownRun.only_one_in(notebook.cell(0)).wait_for_any_text("output")
    notebook.second_view(0)
    wait_until(lambda: len(runs_in(notebook.page)) == 2, "the run is shown twice")
    first, second = runs_in(notebook.page)
    second.click_and_wait("Pause", "paused")
    first.wait_for_state("paused")
    first.click_and_wait("Resume", "streaming")
    stream.open()
    wait_until(
        lambda: [run.state for run in runs_in(notebook.page)] == ["completed", "completed"],
        "both views are completed",
    )
    for run in runs_in(notebook.page):
        assert_whole(run)


def test_two_tabs_show_the_same_run(open_notebook: OpenNotebook, scripted: ScriptedServer) -> None:
    stream = GatedStream()
    stream.play_on(scripted)
    notebook = open_notebook(stream_source(scripted))
    notebook.run(0)
    here = ShownRun.only_one_in(notebook.cell(0))
    here.wait_for_any_text("output")
    notebook.save()
    other = notebook.second_tab()
    there = ShownRun.only_one_in(other.cell(0))
    there.wait_for_any_text("output")
    there.click_and_wait("Pause", "paused")
    here.wait_for_state("paused")
    here.click_and_wait("Resume", "streaming")
    there.wait_for_state("streaming")
    stream.open()
    assert_whole(here)
    assert_whole(there)
    assert other.page_errors == []


def test_a_cell_run_again_while_its_last_run_streams_shows_the_new_one(
    open_notebook: OpenNotebook, scripted: ScriptedServer
) -> None:
    first, second = GatedStream(), GatedStream()
    first.play_on(scripted)
    notebook = open_notebook(
        stream_source(scripted, then="kept = globals().get('kept', []) + [w]\nw"),
        "import json\n"
        "for each in kept: await each\n"
        "print(json.dumps([each.output_text for each in kept]))",
    )
    notebook.run(0)
    old = ShownRun.only_one_in(notebook.cell(0))
    old.wait_for_any_text("output")
    old_id = old.id
    second.play_on(scripted)
    notebook.run(0)
    new = ShownRun.other_than(old_id, notebook.cell(0))
    first.open()
    second.open()
    assert_whole(new)
    assert len(runs_in(notebook.cell(0))) == 1
    notebook.run(1)
    assert json.loads(notebook.printed(1)) == [ANSWER, ANSWER]


def test_the_text_stays_when_the_kernel_restarts_in_mid_stream(
    open_notebook: OpenNotebook, scripted: ScriptedServer
) -> None:
    stream = GatedStream()
    stream.play_on(scripted)
    notebook = open_notebook(stream_source(scripted))
    notebook.run(0)
    run = ShownRun.only_one_in(notebook.cell(0))
    run.wait_for_any_text("output")
    stream.middle.wait_until_reached()
    shown = run.text("output")
    notebook.restart_kernel()
    assert ShownRun.only_one_in(notebook.cell(0)).text("output").startswith(shown)
    scripted.wait_until_no_connections()
    stream.open()
    notebook.run(0)
    assert_whole(ShownRun.only_one_in(notebook.cell(0)))


def test_two_notebooks_stream_at_once(
    open_notebook: OpenNotebook, scripted: ScriptedServer
) -> None:
    streams = GatedStream(), GatedStream()
    notebooks = []
    for number, stream in enumerate(streams):
        stream.play_on(scripted, f"gated-{number}")
        notebooks.append(open_notebook(stream_source(scripted, f"gated-{number}")))
    for notebook in notebooks:
        notebook.run(0)
    runs = [ShownRun.only_one_in(notebook.cell(0)) for notebook in notebooks]
    for run in runs:
        run.wait_for_any_text("output")
    for stream in reversed(streams):
        stream.open()
    for run in runs:
        assert_whole(run)


def test_nothing_is_left_running_when_runs_have_ended(
    open_notebook: OpenNotebook, scripted: ScriptedServer
) -> None:
    scripted.play("whole", Scenario(SCRIPT))
    gated = GatedStream()
    gated.play_on(scripted)
    notebook = open_notebook(
        "import threading\n" + stream_source(scripted, "whole", then="await w; None"),
        "before = threading.active_count()",
        "for _ in range(5):\n"
        f"    w = sw.stream('Again', model='scripted:whole', base_url={scripted.base_url!r})\n"
        "    await w\n"
        f"w = sw.stream('Again', model='scripted:gated', base_url={scripted.base_url!r})\n"
        "while not w.output_text: threading.Event().wait(0.01)\n"
        "w.cancel(); await w\n"
        "print(threading.active_count() - before)",
    )
    notebook.run_all()
    assert notebook.printed(2) == "0\n"
    scripted.wait_until_no_connections(30)
