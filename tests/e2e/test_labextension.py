"""JupyterLab with our extension: its MIME renderer draws runs, live and from the saved notebook."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

import stream_widget as sw
from e2e.hostile_documents import hostile_documents, hostile_view
from e2e.saved_notebook import NO_SUCH_KERNEL, SavedNotebook, write_saved
from e2e.shown_run import ShownRun
from e2e.streams import ANSWER, REASONING, SCRIPT, GatedStream, stream_source
from e2e.waiting import wait_until
from stream_widget.scripted import Scenario
from stream_widget.widget.document import MIME_TYPE, running_document

if TYPE_CHECKING:
    from e2e.conftest import OpenNotebook
    from e2e.lab import Lab
    from e2e.lab_pages import LabPages
    from stream_widget.scripted import ScriptedServer

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
OURS = f'[data-mime-type="{MIME_TYPE}"]'


@pytest.fixture
def finished(scripted: ScriptedServer) -> dict[str, Any]:
    """The output of a finished run."""
    scripted.play("whole", Scenario(SCRIPT))
    widget = sw.stream("Go on.", model="scripted:whole", base_url=scripted.base_url, effort="high")
    widget.wait(30)
    return widget._repr_mimebundle_()[0]


def test_nothing_moves_when_a_run_ends(
    open_notebook: OpenNotebook, scripted: ScriptedServer
) -> None:
    stream = GatedStream()
    stream.play_on(scripted)
    notebook = open_notebook(stream_source(scripted))
    notebook.run(0)
    cell = notebook.cell(0)
    run = ShownRun.only_one_in(cell.locator(OURS))
    run.wait_for_any_text("output")
    stream.middle.open()
    stream.end.wait_until_reached()
    wait_until(lambda: run.text("output") == ANSWER, "all but the end has come")
    run.root.get_by_role("button", name="Copy", exact=True).focus()
    run.root.evaluate("node => { globalThis.e2eBefore = node; }")
    before = run.root.bounding_box()
    stream.end.open()
    run.wait_for_state("completed")
    notebook.wait_for_value(0, "text/html")
    assert run.root.evaluate("node => node === globalThis.e2eBefore")
    assert run.root.evaluate("node => node.contains(document.activeElement)")
    after = run.root.bounding_box()
    assert before is not None
    assert after is not None
    assert (after["x"], after["y"]) == (before["x"], before["y"])
    assert cell.locator(".jp-OutputArea-output").count() == 1
    assert notebook.value(0, WIDGET_VIEW) == ""
    assert (run.text("reasoning"), run.text("output")) == (REASONING, ANSWER)


def test_a_killed_kernel_leaves_what_had_arrived_and_its_notebook_says_so(
    open_notebook: OpenNotebook, scripted: ScriptedServer
) -> None:
    stream = GatedStream()
    stream.play_on(scripted)
    notebook = open_notebook("import os; print(os.getpid())", stream_source(scripted))
    notebook.run_all()
    run = ShownRun.only_one_in(notebook.cell(1))
    stream.middle.wait_until_reached()
    run.wait_for_any_text("output")
    shown = run.text("output")
    os.kill(int(notebook.printed(0)), signal.SIGKILL)
    run.wait_for_state("failed")
    assert run.text("output").startswith(shown)
    notebook.page.locator(".jp-Dialog").get_by_role("button", name="Ok").click()
    notebook.wait_for_kernel("idle")
    notebook.reload()
    notebook.cell(1).get_by_text("Interrupted: the kernel stopped").wait_for()


def test_a_finished_run_is_drawn_untrusted_and_without_a_kernel(
    lab: Lab, lab_pages: LabPages, finished: dict[str, Any]
) -> None:
    write_saved(lab, "finished.ipynb", [finished], NO_SUCH_KERNEL)
    with SavedNotebook(lab_pages, "finished.ipynb") as notebook:
        run = ShownRun.only_one_in(notebook.cell(0))
        assert not notebook.is_trusted(0)
        assert run.state == "completed"
        assert (run.text("reasoning"), run.text("output")) == (REASONING, ANSWER)
        text = run.root.locator('[data-part="reasoning"]')
        assert not text.is_visible()
        run.root.locator("summary").click()
        text.wait_for()
        # A part that few need comes from the extension's own folder.
        notebook.cell(0).get_by_role("button", name="Search", exact=True).click()
        notebook.cell(0).get_by_label("Search in the texts").wait_for()
        # Its own pace is known: it is played again without a kernel, and comes out the same.
        run.root.get_by_role("button", name="More", exact=True).click()
        run.root.page.get_by_role("menuitem", name="Replay at its own pace").click()
        wait_until(lambda: run.text("output") != ANSWER, "it begins anew")
        run.wait_for_text("output", ANSWER)
        assert notebook.errors == []
        assert [url for url in notebook.requests if finished[MIME_TYPE]["widget"] in url] == []
        assert notebook.foreign_requests(lab.url) == []


def test_hostile_documents_are_refused_or_drawn_as_text(lab: Lab, lab_pages: LabPages) -> None:
    documents = {
        **hostile_documents(),
        "of an unknown kind": {"schema": 1, "widget": "__proto__", "runs": [hostile_view()]},
        "the kernel stopped before": running_document("gone", "stack"),
    }
    bundles = [{MIME_TYPE: document} for document in documents.values()]
    write_saved(lab, "hostile.ipynb", bundles, NO_SUCH_KERNEL)
    with SavedNotebook(lab_pages, "hostile.ipynb") as notebook:
        for cell, sentence in enumerate(documents):
            notebook.cell(cell).get_by_text(sentence).first.wait_for()
        assert notebook.page.evaluate("() => [globalThis.pwned, {}.polluted]") == [None, None]
        assert notebook.page.locator(f"{OURS} :is(img, script, iframe, object, embed)").count() == 0
        assert notebook.errors == []
        assert notebook.foreign_requests(lab.url) == []
