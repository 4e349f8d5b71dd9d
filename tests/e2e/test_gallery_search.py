"""The search finds what a reader would see, shows it, and moves nothing unasked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from e2e.played import PlayedWidget
from e2e.waiting import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from e2e.conftest import OpenGallery

FILLER = "".join(f"Line {number} of many.\n\n" for number in range(80))

_CURRENT = """
() => {
  const [range] = CSS.highlights.get("sw-hit") ?? [];
  if (range === undefined) return null;
  const hit = range.getBoundingClientRect();
  const box = range.startContainer.parentElement.closest(".sw-scroll")?.getBoundingClientRect();
  return {
    text: range.toString(),
    inBox: box === undefined || hit.height > 0 && hit.top >= box.top && hit.bottom <= box.bottom,
  };
}
"""


class _Search:
    def __init__(self, root: Locator) -> None:
        self.root = root
        self.page = root.page
        root.get_by_role("button", name="Search", exact=True).click()
        self.field = root.get_by_label("Search in the texts")
        self.field.wait_for()

    def find(self, words: str, count: str) -> None:
        self.field.fill(words)
        self.wait_for_count(count)

    def wait_for_count(self, count: str) -> None:
        shown = self.root.locator(".sw-search-count")
        wait_until(lambda: shown.text_content() == count, f"the search counts {count}")

    def wait_for_hit(self, text: str) -> None:
        wait_until(
            lambda: self.page.evaluate(_CURRENT) == {"text": text, "inBox": True},
            f"the hit {text!r} is shown",
        )


def test_hits_are_counted_stepped_through_and_brought_into_view(
    open_gallery: OpenGallery,
) -> None:
    widget = PlayedWidget(open_gallery(empty=1), "one")
    widget.say("A needle first.\n\n" + FILLER + "A NEEDLE last.")
    search = _Search(widget.root)
    search.find("needle", "1 of 2")
    search.wait_for_hit("needle")
    search.field.press("Enter")
    search.wait_for_count("2 of 2")
    search.wait_for_hit("NEEDLE")
    search.field.press("Enter")
    search.wait_for_count("1 of 2")
    search.field.press("Shift+Enter")
    search.wait_for_count("2 of 2")
    search.field.fill("not there")
    search.wait_for_count("no hits")
    search.field.press("Escape")
    assert not search.field.is_visible()
    assert widget.page.evaluate("CSS.highlights.get('sw-hits').size") == 0


def test_hits_in_text_that_is_still_arriving_are_counted(open_gallery: OpenGallery) -> None:
    widget = PlayedWidget(open_gallery(empty=1), "one")
    widget.say("needle ")
    search = _Search(widget.root)
    search.find("needle", "1 of 1")
    widget.say(FILLER)
    widget.say("nee")
    widget.say("dle ")
    search.wait_for_count("1 of 2")


def test_a_hit_in_folded_reasoning_opens_it(open_gallery: OpenGallery) -> None:
    page = open_gallery(only="done")
    root = page.locator(".stream-widget")
    reasoning = root.locator("details.sw-reasoning")
    assert reasoning.get_attribute("open") is None
    search = _Search(root)
    search.find("order of ties", "1 of 1")
    search.wait_for_hit("order of ties")
    assert reasoning.get_attribute("open") is not None


def test_a_hit_in_another_tab_opens_the_tab(open_gallery: OpenGallery) -> None:
    widget = PlayedWidget(open_gallery(empty=1), "one", "two", layout="tabs")
    widget.say("Only hay.", "one")
    widget.say(FILLER + "The needle.", "two")
    widget.root.get_by_role("tab").first.wait_for()
    search = _Search(widget.root)
    search.find("needle", "1 of 1")
    search.wait_for_hit("needle")
    assert widget.run("two").is_visible()


def test_the_merged_column_is_searched_as_it_stands(open_gallery: OpenGallery) -> None:
    widget = PlayedWidget(open_gallery(empty=1), "one", "two", layout="merged")
    widget.say("A needle of one. ", "one")
    widget.end("one")
    widget.say("A needle of two. ", "two")
    widget.end("two")
    merged = widget.root.locator(".sw-merged")
    wait_until(lambda: "needle of two" in str(merged.text_content()), "both have spoken")
    search = _Search(widget.root)
    search.find("needle", "1 of 2")
    search.find("gpt-5", "no hits")


def test_typing_does_not_move_the_page_and_a_step_does(open_gallery: OpenGallery) -> None:
    page = open_gallery(empty=1)
    first = PlayedWidget(page, "one", name="first")
    first.say("hay. " * 5)
    page.evaluate("document.getElementById('gallery').style.paddingBottom = '3000px'")
    first.root.evaluate("(root) => { root.style.marginBottom = '0'; }")
    first.say(FILLER + "The needle.")
    first.run().get_by_role("button", name="Full height").click()
    search = _Search(first.root)
    page.evaluate("scrollTo(0, 0)")
    search.find("needle", "1 of 1")
    first.wait_frames()
    assert page.evaluate("scrollY") == 0
    search.field.press("Enter")
    wait_until(lambda: page.evaluate("scrollY") > 0, "the page goes to the hit it was sent to")


def test_a_hit_near_the_end_stays_in_view_while_text_arrives(open_gallery: OpenGallery) -> None:
    widget = PlayedWidget(open_gallery(empty=1), "one")
    widget.say(FILLER + "The needle.\n\n" + "hay\n")
    box = widget.run().get_by_role("group", name="Answer")
    box.focus()
    widget.page.keyboard.press("Home")
    wait_until(lambda: box.evaluate("(box) => box.scrollTop") == 0, "the box is at its start")
    search = _Search(widget.root)
    search.find("needle", "1 of 1")
    search.field.press("Enter")
    search.wait_for_hit("needle")
    for _ in range(5):
        widget.say(FILLER)
    search.wait_for_hit("needle")


def test_no_more_than_a_thousand_places_are_marked(open_gallery: OpenGallery) -> None:
    widget = PlayedWidget(open_gallery(empty=1), "one")
    widget.say("hit and hit\n\n" * 2000)
    wait_until(lambda: widget.text().count("hit") == 4000, "all is painted")
    search = _Search(widget.root)
    search.find("hit", "1 of 4,000")
    _wait_for_marks(widget.page, 1000)


def test_each_mark_is_its_own_widgets(open_gallery: OpenGallery) -> None:
    page = open_gallery(empty=1)
    one = PlayedWidget(page, "one", name="w1")
    two = PlayedWidget(page, "two", name="w2")
    one.say("needle")
    two.say("needle needle")
    first, second = _Search(one.root), _Search(two.root)
    first.find("needle", "1 of 1")
    second.find("needle", "1 of 2")
    _wait_for_marks(page, 3)
    second.field.press("Escape")
    _wait_for_marks(page, 1)


def _wait_for_marks(page: Page, count: int) -> None:
    """They are drawn in the frame after the one that counts them."""
    size = "CSS.highlights.get('sw-hits')?.size"
    wait_until(lambda: page.evaluate(size) == count, f"{count} places are marked")


def test_control_f_searches_here_only_while_the_focus_is_here(open_gallery: OpenGallery) -> None:
    page = open_gallery(only="done")
    page.evaluate(
        "document.addEventListener('keydown', (event) => {"
        " globalThis.kept = event.defaultPrevented; event.preventDefault(); })"
    )
    field = page.get_by_label("Search in the texts")
    page.keyboard.press("Control+f")
    assert page.evaluate("kept") is False
    assert field.count() == 0
    page.get_by_role("button", name="Copy", exact=True).focus()
    page.keyboard.press("Control+f")
    field.wait_for()
    assert field.evaluate("(field) => field === document.activeElement")
