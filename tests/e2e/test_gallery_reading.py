"""The reader's place, selection and pace are theirs, whatever arrives."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from e2e.played import PlayedWidget
from e2e.waiting import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from e2e.conftest import OpenGallery

LINES = "".join(f"Line {number} of an answer that is long enough.\n\n" for number in range(60))


def _top(box: Locator) -> float:
    return float(box.evaluate("(box) => box.scrollTop"))


def _wait_at_rest(box: Locator, widget: PlayedWidget) -> None:
    """A key's scrolling takes some frames."""

    def rests() -> bool:
        top = _top(box)
        widget.wait_frames(8)
        return _top(box) == top

    wait_until(rests, "the text has stopped moving")


def _is_at_end(box: Locator) -> bool:
    return bool(box.evaluate("(box) => box.scrollTop + box.clientHeight >= box.scrollHeight - 4"))


@pytest.mark.parametrize("way", ["wheel", "PageUp", "Home", "touch", "scrollbar"])
def test_a_reader_who_scrolls_up_is_left_where_they_are(
    open_gallery: OpenGallery, way: str
) -> None:
    widget = PlayedWidget(open_gallery(empty=1), "one")
    widget.say(LINES)
    box = widget.run().get_by_role("group", name="Answer")
    assert _is_at_end(box)
    _scroll_up(box, way)
    wait_until(lambda: not _is_at_end(box), "the reader is away from the end")
    _wait_at_rest(box, widget)
    place, page_place = _top(box), widget.page.evaluate("scrollY")
    for _ in range(20):
        widget.say(LINES[:400])
        assert _top(box) == place
    assert widget.page.evaluate("scrollY") == page_place
    fresh = widget.run().get_by_role("button", name="new ↓")
    fresh.wait_for()
    fresh.click()
    widget.say(LINES[:400])
    assert _is_at_end(box)
    assert not fresh.is_visible()


def _scroll_up(box: Locator, way: str) -> None:
    page = box.page
    if way == "wheel":
        box.hover()
        page.mouse.wheel(0, -300)
    elif way == "touch":
        box.dispatch_event("touchmove")
        box.evaluate("(box) => { box.scrollTop -= 200; }")
    elif way == "scrollbar":
        box.evaluate("(box) => { box.scrollTop -= 200; }")
    else:
        box.focus()
        page.keyboard.press(way)


def test_the_end_key_catches_on_again(open_gallery: OpenGallery) -> None:
    widget = PlayedWidget(open_gallery(empty=1), "one")
    widget.say(LINES)
    box = widget.run().get_by_role("group", name="Answer")
    box.focus()
    widget.page.keyboard.press("Home")
    wait_until(lambda: _top(box) == 0, "the box is at its start")
    widget.page.keyboard.press("End")
    wait_until(lambda: _is_at_end(box), "the box is at its end")
    widget.say(LINES)
    assert _is_at_end(box)


def test_the_page_of_the_notebook_never_moves(open_gallery: OpenGallery) -> None:
    page = open_gallery()
    widget = PlayedWidget(page, "one")
    page.evaluate("scrollTo(0, 300)")
    for _ in range(10):
        widget.say(LINES)
    assert page.evaluate("scrollY") == 300


def test_a_selection_lasts_and_is_copied_as_it_is(open_gallery: OpenGallery) -> None:
    widget = PlayedWidget(open_gallery(empty=1), "one")
    widget.say(LINES)
    page = widget.page
    page.evaluate(
        """() => {
          const part = document.querySelector("[data-part='output']");
          const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
          const range = document.createRange();
          range.setStart(walker.nextNode(), 0);
          range.setEnd(range.startContainer, 24);
          getSelection().addRange(range);
        }"""
    )
    box = widget.run().get_by_role("group", name="Answer")
    place = _top(box)
    before = page.evaluate("getSelection().toString()")
    assert before.startswith("Line 0 of an answer")
    for _ in range(10):
        widget.say(LINES)
    assert page.evaluate("getSelection().toString()") == before
    assert _top(box) == place
    page.keyboard.press("Control+c")
    wait_until(lambda: page.evaluate("navigator.clipboard.readText()") == before, "it is copied")


WATCH = """
(seconds) => {
  const boxes = [...document.querySelectorAll(".sw-answer-scroll")];
  const places = boxes.map(({ scrollTop }) => [scrollTop, scrollTop]);
  const lengths = () => boxes.map((box) => box.textContent.length);
  const before = lengths();
  return new Promise((resolve) => {
    const until = performance.now() + seconds * 1000;
    const look = () => {
      for (const [at, { scrollTop }] of boxes.entries()) {
        const [least, most] = places[at];
        places[at] = [Math.min(least, scrollTop), Math.max(most, scrollTop)];
      }
      if (performance.now() < until) {
        requestAnimationFrame(look);
      } else {
        const grown = lengths().map((length, at) => length - before[at]);
        resolve({ moved: places.map(([least, most]) => most - least), grown });
      }
    };
    look();
  });
}
"""
"""How far each answer's text moved, looked at in every frame, and how much it grew."""


def test_half_a_minute_of_streaming_moves_neither_place_nor_selection(
    open_gallery: OpenGallery,
) -> None:
    page = open_gallery(live=200, runs=6, layout="grid")
    boxes = page.get_by_role("group", name="Answer")
    overflowing = "(boxes) => boxes.every((box) => box.scrollHeight > box.clientHeight + 800)"
    wait_until(lambda: boxes.count() == 6 and boxes.evaluate_all(overflowing), "all overflow")
    for number, way in enumerate(["wheel", "PageUp", "Home", "touch", "scrollbar"]):
        _scroll_up(boxes.nth(number), way)
    last = boxes.nth(5)
    last.locator("p").first.evaluate("(block) => getSelection().selectAllChildren(block)")
    selected = page.evaluate("getSelection().toString()")
    assert selected.startswith("A sorted copy costs")
    away = (
        "(boxes) => boxes.every((box) => box.scrollTop + box.clientHeight < box.scrollHeight - 4)"
    )
    wait_until(lambda: boxes.evaluate_all(away), "all have let go")
    page.wait_for_timeout(500)  # a key's scrolling takes some frames
    seen = page.evaluate(WATCH, 30)
    assert min(seen["grown"]) > 1000
    assert seen["moved"] == [0] * 6
    assert page.evaluate("getSelection().toString()") == selected
    page.keyboard.press("Control+c")
    wait_until(lambda: page.evaluate("navigator.clipboard.readText()") == selected, "it is copied")
    boxes.nth(0).hover()
    page.mouse.wheel(0, 100_000)
    boxes.nth(1).locator("xpath=..").get_by_role("button", name="new ↓").click()
    boxes.nth(2).focus()
    page.keyboard.press("End")
    for box in (boxes.nth(0), boxes.nth(1), boxes.nth(2)):
        wait_until(partial(_is_at_end, box), "it is at the end")
    page.wait_for_timeout(1000)
    for box in (boxes.nth(0), boxes.nth(1), boxes.nth(2)):
        wait_until(partial(_is_at_end, box), "it follows")


def test_pause_holds_what_is_on_screen_and_resume_shows_all(open_gallery: OpenGallery) -> None:
    widget = PlayedWidget(open_gallery(empty=1), "one")
    widget.say("Seen. ")
    widget.run().get_by_role("button", name="Pause", exact=True).click()
    for _ in range(10):
        widget.say(LINES)
        assert "Line" not in widget.text()
    resume = widget.run().get_by_role("button", name="Resume", exact=True)
    wait_until(lambda: "held" in str(resume.get_attribute("title")), "it says what is held")
    resume.click()
    wait_until(lambda: widget.text().count("Line 59") == 10, "all that was held is shown")


def test_cancel_shows_that_it_was_cancelled_and_keeps_the_text(open_gallery: OpenGallery) -> None:
    widget = PlayedWidget(open_gallery(empty=1), "one")
    widget.say("Kept. ")
    widget.run().get_by_role("button", name="Cancel", exact=True).click()
    wait_until(lambda: widget.run().get_attribute("data-state") == "cancelled", "it is cancelled")
    assert "Kept." in widget.text()


def test_a_run_is_replayed_from_its_start_and_escape_shows_all_again(
    open_gallery: OpenGallery,
) -> None:
    widget = PlayedWidget(open_gallery(empty=1), "one")
    widget.say("First. ")
    widget.page.wait_for_timeout(600)  # a pace of its own, for the replay to keep
    widget.say("Last.")
    widget.end()
    run = widget.run()
    run.get_by_role("button", name="More", exact=True).click()
    widget.page.get_by_role("menuitem", name="Replay at its own pace").click()
    wait_until(lambda: "First." in widget.text() and "Last." not in widget.text(), "it replays")
    assert "replaying" in str(run.locator(".sw-pill").text_content())
    run.get_by_role("button", name="Stop replay").focus()
    widget.page.keyboard.press("Escape")
    wait_until(lambda: "Last." in widget.text(), "all is shown again")
    assert run.get_attribute("data-state") == "completed"
    assert widget.sent() == []
