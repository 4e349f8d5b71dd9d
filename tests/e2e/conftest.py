"""A browser, a JupyterLab and a scripted server for the tests of this folder."""

from __future__ import annotations

import itertools
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from e2e import chromium
from e2e.gallery import Gallery
from e2e.lab import Lab
from e2e.lab_pages import LabPages
from e2e.notebook import Notebook
from e2e.secrets_planted import VARIABLES
from stream_widget.scripted import ScriptedServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

HERE = Path(__file__).parent
FIRST_TIME_S = 600
"""The first test of a process may install a browser and a second kernel, or wait for that."""


class OpenGallery(Protocol):
    """Opens the gallery page; see ``js/gallery/gallery.ts`` for what may be asked of it."""

    def __call__(self, **query: str | int) -> Page: ...


class OpenNotebook(Protocol):
    """Opens a new notebook with these cells."""

    def __call__(self, *cells: str, kernel: str = ...) -> Notebook: ...


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Give each file's first test the time to install what is missing: any file may be first."""
    ours = [item for item in items if HERE in item.path.parents]
    for item in {item.path: item for item in reversed(ours)}.values():
        item.add_marker(pytest.mark.timeout(FIRST_TIME_S))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
        program = chromium.find_or_install(own)
        running = playwright.chromium.launch(executable_path=program, args=[*chromium.ARGUMENTS])
        yield running
        running.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Lab]:
    """A JupyterLab with two kernels."""
    packages_6 = pytestconfig.cache.mkdir("ipykernel-6")
    with Lab(tmp_path_factory.mktemp("lab"), packages_6, variables=VARIABLES) as running:
        yield running


@pytest.fixture(scope="session")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One person's browser: pages share what they have loaded."""
    opened = browser.new_context(
        viewport={"width": 1200, "height": 900}, permissions=["clipboard-read", "clipboard-write"]
    )
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def lab_pages(lab: Lab, context: BrowserContext) -> LabPages:
    """Pages for notebooks."""
    return LabPages(lab, context)


@pytest.fixture(scope="session")
def numbers() -> Callable[[], int]:
    """Numbers for names: no two notebooks of a session share one."""
    return itertools.count(1).__next__


@pytest.fixture(scope="session")
def aside() -> Iterator[Executor]:
    """For what takes time and nobody waits for."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


@pytest.fixture(scope="session")
def gallery() -> Iterator[Gallery]:
    """The gallery page, built."""
    with Gallery() as running:
        yield running


@pytest.fixture
def open_gallery(gallery: Gallery, browser: Browser) -> Iterator[OpenGallery]:
    """Opens gallery pages, each with a memory of its own; fails where one had any error."""
    errors: list[str] = []
    context = browser.new_context(
        viewport={"width": 1000, "height": 800}, permissions=["clipboard-read", "clipboard-write"]
    )

    def open_one(**query: str | int) -> Page:
        page = gallery.open(context, **query)
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_one
    context.close()
    assert errors == []


@pytest.fixture
def open_notebook(
    lab: Lab, lab_pages: LabPages, numbers: Callable[[], int], aside: Executor
) -> Iterator[OpenNotebook]:
    """Opens new notebooks; fails the test where a page of theirs had any error."""
    opened: list[Notebook] = []

    def open_one(*cells: str, kernel: str = "python3") -> Notebook:
        path = lab.write_notebook(f"notebook-{numbers()}.ipynb", cells, kernel=kernel)
        opened.append(Notebook(lab, lab_pages, path))
        return opened[-1]

    yield open_one
    for notebook in opened:
        notebook.close()
        aside.submit(lab.end_sessions, notebook.path.name)
    assert [error for notebook in opened for error in notebook.page_errors] == []
    assert [error for notebook in opened for error in notebook.console_errors] == []


@pytest.fixture
def scripted() -> Iterator[ScriptedServer]:
    """A scripted server in this process; cells reach it by its ``base_url``."""
    with ScriptedServer() as running:
        yield running
