"""Exports are made in the page: they need no kernel, and open without a network."""

from __future__ import annotations

import importlib.metadata
import json
from typing import TYPE_CHECKING

import stream_widget as sw
from e2e.played import PlayedWidget
from e2e.saved_export import save_export
from e2e.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from e2e.conftest import OpenGallery


def test_json_holds_all_runs_of_a_widget(open_gallery: OpenGallery, tmp_path: Path) -> None:
    widget = PlayedWidget(open_gallery(empty=1), "a", "b", layout="grid")
    widget.say("Words. ")
    widget.end()
    path = save_export(widget.page, "JSON", tmp_path, menu="More for all runs")
    document = json.loads(path.read_text("utf-8"))
    assert document["schema"] == 1
    assert document["layout"] == "grid"
    assert [run["run"] for run in document["runs"]] == ["a", "b"]
    assert [run["parts"][0]["text"] for run in document["runs"]] == ["Words. ", "Words. "]
    assert all(run["timeline"] for run in document["runs"])


def test_python_loads_what_the_page_exports(open_gallery: OpenGallery, tmp_path: Path) -> None:
    page = open_gallery(only="done")
    path = save_export(page, "JSON", tmp_path)
    made_by = json.loads(path.read_text("utf-8"))["made_by"]
    assert made_by == f"stream_widget {importlib.metadata.version('stream-widget')}"
    loaded = sw.load(path)
    assert loaded.state == "completed"
    assert loaded.output_text.startswith("A sorted copy costs")
    assert loaded.usage is not None
    assert loaded.usage.reasoning_tokens == 912


def test_markdown_says_who_when_and_how_much(open_gallery: OpenGallery, tmp_path: Path) -> None:
    page = open_gallery(only="done")
    text = save_export(page, "Markdown", tmp_path).read_text("utf-8")
    for fact in ("openai:gpt-5-mini", "Asked", "reported by the provider", "$0.0026", "## Answer"):
        assert fact in text


def test_html_can_be_read_from_a_file_with_folding_and_without_a_network(
    open_gallery: OpenGallery, tmp_path: Path
) -> None:
    page = open_gallery(only="done")
    path = save_export(page, "HTML", tmp_path)
    assert "script-src 'sha256-" in path.read_text("utf-8")
    requests: list[str] = []
    offline = page.context.new_page()
    offline.on("request", lambda request: requests.append(request.url))
    offline.goto(path.as_uri())
    run = offline.locator("[data-run]")
    run.get_by_text("A sorted copy costs").wait_for()
    assert offline.locator("[data-stream-widget-plain]").count() == 0
    thought = run.get_by_text("Weighing a full sort against a heap")
    assert not thought.is_visible()
    run.locator("summary").first.click()
    assert thought.is_visible()
    run.get_by_role("button", name="Search", exact=True).click()
    run.get_by_label("Search in the texts").fill("heap")
    wait_until(lambda: "of" in str(run.locator(".sw-search-count").text_content()), "it is found")
    assert [url for url in requests if not url.startswith("blob:")] == [path.as_uri()]


def test_html_can_be_read_without_a_script(open_gallery: OpenGallery, tmp_path: Path) -> None:
    page = open_gallery(only="done")
    path = save_export(page, "HTML", tmp_path)
    browser = page.context.browser
    assert browser is not None
    plain = browser.new_page(java_script_enabled=False)
    plain.goto(path.as_uri())
    assert plain.get_by_text("A sorted copy costs").is_visible()
    assert plain.get_by_text("reported by the provider").first.is_visible()
    plain.close()


def test_everything_can_be_copied_as_markdown(open_gallery: OpenGallery) -> None:
    page = open_gallery(only="done")
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name="Copy all as Markdown").click()
    wait_until(
        lambda: "## Reasoning" in str(page.evaluate("navigator.clipboard.readText()")),
        "it is on the clipboard",
    )
