"""Several runs in one widget in JupyterLab: drawn, steered at once, and kept in the notebook."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from e2e.shown_run import runs_in
from e2e.streams import ANSWER, GatedStream, stream_source
from e2e.waiting import wait_until

if TYPE_CHECKING:
    from e2e.conftest import OpenNotebook
    from e2e.notebook import Notebook
    from stream_widget.scripted import ScriptedServer


def test_runs_shown_in_mid_stream_come_to_their_end_in_the_page_and_in_the_file(
    open_notebook: OpenNotebook, scripted: ScriptedServer
) -> None:
    stream = GatedStream()
    stream.play_on(scripted)
    asked = stream_source(scripted, then="").replace("w = ", "ws = [").rstrip()
    notebook = open_notebook(
        f"{asked} for _ in range(3)]",
        "s = sw.show(ws)\ns",
        "s.wait(60); print(*[len(w.output_text) for w in s.runs])",
    )
    notebook.run(0)
    stream.middle.wait_until_reached()
    notebook.run(1)
    wait_until(lambda: len(runs_in(notebook.cell(1))) == 3, "three runs are drawn")
    shown = runs_in(notebook.cell(1))
    for run in shown:
        run.wait_for_any_text("output")
        assert run.state == "streaming"
    click_for_all(notebook, "Pause all")
    for run in shown:
        run.wait_for_state("paused")
    click_for_all(notebook, "Resume all")
    stream.open()
    for run in shown:
        run.root.scroll_into_view_if_needed()  # a card out of sight is not painted
        run.wait_for_state("completed")
        run.wait_for_text("output", ANSWER)
    assert runs_in(notebook.cell(0)) == []
    notebook.run(2)
    assert notebook.printed(2).split() == [str(len(ANSWER))] * 3
    notebook.wait_for_value(1, "text/html")
    notebook.save()
    (output,) = notebook.saved()["cells"][1]["outputs"]
    kept = json.dumps(output["data"]["text/markdown"])
    assert kept.count(json.dumps(ANSWER.splitlines()[0])[1:-1]) == 3


def click_for_all(notebook: Notebook, name: str) -> None:
    """Click a button above all runs, which is one message whatever their number."""
    before = len(notebook.sent_frames)
    notebook.cell(1).get_by_role("button", name=name, exact=True).click()

    def commands() -> list[str]:
        sent = [
            frame if isinstance(frame, str) else frame.decode("utf-8", "replace")
            for frame in notebook.sent_frames[before:]
        ]
        return [frame for frame in sent if '"commands"' in frame]

    wait_until(commands, f"{name} was sent")
    (command,) = commands()
    assert command.count('"run"') == 3


def test_a_widget_in_a_box_of_ipywidgets_is_woken_by_its_page(
    open_notebook: OpenNotebook, scripted: ScriptedServer
) -> None:
    stream = GatedStream()
    stream.play_on(scripted)
    notebook = open_notebook(
        stream_source(scripted, then="import ipywidgets\nbox = ipywidgets.VBox([w])\nbox")
    )
    notebook.run(0)
    wait_until(lambda: runs_in(notebook.cell(0)), "the run is drawn")
    (run,) = runs_in(notebook.cell(0))
    run.wait_for_any_text("output")
    stream.open()
    run.wait_for_state("completed")
    run.wait_for_text("output", ANSWER)
