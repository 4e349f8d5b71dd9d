"""What a drawn view of hostile texts must and must not have on the page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from e2e.waiting import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

__all__ = ["assert_plain", "show_rendered", "show_source", "wait_until_drawn"]

_FAULTS: Final = Path(__file__).with_name("plain_nodes.js").read_text("utf-8")

_PREFER: Final = """(changes) => {
  const prefs = "stream_widget.prefs.v1";
  const known = JSON.parse(localStorage[prefs] ?? "{}");
  localStorage[prefs] = JSON.stringify({ ...known, ...changes });
  dispatchEvent(new Event(prefs));
}"""


def show_rendered(page: Page) -> None:
    """Show answers as they are meant to look."""
    page.evaluate(_PREFER, {"source": False})


def show_source(page: Page) -> None:
    """Show answers as they were written."""
    page.evaluate(_PREFER, {"source": True})


def wait_until_drawn(place: Page | Locator, *, assets: bool = True) -> None:
    """Wait until all kinds of nodes that a text may make are there, in opened parts too.

    Args:
        place: Where the runs are.
        assets: Whether maths and colours must have come.
    """
    root = place.locator(".stream-widget").first
    root.wait_for()
    kinds = [".sw-image", ".sw-no-image", ".sw-no-link", 'a[rel~="nofollow"]', "table", "hr, h1"]
    for kind in [*kinds, *(["math", '[class^="sw-c-"]'] if assets else [])]:
        wait_until(
            lambda kind=kind: root.locator(kind).count() > 0,
            f"the text has made {kind}",
            timeout_s=20,
        )
    root.locator("details").evaluate_all("all => all.forEach((each) => { each.open = true; })")


def assert_plain(page: Page) -> None:
    """There is nothing in any widget but nodes of ours, and images are still to be asked for."""
    faults = page.evaluate(_FAULTS)
    assert not faults, faults
