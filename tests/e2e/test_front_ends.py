"""Front ends other than JupyterLab: each starts, and shows a stream while it goes on."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import httpx2
import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from e2e.as_written import AS_WRITTEN
from e2e.shown_run import ShownRun
from e2e.streams import ANSWER, REASONING, GatedStream, stream_source
from e2e.waiting import wait_until
from stream_widget.widget.document import MIME_TYPE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page

    from e2e.lab import Lab
    from stream_widget.scripted import ScriptedServer

OURS: Final = ("stream-widget", "stream_widget", "blob:", "widget.js")
"""In what the page complains about, this is from us; the others have complaints of their own."""

MARIMO: Final = """
import marimo
app = marimo.App()

@app.cell
def _():
    {source}
    return (w,)
"""


@pytest.fixture
def stream(scripted: ScriptedServer) -> GatedStream:
    gated = GatedStream()
    gated.play_on(scripted)
    return gated


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that must have no error of ours."""
    complaints: list[str] = []

    def note_error(error: Error) -> None:
        complaints.append(f"{error.message}\n{error.stack or ''}")

    def note_console(said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"}:
            complaints.append(f"{said.text} {said.location}")

    opened = context.new_page()
    opened.add_init_script(AS_WRITTEN)
    opened.on("pageerror", note_error)
    opened.on("console", note_console)
    yield opened
    opened.close()
    assert [each for each in complaints if any(name in each for name in OURS)] == []


@pytest.fixture
def notebook_name(lab: Lab, numbers: Callable[[], int], scripted: ScriptedServer) -> Iterator[str]:
    name = f"front-end-{numbers()}.ipynb"
    lab.write_notebook(name, [stream_source(scripted)], kernel="python3")
    yield name
    lab.end_sessions(name)


def assert_streams(page: Page, stream: GatedStream) -> None:
    run = ShownRun.only_one_in(page)
    assert ANSWER.startswith(run.wait_for_any_text("output"))
    assert run.state == "streaming"
    stream.open()
    run.wait_for_state("completed")
    assert (run.text("reasoning"), run.text("output")) == (REASONING, ANSWER)
    assert run.root.evaluate("run => getComputedStyle(run).borderTopStyle") == "solid"


def saved_has(lab: Lab, name: str, mime_type: str) -> bool:
    cells = json.loads(lab.root.joinpath(name).read_text("utf-8"))["cells"]
    return any(mime_type in output.get("data", {}) for output in cells[0]["outputs"])


def test_notebook_7_shows_a_stream_and_nothing_moves_at_its_end(
    lab: Lab, page: Page, notebook_name: str, stream: GatedStream
) -> None:
    page.goto(f"{lab.url}notebooks/{notebook_name}?token={lab.token}")
    page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').wait_for(timeout=60_000)
    wait_until(lambda: run_first_cell(page), "the cell runs")
    run = ShownRun.only_one_in(page.locator(f'[data-mime-type="{MIME_TYPE}"]'))
    run.wait_for_any_text("output")
    stream.middle.open()
    stream.end.wait_until_reached()
    wait_until(lambda: run.text("output") == ANSWER, "all but the end has come")
    run.root.evaluate("node => { globalThis.e2eBefore = node; }")
    before = run.root.bounding_box()
    assert before is not None
    assert_streams(page, stream)
    # The output's update comes after the run's end: what is saved has it.
    page.keyboard.press("Control+s")
    wait_until(lambda: saved_has(lab, notebook_name, "text/html"), "the output has the whole run")
    assert run.root.evaluate("node => node === globalThis.e2eBefore")
    after = run.root.bounding_box()
    assert after is not None
    assert (after["x"], after["y"]) == (before["x"], before["y"])
    assert page.locator("[data-run]").count() == 1


def test_voila_shows_a_stream(
    lab: Lab, page: Page, notebook_name: str, stream: GatedStream
) -> None:
    page.goto(f"{lab.url}voila/render/{notebook_name}?token={lab.token}")
    assert_streams(page, stream)


@pytest.mark.parametrize("mode", ["run", "edit"])
def test_marimo_shows_a_stream(
    mode: str, page: Page, stream: GatedStream, scripted: ScriptedServer, tmp_path: Path
) -> None:
    source = stream_source(scripted).replace("\n", "\n    ")
    tmp_path.joinpath("app.py").write_text(MARIMO.format(source=source), encoding="utf-8")
    port = free_port()
    quiet = ["--skip-update-check"] if mode == "edit" else []
    arguments = ["app.py", "--headless", "--no-token", f"--port={port}", *quiet]
    process = subprocess.Popen(
        [sys.executable, "-m", "marimo", mode, *arguments],
        cwd=tmp_path,
        env=os.environ | {"STREAM_WIDGET_LOG": ":memory:", "HOME": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until(lambda: answers(f"{address}/health"), "marimo answers", timeout_s=60)
        page.goto(address)
        if mode == "edit":
            page.locator(".cm-content").first.wait_for()
            page.keyboard.press("Control+Shift+R")
        assert_streams(page, stream)
    finally:
        process.terminate()
        process.wait(20)


def run_first_cell(page: Page) -> bool:
    """Run it as a person does, who tries again: a kernel that has just connected drops requests."""
    page.locator(".jp-Cell .cm-content").first.click()
    page.keyboard.press("Control+Enter")
    try:
        page.locator(".jp-InputPrompt").get_by_text("[1]:").wait_for(timeout=5000)
    except PlaywrightTimeoutError:
        return False
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(address: str) -> bool:
    try:
        return httpx2.get(address, timeout=2).status_code == 200
    except httpx2.HTTPError:
        return False
