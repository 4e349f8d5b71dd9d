"""The log in JupyterLab: its table, a run, a chart, and what a killed kernel leaves behind."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from e2e.shown_run import ShownRun
from e2e.streams import ANSWER, REASONING, GatedStream, stream_source
from e2e.trap import Trap, Watched
from e2e.waiting import wait_until
from stream_widget.clock import monotonic_s

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from e2e.conftest import OpenNotebook
    from e2e.notebook import Notebook
    from stream_widget.scripted import ScriptedServer

ON_DISK_AFTER_S = 1.0
"""A quarter of a second, and what a busy machine adds to it."""
TABLE = 1
RUN = 2
REPLAY = 3
CHART = 4

FILL = """\
import stream_widget as sw
sw.configure(log={log!r})
more = {{"model": "scripted:gated", "base_url": {base_url!r}, "effort": "high"}}
first = sw.stream("Why?", name={hostile!r}, **more)
first.wait(60)
second = sw.stream({hostile!r}, **more)
second.wait(60)
print(first.run_id, second.run_id)"""

# How long the answer on screen was, each time it had changed.
WATCH = """(cell) => {
  const lengths = (globalThis.e2eLengths = []);
  new MutationObserver(() => {
    const length = cell.querySelector("[data-part='output']")?.textContent.length ?? 0;
    if (length !== lengths.at(-1)) lengths.push(length);
  }).observe(cell, { characterData: true, childList: true, subtree: true });
}"""


@pytest.fixture
def trap() -> Iterator[Trap]:
    with Trap() as running:
        yield running


def test_the_log_shows_its_runs_plays_one_again_and_draws_it(
    open_notebook: OpenNotebook, scripted: ScriptedServer, trap: Trap, tmp_path: Path
) -> None:
    stream = GatedStream()
    stream.play_on(scripted)
    stream.open()
    hostile = f"<img src=http://{trap.host}/x onerror='pwned=1'>"
    notebook = open_notebook(
        FILL.format(log=str(tmp_path / "log.db"), base_url=scripted.base_url, hostile=hostile),
        "sw.log",
        "sw.log.get(second.run_id[:8])",
        "sw.log.get(second.run_id).replay(speed=0.5)",
        "sw.log.plot.timeline(second.run_id)",
    )
    with Watched(notebook.page, trap) as watched:
        notebook.run(0, timeout_s=90)
        first, second = notebook.printed(0).split()[-2:]
        for theme in ("JupyterLab Dark", "JupyterLab Light"):
            notebook.use_theme(theme)
            notebook.run(TABLE)
            rows = table_rows(notebook)
            assert [row["Run"] for row in rows] == [second[:8], first[:8]]  # newest first
            assert [row["Prompt"] for row in rows] == [hostile, hostile]
            assert {row["State"] for row in rows} == {"completed"}
            assert notebook.cell(TABLE).locator("img").count() == 0
            notebook.screenshot(tmp_path / f"table {theme}.png")
        check_logged_run(notebook, second)
        check_replay(notebook)
        check_chart(notebook)
        notebook.screenshot(tmp_path / "chart.png")
        assert watched.faults() == []
    hosts = {urlsplit(url).netloc for url in watched.requests if url.startswith("http")}
    assert hosts <= {urlsplit(notebook.lab.url).netloc}


def table_rows(notebook: Notebook) -> list[dict[str, str]]:
    table = notebook.cell(TABLE).locator("table")
    table.wait_for()
    heads = table.locator("th").all_text_contents()
    cells = [row.locator("td").all_text_contents() for row in table.locator("tbody tr").all()]
    return [dict(zip(heads, row, strict=True)) for row in cells]


def check_logged_run(notebook: Notebook, run_id: str) -> None:
    """A run of the log shows as it did when it ended."""
    notebook.run(RUN)
    run = ShownRun.only_one_in(notebook.cell(RUN))
    assert (run.id, run.state) == (run_id, "completed")
    run.wait_for_text("output", ANSWER)
    run.wait_for_text("reasoning", REASONING)


def check_replay(notebook: Notebook) -> None:
    """Its text comes bit by bit, and in the end it is all there."""
    notebook.cell(REPLAY).evaluate(WATCH)
    notebook.run(REPLAY)
    run = ShownRun.only_one_in(notebook.cell(REPLAY))
    run.wait_for_state("completed")
    run.wait_for_text("output", ANSWER)
    lengths = notebook.page.evaluate("() => globalThis.e2eLengths")
    assert lengths == sorted(lengths)
    assert any(0 < length < lengths[-1] for length in lengths)


def check_chart(notebook: Notebook) -> None:
    """JupyterLab draws it by itself."""
    notebook.run(CHART)
    drawn = notebook.cell(CHART).locator(".vega-embed :is(canvas, svg.marks)").first
    drawn.wait_for(timeout=60_000)
    size = drawn.bounding_box()
    assert size is not None
    assert min(size["width"], size["height"]) > 200


def test_a_killed_kernel_leaves_a_row_with_the_text_that_was_on_screen(
    open_notebook: OpenNotebook, scripted: ScriptedServer, tmp_path: Path
) -> None:
    stream = GatedStream()
    stream.play_on(scripted)
    configured = f"import stream_widget as sw\nsw.configure(log={str(tmp_path / 'log.db')!r})\n"
    read = "calls[['run_id', 'state', 'error_kind', 'output_text']].to_json(orient='records')"
    notebook = open_notebook(
        configured + stream_source(scripted),
        "import os; print(os.getpid())",
        f"{configured}calls = sw.log.to_frame()\nprint({read})",
    )
    notebook.run(0)
    run = ShownRun.only_one_in(notebook.cell(0))
    stream.middle.wait_until_reached()
    run.wait_for_any_text("output")
    notebook.run(1)
    shown, seen_s = run.text("output"), monotonic_s()
    wait_until(lambda: monotonic_s() - seen_s > ON_DISK_AFTER_S, "what was shown is on disk")
    os.kill(int(notebook.printed(1)), signal.SIGKILL)
    run.wait_for_state("failed")
    notebook.page.locator(".jp-Dialog").get_by_role("button", name="Ok").click()
    notebook.wait_for_kernel("idle")
    notebook.run(2, timeout_s=60)
    (row,) = json.loads(notebook.printed(2))
    assert (row["run_id"], row["state"], row["error_kind"]) == (run.id, "failed", "interrupted")
    assert row["output_text"].startswith(shown)
    assert ANSWER.startswith(row["output_text"])
    stream.open()
