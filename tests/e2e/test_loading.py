"""How the front end's code comes to a page: once, whatever is there already, and by another way
where the usual one is barred."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pytest

from e2e.lab_pages import LabPages
from e2e.notebook import Notebook
from e2e.shown_run import ShownRun
from e2e.streams import ANSWER, REASONING, SCRIPT, stream_source
from stream_widget.scripted import Scenario
from stream_widget.widget.document import MIME_TYPE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Route

    from e2e.lab import Lab
    from stream_widget.scripted import ScriptedServer

EXTENSION: Final = "**/extensions/stream-widget/**"
WIDGET_VIEW: Final = "application/vnd.jupyter.widget-view+json"
BUDGET_BYTES: Final = 10_000
NO_EXTENSION: Final = """
globalThis._JUPYTERLAB ??= {};
globalThis._JUPYTERLAB["stream-widget"] = {
  init() {},
  get: async () => () => ({ __esModule: true, default: [] }),
};
"""
# The first copy of the code to come is not found: as where each cell is a page of its own.
UNHEARD = """(() => {
  class Deaf extends Map {
    set(build, runtime) {
      globalThis.e2eRuntimes = (globalThis.e2eRuntimes ?? 0) + 1;
      return globalThis.e2eRuntimes === 1 ? this : super.set(build, runtime);
    }
  }
  globalThis[Symbol.for("stream_widget.hub.v1")] = {
    runtimes: new Deaf(),
    widgets: new Map(),
    listeners: new Set(),
    asked: new Map(),
    draws: false,
  };
})();"""


@contextmanager
def lab_pages_of(
    browser: Browser, lab: Lab, name: str, prepare: Callable[[BrowserContext], None]
) -> Iterator[LabPages]:
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    prepare(context)
    yield LabPages(lab, context, name=name)
    context.close()


@pytest.fixture(scope="module")
def bare_pages(browser: Browser, lab: Lab) -> Iterator[LabPages]:
    """Pages of a JupyterLab without our extension."""

    def prepare(context: BrowserContext) -> None:
        context.add_init_script(UNHEARD)
        context.route(EXTENSION, lambda route: fulfil(route, NO_EXTENSION))

    with lab_pages_of(browser, lab, "bare", prepare) as pages:
        yield pages


@pytest.fixture
def other_pages(browser: Browser, lab: Lab) -> Iterator[LabPages]:
    """Pages of a JupyterLab whose extension is of another build than the kernel's package."""

    def prepare(context: BrowserContext) -> None:
        context.route(EXTENSION, serve_other_build)

    with lab_pages_of(browser, lab, "other", prepare) as pages:
        yield pages


def fulfil(route: Route, text: str) -> None:
    route.fulfill(body=text, content_type="text/javascript")


def serve_other_build(route: Route) -> None:
    name = route.request.url.split("remoteEntry.")[1].split(".js")[0]
    text = route.fetch().text()
    assert name in text
    fulfil(route, text.replace(name, "0" * len(name)))


@contextmanager
def notebook_in(lab: Lab, pages: LabPages, number: int, *cells: str) -> Iterator[Notebook]:
    path = lab.write_notebook(f"loading-{number}.ipynb", cells, kernel="python3")
    notebook = Notebook(lab, pages, path)
    yield notebook
    notebook.close()
    lab.end_sessions(path.name)
    assert notebook.page_errors == []
    assert notebook.console_errors == []


def assert_whole(notebook: Notebook, cell: int) -> None:
    run = ShownRun.only_one_in(notebook.cell(cell))
    run.wait_for_state("completed")
    assert (run.text("reasoning"), run.text("output")) == (REASONING, ANSWER)
    assert run.root.evaluate("run => getComputedStyle(run).borderTopStyle") == "solid"


def brought(notebook: Notebook) -> int:
    """Bytes of the messages that bring a widget, without what it streams."""
    frames = [frame.encode() if isinstance(frame, str) else frame for frame in notebook.frames]
    kinds = [f'"msg_type": "{kind}"'.encode() for kind in ("comm_open", "display_data")]
    return sum(len(frame) for frame in frames if any(kind in frame for kind in kinds))


def test_the_code_is_asked_for_where_it_does_not_come_by_itself(
    lab: Lab, bare_pages: LabPages, numbers: Callable[[], int], scripted: ScriptedServer
) -> None:
    scripted.play("whole", Scenario(SCRIPT))
    with notebook_in(lab, bare_pages, numbers(), stream_source(scripted, "whole")) as notebook:
        notebook.run(0)
        assert_whole(notebook, 0)
        asked = [frame for frame in notebook.sent_frames if '"type":"module"' in str(frame)]
        assert len(asked) == 1
        # A part that few need comes from the kernel when it is wanted.
        notebook.cell(0).get_by_role("button", name="Search", exact=True).click()
        notebook.cell(0).get_by_label("Search in the texts").wait_for()


def test_the_second_and_the_tenth_widget_bring_no_code(
    lab: Lab, bare_pages: LabPages, numbers: Callable[[], int], scripted: ScriptedServer
) -> None:
    scripted.play("whole", Scenario(SCRIPT))
    cells = [stream_source(scripted, "whole", then="await w")] * 10
    with notebook_in(lab, bare_pages, numbers(), *cells) as notebook:
        costs = []
        for cell in range(10):
            notebook.frames.clear()
            notebook.run(cell)
            costs.append(brought(notebook))
        assert costs[0] > 5 * BUDGET_BYTES  # else nothing was measured
        assert max(costs[1:]) <= BUDGET_BYTES
        assert_whole(notebook, 9)
        # Nothing on this page could draw the document of the saved notebook.
        notebook.wait_for_value(9, "text/html")
        assert notebook.value(9, WIDGET_VIEW)


def test_an_extension_of_another_build_shows_the_view_of_the_kernels_build(
    lab: Lab, other_pages: LabPages, numbers: Callable[[], int], scripted: ScriptedServer
) -> None:
    scripted.play("whole", Scenario(SCRIPT))
    with notebook_in(lab, other_pages, numbers(), stream_source(scripted, "whole")) as notebook:
        notebook.run(0)
        assert_whole(notebook, 0)
        assert notebook.cell(0).locator(f'[data-mime-type="{MIME_TYPE}"] [data-run]').count() == 1
        builds = notebook.page.evaluate(
            '() => [...globalThis[Symbol.for("stream_widget.hub.v1")].runtimes.keys()]'
        )
        assert len(builds) == 2
