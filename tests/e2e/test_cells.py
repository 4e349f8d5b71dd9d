"""A widget and the cell that shows it: shown once, interrupted, shown twice, looked at."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from e2e.kernels import BOTH
from e2e.shown_run import ShownRun, runs_in
from e2e.streams import ANSWER, SCRIPT, GatedStream, stream_source
from e2e.waiting import wait_until
from stream_widget.scripted import Scenario

if TYPE_CHECKING:
    from pathlib import Path

    from e2e.conftest import OpenNotebook
    from stream_widget.scripted import ScriptedServer

READ = "import json; print(json.dumps([w.state, w.output_text]))"


@pytest.mark.parametrize("kernel", BOTH)
@pytest.mark.parametrize("waiting", ["await w", "w.wait()"])
def test_an_interrupt_cancels_the_run_keeps_its_text_and_leaves_the_kernel_healthy(
    open_notebook: OpenNotebook, scripted: ScriptedServer, waiting: str, kernel: str
) -> None:
    stream = GatedStream()
    stream.play_on(scripted)
    notebook = open_notebook(stream_source(scripted, then=waiting), READ, kernel=kernel)
    notebook.start(0)
    run = ShownRun.only_one_in(notebook.cell(0))
    shown = run.wait_for_any_text("output")
    notebook.interrupt_kernel()
    notebook.wait_until_done(0)
    run.wait_for_state("cancelled")
    scripted.wait_until_no_connections()
    notebook.run(1)
    state, text = json.loads(notebook.printed(1))
    assert state == "cancelled"
    assert text.startswith(shown)
    assert run.text("output") == text


SHOWN_ONCE = (
    "{stream}",
    "w = {stream}\nw",
    "w = {stream}\ndisplay(w)\nawait w",
    "w = {stream}\nawait w",
    "await {stream}",
    "w = {stream}\ndisplay(w)\nw.wait()",
)


def test_a_cell_shows_its_widget_once_however_it_comes_by_it(
    open_notebook: OpenNotebook, scripted: ScriptedServer
) -> None:
    scripted.play("whole", Scenario(SCRIPT))
    stream = f"sw.stream('Why?', model='scripted:whole', base_url={scripted.base_url!r})"
    cells = [source.format(stream=stream) for source in SHOWN_ONCE]
    notebook = open_notebook("import stream_widget as sw", *cells)
    notebook.run(0)
    for number in range(1, len(cells) + 1):
        notebook.run(number)
        notebook.cell(number).scroll_into_view_if_needed()
        ShownRun.only_one_in(notebook.cell(number)).wait_for_text("output", ANSWER)
        assert len(runs_in(notebook.cell(number))) == 1, notebook.outputs(number)


def test_a_widget_displayed_twice_is_shown_twice(
    open_notebook: OpenNotebook, scripted: ScriptedServer
) -> None:
    scripted.play("whole", Scenario(SCRIPT))
    notebook = open_notebook(
        stream_source(scripted, "whole", then="display(w)\ndisplay(w)"), "w.wait(); None", "w"
    )
    notebook.run_all()
    wait_until(lambda: len(runs_in(notebook.cell(0))) == 2, "both views are there")
    for shown in [*runs_in(notebook.cell(0)), *runs_in(notebook.cell(2))]:
        shown.wait_for_text("output", ANSWER)
    for cell in (0, 2):
        assert ANSWER in notebook.value(cell, "text/markdown")


# The canvas knows every way to write a colour, and mixes those that let others through.
_CONTRAST = """element => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d");
    const luminanceWith = colour => {
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(value => {
            const part = value / 255;
            return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const layers = [];
    for (let each = element; each !== null; each = each.parentElement) {
        layers.unshift(getComputedStyle(each).backgroundColor);
    }
    const behind = layers.map(luminanceWith).at(-1);
    const text = luminanceWith(getComputedStyle(element).color);
    const [dark, bright] = [behind, text].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
}"""
_TEXTS = (".sw-model", ".sw-pill", ".sw-number", ".sw-reasoning-line", "[data-part='output']")


def test_both_themes_have_the_contrast_that_reading_needs(
    open_notebook: OpenNotebook, scripted: ScriptedServer, tmp_path: Path
) -> None:
    stream = GatedStream()
    stream.play_on(scripted)
    notebook = open_notebook(stream_source(scripted))
    notebook.run(0)
    run = ShownRun.only_one_in(notebook.cell(0))
    run.wait_for_any_text("output")
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        notebook.use_theme(theme)
        notebook.screenshot(tmp_path / f"{theme}.png")
        for selector in _TEXTS:
            contrasts = [text.evaluate(_CONTRAST) for text in run.root.locator(selector).all()]
            assert contrasts, selector
            assert min(contrasts) >= 4.5, (theme, selector, contrasts)
    stream.open()
    run.wait_for_state("completed")
