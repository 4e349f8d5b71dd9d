"""Nothing in any state keeps anybody out: axe finds nothing, and nothing is wider than its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from e2e.gallery import AXE, SETTLED
from e2e.waiting import wait_until

if TYPE_CHECKING:
    from e2e.conftest import OpenGallery

_FIND = """
async () => {
  const found = await axe.run("[data-scene]", { resultTypes: ["violations"] });
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target} ${node.failureSummary}`));
}
"""

_TOO_WIDE = """
() => [...document.querySelectorAll(".stream-widget, .stream-widget *")]
  .filter((node) => node.getBoundingClientRect().right > innerWidth + 1)
  .filter((node) => node.closest(".sw-scroll, .sw-tabs, .sw-unseen") === null)
  .map((node) => `${node.closest("[data-scene]").dataset.scene}: ${node.className}`)
"""

_SETTLED = """
() => document.querySelectorAll(".sw-toolbar").length ===
  document.querySelectorAll(".sw-runs:not([data-arrangement='stack'])").length &&
  document.querySelector("[data-part='output'] table") !== null
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_any_scene(open_gallery: OpenGallery, theme: str) -> None:
    page = open_gallery(theme=theme)
    page.wait_for_function(_SETTLED)
    page.wait_for_function(SETTLED)
    page.emulate_media(reduced_motion="reduce")  # a dot that fades has no contrast of its own
    page.add_script_tag(path=AXE)
    assert page.evaluate(_FIND) == []


def test_axe_finds_nothing_with_search_and_menu_open(open_gallery: OpenGallery) -> None:
    page = open_gallery(only="done")
    page.add_script_tag(path=AXE)
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_label("Search in the texts").fill("heap")
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name="Export as JSON").wait_for()
    assert page.evaluate(_FIND) == []


@pytest.mark.parametrize("width", [320, 500, 1600])
def test_nothing_is_wider_than_the_page(open_gallery: OpenGallery, width: int) -> None:
    page = open_gallery()
    page.set_viewport_size({"width": width, "height": 800})
    page.wait_for_function(_SETTLED)
    # What is off screen is laid out for another width until it is drawn again.
    wait_until(lambda: page.evaluate(_TOO_WIDE) == [], f"nothing is too wide at {width} px")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_page_at_twice_its_size_is_not_wider_than_the_window(open_gallery: OpenGallery) -> None:
    page = open_gallery()
    page.set_viewport_size({"width": 1000, "height": 800})
    page.evaluate("document.body.style.zoom = 2")
    page.wait_for_function(_SETTLED)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1000
