"""How a text looks is the reader's and the page's choice, at any moment of a stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

from e2e.gallery import AXE
from e2e.played import PlayedWidget
from e2e.waiting import wait_until

if TYPE_CHECKING:
    from e2e.conftest import OpenGallery

FIRST = "# Heaps\n\nA **heap** keeps `k` items.\n\n```python\nimport heapq\nheap = []\n```\n\n"
SECOND = "| a | b |\n| - | - |\n| 1 | 2 |\n\nThe *end*"

_CONTRAST = """
async () => {
  const found = await axe.run(".stream-widget", { runOnly: ["color-contrast"] });
  return found.violations.flatMap(({ nodes }) => nodes.map((node) => node.failureSummary));
}
"""


def test_source_and_rendered_text_change_places_in_mid_stream(open_gallery: OpenGallery) -> None:
    widget = PlayedWidget(open_gallery(empty=1), "one")
    widget.say(FIRST)
    assert widget.text() == FIRST
    output = widget.run().locator('[data-part="output"]')
    source = widget.root.get_by_role("button", name="Source", exact=True)
    source.click()
    output.locator("h1, h2, h3").get_by_text("Heaps", exact=True).wait_for()
    widget.say(SECOND)
    assert output.locator("strong").text_content() == "heap"
    assert output.locator("td").all_text_contents() == ["1", "2"]
    source.click()
    wait_until(lambda: widget.text() == FIRST + SECOND, "the text stands as it was written")
    widget.say(" of it.")
    widget.end()
    assert widget.text() == FIRST + SECOND + " of it."


def test_code_gets_its_colours_while_it_streams(open_gallery: OpenGallery) -> None:
    widget = PlayedWidget(open_gallery(empty=1), "one")
    widget.say(FIRST)
    widget.root.get_by_role("button", name="Source", exact=True).click()
    code = widget.run().locator('[data-part="output"] pre')
    code.wait_for()
    wait_until(lambda: code.locator("span").count() > 0, "the code has colours")
    assert "import heapq\nheap = []" in str(code.text_content())


def test_colours_of_the_page_may_change_in_mid_stream(open_gallery: OpenGallery) -> None:
    widget = PlayedWidget(open_gallery(empty=1, theme="light"), "one")
    widget.say(FIRST)
    widget.root.get_by_role("button", name="Source", exact=True).click()
    page = widget.page
    page.emulate_media(reduced_motion="reduce")
    page.add_script_tag(path=AXE)
    for theme in ("dark", "light"):
        page.evaluate("(theme) => { document.body.className = theme; }", theme)
        wait_until(
            lambda theme=theme: widget.root.get_attribute("data-theme") == theme,
            f"the widget is {theme}",
        )
        widget.say(SECOND + "\n\n")
        assert page.evaluate(_CONTRAST) == []
    assert widget.run().locator('[data-part="output"] table').count() == 2
