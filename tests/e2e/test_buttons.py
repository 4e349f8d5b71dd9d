"""The buttons act on both kernels, whatever the cell is doing meanwhile."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from e2e.kernels import BOTH
from e2e.shown_run import ShownRun
from e2e.streams import ANSWER, GatedStream, stream_source

if TYPE_CHECKING:
    from e2e.conftest import OpenNotebook
    from stream_widget.scripted import ScriptedServer

CELLS: Final = {
    "returned": "w",
    "awaiting": "await w",
    "waiting": "w.wait()",
    "sleeping": (
        # Not over before it has been told of the speed itself.
        "display(w)\n"
        "import time\n"
        "while w.speed is None or w.state in {'pending', 'streaming', 'paused'}:\n"
        "    time.sleep(0.05)"
    ),
}
READ = "import json; print(json.dumps([w.state, w.output_text, w.speed]))"


@pytest.mark.parametrize("kernel", BOTH)
@pytest.mark.parametrize("cell", CELLS)
def test_pause_speed_and_cancel_act_twice_and_the_text_is_exact(
    open_notebook: OpenNotebook, scripted: ScriptedServer, cell: str, kernel: str
) -> None:
    first, second = GatedStream(), GatedStream()
    first.play_on(scripted)
    notebook = open_notebook(stream_source(scripted, then=CELLS[cell]), READ, kernel=kernel)
    notebook.start(0)
    run = ShownRun.only_one_in(notebook.cell(0))
    first_id = run.id
    took: dict[str, float] = {}

    run.wait_for_any_text("output")
    took["pause"] = run.click_and_wait("Pause", "paused")
    held = run.text("output")
    first.middle.open()
    first.end.wait_until_reached()
    assert run.text("output") == held
    assert ANSWER.startswith(held)
    assert held != ANSWER
    run.click_and_wait("Resume", "streaming")
    run.wait_for_text("output", ANSWER)
    run.choose_speed(160)
    took["pause again"] = run.click_and_wait("Pause", "paused")
    took["cancel"] = run.click_and_wait("Cancel", "cancelled")
    assert run.text("output") == ANSWER

    notebook.wait_until_done(0)
    second.play_on(scripted)
    notebook.start(0)
    run = ShownRun.other_than(first_id, notebook.cell(0))
    shown = run.wait_for_any_text("output")
    run.choose_speed(5)
    second.middle.open()
    second.end.wait_until_reached()
    run.root.get_by_role("button", name="Jump to live").wait_for()
    assert run.text("output") != ANSWER
    took["cancel again"] = run.click_and_wait("Cancel", "cancelled")
    notebook.wait_until_done(0)
    notebook.run(1)
    state, text, speed = json.loads(notebook.printed(1))
    assert (state, speed) == ("cancelled", 5)
    assert text.startswith(shown)
    assert ANSWER.startswith(text)
    assert run.text("output") == text

    # For the notes of a test run: the budgets, 200 ms and 600 ms, are for a quiet machine.
    print(f"{kernel} {cell}: " + ", ".join(f"{what} {ms:.0f} ms" for what, ms in took.items()))  # noqa: T201
