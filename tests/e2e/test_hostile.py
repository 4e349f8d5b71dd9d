"""Hostile texts, wherever they are shown: nothing is fetched, nothing runs, all nodes are plain."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import nbformat
import pytest
from nbconvert import HTMLExporter

import stream_widget as sw
from e2e.hostile_documents import bomb
from e2e.hostile_texts import in_every_field, one_text, payloads, short_text
from e2e.hostile_view import assert_plain, show_rendered, show_source, wait_until_drawn
from e2e.saved_export import save_export
from e2e.saved_notebook import NO_SUCH_KERNEL, SavedNotebook, write_saved
from e2e.shown_run import runs_in
from e2e.trap import Trap, Watched
from e2e.waiting import wait_until
from stream_widget.scripted import Scenario, Script, ScriptedServer
from stream_widget.scripted.script import ToolCall
from stream_widget.widget.document import MIME_TYPE, run_document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page, Route

    from e2e.conftest import OpenGallery, OpenNotebook
    from e2e.lab import Lab
    from e2e.lab_pages import LabPages

POLICY: Final = "require-trusted-types-for 'script'; img-src 'none'"
ELSEWHERE: Final = re.compile(r"^https?://(?!127\.0\.0\.1[:/])")
ASK: Final = """
import stream_widget as sw
def ask(model, **more):
    return sw.stream("Go on.", model=f"scripted:{model}", base_url=URL, effort="high", **more)
"""


@pytest.fixture(scope="module")
def trap() -> Iterator[Trap]:
    """What no text may reach, and whom every text names."""
    with Trap() as running:
        yield running


@pytest.fixture(scope="module")
def server(trap: Trap) -> Iterator[ScriptedServer]:
    """Models that say nothing but hostile texts."""
    text = one_text(trap)
    as_json = json.dumps({"texts": payloads(trap), text: text, "__proto__": {"polluted": text}})
    calls = (ToolCall("look", as_json), ToolCall("<img src=x onerror=alert(1)>", text))
    with ScriptedServer() as running:
        for name, script in {
            "prose": Script(answer=text, reasoning=(text,)),
            "refusing": Script(reasoning=(text,), refusal=text, tool_calls=calls),
            "json": Script(answer=as_json),
        }.items():
            running.play(name, Scenario(script, write_bytes=8191))
        yield running


@pytest.fixture(scope="module")
def output(server: ScriptedServer) -> dict[str, Any]:
    """What a cell's output holds when such a run has ended."""
    widget = sw.stream("Go on.", model="scripted:prose", base_url=server.base_url, effort="high")
    return dict(widget.wait(60)._repr_mimebundle_()[0])


@pytest.fixture(scope="module")
def view(server: ScriptedServer, trap: Trap) -> dict[str, Any]:
    """A run whose every text is hostile: names, models, notices, errors, tools."""
    widget = sw.stream("Go on.", model="scripted:refusing", base_url=server.base_url)
    known = widget.wait(60).to_dict()
    text, short = one_text(trap), short_text(trap)
    error = {"kind": "server", "message": "", "status": 500, "code": "", "retry_after_s": None}
    parts = [{**known["parts"][0], "kind": "output_text", "text": ""}, *known["parts"]]
    changed = {
        **known,
        **dict.fromkeys(("name", "response_model", "effort", "summary", "verbosity"), ""),
        "error": error,
        "notices": [{"level": "warn", "text": ""}],
        "parts": parts,
        "timeline": "",
    }
    made = in_every_field(changed, short)
    made["parts"] = [{**part, "text": text} for part in made["parts"]]
    return {**made, "raw_finish_reason": short}


@pytest.fixture
def outside(browser: Browser) -> Iterator[BrowserContext]:
    """A browser for files; whatever is neither a file nor on this machine is out of reach."""
    context = browser.new_context()
    context.route(ELSEWHERE, lambda route: route.abort())
    yield context
    context.close()


def test_a_page_that_trusted_these_texts_would_be_caught(
    outside: BrowserContext, server: ScriptedServer
) -> None:
    with Trap() as trap, Watched(outside.new_page(), trap) as watched:
        watched.page.goto(server.base_url)
        texts = [text for kind, text in payloads(trap) if kind in ("html", "mathml")]
        watched.page.evaluate(
            "(texts) => { for (const text of texts) {"
            " const at = document.createElement('div'); document.body.append(at);"
            " at.innerHTML = text; } }",
            [text for text in texts if "refresh" not in text],
        )
        wait_until(lambda: "GET /p.gif" in trap.asked, "the trap is asked")
        faults = " ".join(watched.faults())
    assert "dialog 1" in faults
    assert "a script of a text has run" in faults


def test_live_in_jupyterlab_they_are_plain_nodes(
    open_notebook: OpenNotebook, server: ScriptedServer, trap: Trap
) -> None:
    cell = (
        f"URL = {server.base_url!r}\n{ASK}\n"
        "runs = [ask('prose'), ask('refusing'), ask('json', text_format={'type': 'json_object'})]\n"
        "sw.show(runs)"
    )
    notebook = open_notebook(cell)
    show_rendered(notebook.page)
    try:
        with Watched(notebook.page, trap) as watched:
            notebook.run(0)
            place = notebook.cell(0)
            wait_until(
                lambda: [run.state for run in runs_in(place)] == ["completed"] * 3,
                "all three runs are over",
            )
            wait_until_drawn(place)
            wait_until(lambda: place.locator(".sw-json-nest").count() > 1, "JSON is drawn")
            assert_plain(notebook.page)
            assert watched.faults() == []
        # A loaded page asks for nothing but its own.
        assert [
            url
            for url in watched.requests
            if url.startswith("http:") and not url.startswith(notebook.lab.url)
        ] == []
    finally:
        show_source(notebook.page)


def test_a_saved_notebook_that_nobody_trusts_draws_them_as_plain_nodes(
    lab: Lab, lab_pages: LabPages, output: dict[str, Any], view: dict[str, Any], trap: Trap
) -> None:
    copies = {kind: {kind: output[kind]} for kind in ("text/html", "text/markdown", "text/plain")}
    documents = [
        {MIME_TYPE: output[MIME_TYPE]},
        {MIME_TYPE: run_document("w", "stack", [view])},  # pyright: ignore[reportArgumentType]
        {MIME_TYPE: {"schema": 1, "packed": bomb(100_000_000)}},
    ]
    write_saved(lab, "hostile-texts.ipynb", [*documents, *copies.values()], NO_SUCH_KERNEL)
    page = lab_pages.take()
    show_rendered(page)
    lab_pages.give_back(page)
    try:
        with (
            SavedNotebook(lab_pages, "hostile-texts.ipynb") as notebook,
            Watched(notebook.page, trap) as watched,
        ):
            assert not notebook.is_trusted(0)
            for cell in (0, 1):
                wait_until_drawn(notebook.cell(cell))
            notebook.cell(2).get_by_text("larger than 64 MB").wait_for()
            for cell, kind in enumerate(copies, 3):
                drawn = notebook.cell(cell).locator(f'[data-mime-type="{kind}"]')
                drawn.get_by_text("onerror").first.wait_for(state="attached")
                assert drawn.locator(":is(img, iframe, video, object, embed, form)").count() == 0
            assert_plain(notebook.page)
            assert watched.faults() == []
            assert notebook.foreign_requests(lab.url) == []
    finally:
        page = lab_pages.take()
        show_source(page)
        lab_pages.give_back(page)


def test_what_nbconvert_writes_holds_them_as_text(
    outside: BrowserContext, output: dict[str, Any], trap: Trap, tmp_path: Path
) -> None:
    cell = nbformat.v4.new_code_cell("w", outputs=[nbformat.v4.new_output("display_data", output)])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    path = tmp_path / "converted.html"
    path.write_text(HTMLExporter().from_notebook_node(notebook)[0], "utf-8", "replace")
    with Watched(outside.new_page(), trap) as watched:
        watched.page.goto(path.as_uri())
        assert watched.page.get_by_label("Answer").get_by_text("onerror").first.is_visible()
        assert watched.faults() == []


def test_an_exported_page_holds_them_in_every_field(
    browser: Browser, view: dict[str, Any], trap: Trap, tmp_path: Path
) -> None:
    _assert_harmless_file(browser, _exported(view, tmp_path), trap)


def test_a_page_exported_by_the_page_holds_them_too(
    open_gallery: OpenGallery, browser: Browser, view: dict[str, Any], trap: Trap, tmp_path: Path
) -> None:
    page = open_gallery(empty=1)
    with Watched(page, trap) as watched:
        _mount(page, view)
        wait_until_drawn(page)
        path = save_export(page, "HTML", tmp_path)
        assert watched.faults() == []
    _assert_harmless_file(browser, path, trap)


def test_under_a_strict_policy_a_finished_and_a_streaming_run_break_no_rule(
    open_gallery: OpenGallery, view: dict[str, Any], trap: Trap
) -> None:
    page = open_gallery(empty=1)
    page.route("**/index.html*", _with_policy)
    _note_violations(page)
    page.reload()
    page.wait_for_function("() => 'gallery' in globalThis")
    with Watched(page, trap) as watched:
        _mount(page, view)
        page.evaluate(
            "(text) => { const player = new gallery.Player('live', ['live'], 'stack');"
            " gallery.mount('live', player.model); player.begin(['live']);"
            " player.type(['live'], text, 977); }",
            one_text(trap),
        )
        wait_until_drawn(page.locator('[data-scene="hostile"]'))
        page.locator('[data-run="live"][data-state="completed"]').wait_for()
        wait_until_drawn(page.locator('[data-scene="live"]'))
        assert_plain(page)
        assert watched.faults() == []
        assert page.evaluate("() => globalThis.violations") == []
        with pytest.raises(Exception, match="TrustedHTML"):
            page.evaluate("() => { document.createElement('p').innerHTML = 'x'; }")


def test_an_exported_page_draws_itself_under_a_strict_policy(
    browser: Browser, view: dict[str, Any], trap: Trap, tmp_path: Path
) -> None:
    text = _exported(view, tmp_path).read_text("utf-8")
    context = browser.new_context()
    page = context.new_page()
    page.route(
        "**/exported.html",
        lambda route: route.fulfill(
            body=text, content_type="text/html", headers={"Content-Security-Policy": POLICY}
        ),
    )
    _note_violations(page)
    with Watched(page, trap) as watched:
        page.goto("http://127.0.0.1:9/exported.html")
        wait_until_drawn(page)
        assert_plain(page)
        assert watched.faults() == []
        assert page.evaluate("() => globalThis.violations") == []
    context.close()


def _exported(view: dict[str, Any], folder: Path) -> Path:
    document = {"schema": 1, "layout": "stack", "runs": [view]}
    kept = folder / "kept.json"
    kept.write_text(json.dumps(document), "utf-8")
    return sw.load(kept).export(folder / "exported.html")


def _assert_harmless_file(browser: Browser, path: Path, trap: Trap) -> None:
    """Open it with scripts and without."""
    context = browser.new_context()
    with Watched(context.new_page(), trap) as watched:
        watched.page.goto(path.as_uri())
        wait_until_drawn(watched.page)
        assert_plain(watched.page)
        assert watched.page.locator("[data-stream-widget-plain]").count() == 0
        assert watched.page.get_by_text("About these runs").is_visible()
        assert watched.faults() == []
    context.close()
    context = browser.new_context(java_script_enabled=False)
    with Watched(context.new_page(), trap) as watched:
        watched.page.goto(path.as_uri())
        plain = watched.page.locator("[data-stream-widget-plain]")
        assert plain.get_by_text("onerror").first.is_visible()
        assert not watched.page.get_by_text("About these runs").is_visible()
        assert watched.faults(scripts=False) == []
    context.close()


def _mount(page: Page, view: dict[str, Any]) -> None:
    page.evaluate(
        "(view) => { gallery.mount('hostile', new gallery.FakeModel('hostile',"
        " gallery.snapshots([view]))); }",
        view,
    )


def _with_policy(route: Route) -> None:
    got = route.fetch()
    headers = {**got.headers, "Content-Security-Policy": POLICY}
    route.fulfill(response=got, headers=headers)


def _note_violations(page: Page) -> None:
    page.add_init_script(
        "globalThis.violations = [];"
        "addEventListener('securitypolicyviolation', (event) =>"
        " violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));"
    )
