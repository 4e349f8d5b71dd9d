"""What a person sees while a run is held up, when it breaks off, and how they ask again."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from e2e.shown_run import ShownRun, runs_in
from e2e.streams import ANSWER, SCRIPT, stream_source
from e2e.waiting import wait_until
from stream_widget.scripted import (
    Cut,
    HttpError,
    Scenario,
    Script,
    Stall,
    ToolCall,
    UnverifiedOrganization,
)

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator

    from e2e.conftest import OpenNotebook
    from stream_widget.scripted import ScriptedServer

READ = "import json; print(json.dumps([w.state, w.output_text]))"


def seconds_in(pill: Locator, words: str) -> str | None:
    """The seconds that the pill tells of in these words; ``None`` while it says other ones."""
    found = re.search(rf"{words} (\d+) s", pill.inner_text())
    return found and found[1]


def wait_until_it_counts(pill: Locator, words: str) -> None:
    first = wait_until(lambda: seconds_in(pill, words), f"the pill says {words!r}")
    wait_until(
        lambda: seconds_in(pill, words) not in {None, first}, f"{words!r} goes on from {first}"
    )


def test_a_silence_and_a_wait_are_told_of_and_cancel_ends_them(
    open_notebook: OpenNotebook, scripted: ScriptedServer, tmp_path: Path
) -> None:
    scripted.play("silent", Scenario(SCRIPT, faults=(Stall(at="answer"),)))
    scripted.play("busy", Scenario(SCRIPT, faults=(HttpError(429, headers={"retry-after": "30"}),)))
    notebook = open_notebook(stream_source(scripted, "silent"), stream_source(scripted, "busy"))
    notebook.start(0)  # a silence is told of after ten seconds: it comes to that beside the wait
    notebook.start(1)
    silent, busy = (ShownRun.only_one_in(notebook.cell(cell)) for cell in (0, 1))

    pill = busy.root.locator(".sw-pill")
    wait_until_it_counts(pill, "asking again in")
    assert "failed (HTTP 429); asking again in 30.0 s" in busy.root.inner_text()
    notebook.screenshot(tmp_path / "countdown.png")
    busy.click("Cancel")
    busy.wait_for_state("cancelled")
    assert "asking again in" not in pill.inner_text()

    wait_until_it_counts(silent.root.locator(".sw-pill"), "no data for")
    notebook.screenshot(tmp_path / "silent.png")
    silent.click("Cancel")
    silent.wait_for_state("cancelled")
    scripted.wait_until_no_connections()


def test_a_stream_that_breaks_off_keeps_its_text_and_can_be_asked_again(
    open_notebook: OpenNotebook, scripted: ScriptedServer, tmp_path: Path
) -> None:
    cut = Scenario(SCRIPT, faults=(Cut(at="answer"),))
    scripted.play("cut", [cut, Scenario(SCRIPT)])
    notebook = open_notebook(stream_source(scripted, "cut"), READ)
    notebook.start(0)
    first = ShownRun.only_one_in(notebook.cell(0))
    first.wait_for_state("failed")
    kept = first.text("output")
    assert kept
    assert ANSWER.startswith(kept)
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        notebook.use_theme(theme)
        notebook.screenshot(tmp_path / f"cut {theme}.png")
    first.click("Restart")
    wait_until(lambda: len(runs_in(notebook.cell(0))) == 2, "the second run is shown")
    first, second = runs_in(notebook.cell(0))
    second.wait_for_state("completed")
    assert (first.text("output"), second.text("output")) == (kept, ANSWER)
    for run in (first, second):
        assert not run.root.get_by_role("button", name="Restart", exact=True).is_visible()
    notebook.screenshot(tmp_path / "restarted.png")
    notebook.run(1)
    assert json.loads(notebook.printed(1)) == ["completed", ANSWER]
    wait_until(
        lambda: ANSWER in "".join(notebook.outputs(0)[0]["data"].get("text/markdown", "")),
        "the cell is finished with both runs",
    )
    markdown = "".join(notebook.outputs(0)[0]["data"]["text/markdown"])
    assert markdown.index(kept) < markdown.rindex(ANSWER)


def test_a_refused_stream_and_a_tool_call_are_shown(
    open_notebook: OpenNotebook, scripted: ScriptedServer, tmp_path: Path
) -> None:
    call = ToolCall("get_weather", '{"city": "Reykjavík", "days": 3}')
    script = Script(answer="Let me look.", reasoning=("**Looking it up**",), tool_calls=(call,))
    scripted.play("tools", Scenario(script, faults=(UnverifiedOrganization(),)))
    notebook = open_notebook(stream_source(scripted, "tools"))
    notebook.run(0)
    run = ShownRun.only_one_in(notebook.cell(0))
    run.wait_for_state("completed")
    shown = run.root.inner_text()
    assert "get_weather" in shown
    assert "Reykjavík" in shown
    assert "asking for the whole answer at once" in shown
    notebook.screenshot(tmp_path / "tools.png")
