"""A run in a cell: what is on screen, in Python, and in the saved file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from e2e.shown_run import ShownRun
from e2e.streams import ANSWER, REASONING, SCRIPT, stream_source
from recorded_wire import WIRE, needs_recordings
from stream_widget.scripted import Recording, Scenario

if TYPE_CHECKING:
    from e2e.conftest import OpenNotebook
    from stream_widget.scripted import ScriptedServer

RECORDED = "openai__responses__reasoning-summary.sse"


@needs_recordings
def test_a_recorded_stream_is_shown_to_the_character(
    open_notebook: OpenNotebook, scripted: ScriptedServer
) -> None:
    expected = json.loads(WIRE.joinpath("EXPECTED.json").read_text("utf-8"))[RECORDED]
    scripted.play("recorded", Scenario(Recording(WIRE / "recorded" / RECORDED), tokens_per_s=100))
    notebook = open_notebook(
        stream_source(scripted, "recorded"),
        "import json; await w; print(json.dumps([w.reasoning_text, w.output_text, "
        "w.usage.output_tokens, w.usage.reasoning_tokens]))",
    )
    notebook.run(0)
    run = ShownRun.only_one_in(notebook.cell(0))
    run.wait_for_state("completed")
    assert run.text("reasoning") == expected["reasoning_text"]
    assert run.text("output") == expected["output_text"]
    notebook.run(1)
    usage = expected["usage"]
    assert json.loads(notebook.printed(1)) == [
        expected["reasoning_text"],
        expected["output_text"],
        usage["output"],
        usage["reasoning"],
    ]


def test_the_saved_notebook_has_the_text_in_three_forms(
    open_notebook: OpenNotebook, scripted: ScriptedServer
) -> None:
    scripted.play("whole", Scenario(SCRIPT))
    notebook = open_notebook(stream_source(scripted, "whole"))
    notebook.run(0)
    ShownRun.only_one_in(notebook.cell(0)).wait_for_state("completed")
    first_line = ANSWER.splitlines()[0]
    notebook.wait_for_value(0, "text/html")
    notebook.save()
    (output,) = notebook.saved()["cells"][0]["outputs"]
    forms = {kind: "".join(data) for kind, data in output["data"].items() if "text/" in kind}
    assert ANSWER in forms["text/markdown"]
    assert ANSWER in forms["text/plain"]
    assert first_line.strip("#* ") in forms["text/html"]
    assert "<script" not in forms["text/html"]
    assert SCRIPT.reasoning[-1].splitlines()[-1] in forms["text/plain"]


def test_a_widget_shown_in_two_cells_is_whole_in_both(
    open_notebook: OpenNotebook, scripted: ScriptedServer
) -> None:
    scripted.play("paced", Scenario(SCRIPT, tokens_per_s=300))
    notebook = open_notebook(stream_source(scripted, "paced"), "w")
    notebook.run_all()
    for cell in (0, 1):
        run = ShownRun.only_one_in(notebook.cell(cell))
        run.wait_for_state("completed")
        assert run.text("output") == ANSWER
        assert run.text("reasoning") == REASONING
        notebook.wait_for_value(cell, "text/html")


def test_a_run_without_any_key_says_so_and_plays_the_prepared_answer(
    open_notebook: OpenNotebook,
) -> None:
    notebook = open_notebook(
        "import os\n"
        "for name in [name for name in os.environ if name.endswith('_API_KEY')]:\n"
        "    del os.environ[name]\n"
        "import stream_widget as sw\n"
        "w = sw.stream('Why is the sky blue?')\n"
        "w"
    )
    notebook.run(0)
    run = ShownRun.only_one_in(notebook.cell(0))
    run.root.get_by_text("No API key was found").wait_for()
    run.wait_for_any_text("reasoning")
