"""An exported page, opened from a file: it draws itself, fetches nothing and runs nothing else."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

import stream_widget as sw
from e2e.shown_run import runs_in
from e2e.waiting import wait_until
from stream_widget import kernel
from stream_widget.scripted import Scenario, Script

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from stream_widget.scripted import ScriptedServer

HOSTILE = (
    "# Blue\n\n</script><script>parent.caught = 1</script><!-- <script>\n\n"
    '<img src="http://127.0.0.1:9/pixel" onerror="window.caught = 1">\n\n'
    "![pixel](http://127.0.0.1:9/pixel) [go](javascript:window.caught=1)\n\n"
    "<style>@import url(http://127.0.0.1:9/style);</style>"
)


class OpenedPage:
    """A page from a file, and what it asked for or complained about."""

    def __init__(self, page: Page, path: Path) -> None:
        self.page = page
        self.asked: list[str] = []
        self.said: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.goto(path.as_uri())

    @property
    def fetched(self) -> list[str]:
        return [url for url in self.asked if not url.startswith(("file:", "blob:", "data:"))]


@pytest.fixture
def exported(
    scripted: ScriptedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Two streams in one page, both hostile."""
    monkeypatch.setenv("STREAM_WIDGET_LOG", ":memory:")
    kernel._one_kernel.cache_clear()
    scripted.play("hostile", Scenario(Script(answer=HOSTILE, reasoning=(HOSTILE,))))
    ask = partial(sw.stream, "Why?", model="scripted:hostile", base_url=scripted.base_url)
    streams = [ask(effort="high", name=HOSTILE) for _ in range(2)]
    yield sw.show(streams).wait(60).export(tmp_path / "hostile.html")
    kernel.current_kernel().close()
    kernel._one_kernel.cache_clear()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of somebody who has no network."""
    context = browser.new_context(offline=True)
    yield context.new_page()
    context.close()


def test_an_exported_page_draws_its_runs_and_asks_nobody(page: Page, exported: Path) -> None:
    opened = OpenedPage(page, exported)
    wait_until(lambda: len(runs_in(page)) == 2, "both runs are drawn")
    for run in runs_in(page):
        assert run.state == "completed"
        assert "parent.caught = 1" in run.text("output")
    assert page.locator("[data-stream-widget-plain]").count() == 0
    about = page.locator("footer details")
    assert about.is_visible()
    assert about.locator("dt", has_text="Tokens").count() == 2
    assert page.evaluate("() => window.caught") is None
    assert opened.fetched == []
    assert opened.said == []


def test_an_exported_page_is_read_without_a_script(browser: Browser, exported: Path) -> None:
    context = browser.new_context(offline=True, java_script_enabled=False)
    opened = OpenedPage(context.new_page(), exported)
    plain = opened.page.locator("[data-stream-widget-plain]")
    assert plain.locator('[aria-label="Answer"]', has_text="parent.caught = 1").first.is_visible()
    folded = plain.locator("details").first
    assert not folded.locator("pre").is_visible()
    folded.locator("summary").click()
    assert folded.locator("pre").is_visible()
    assert plain.locator("dt", has_text="Tokens").count() == 2
    assert not opened.page.locator("footer details").is_visible()
    assert opened.fetched == []
    context.close()
