"""Views come and go, tabs are hidden, messages get lost: the text is whole, and nothing leaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from e2e.played import PlayedWidget
from e2e.waiting import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Page

    from e2e.conftest import OpenGallery

_MOUNT_AND_UNMOUNT = """
async (times) => {
  const { model } = globalThis.players.played;
  for (let at = 0; at < times; at += 1) {
    const el = document.createElement("div");
    document.body.append(el);
    const end = gallery.widget.render({ model, el });
    await new Promise(requestAnimationFrame);
    end();
    el.remove();
    await new Promise(requestAnimationFrame);
  }
}
"""

_HIDE = """
(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}
"""


def _count(session: CDPSession) -> dict[str, int]:
    session.send("HeapProfiler.collectGarbage")
    session.send("HeapProfiler.collectGarbage")
    return dict(session.send("Memory.getDOMCounters"))


@pytest.mark.parametrize("layout", ["stack", "grid"])
def test_views_that_are_gone_leave_nothing_behind(open_gallery: OpenGallery, layout: str) -> None:
    page = open_gallery(empty=1)
    widget = PlayedWidget(page, "a", "b", layout=layout)
    widget.say("Some words. " * 50)
    widget.end()
    session = page.context.new_cdp_session(page)
    page.evaluate(_MOUNT_AND_UNMOUNT, 3)  # what is made once for the page is made now
    page.wait_for_timeout(2000)  # the theme is looked at again for so long
    before = _count(session)
    page.evaluate(_MOUNT_AND_UNMOUNT, 20)
    page.wait_for_timeout(2000)
    after = _count(session)
    assert after["jsEventListeners"] <= before["jsEventListeners"]
    assert after["nodes"] <= before["nodes"] + 40


def test_a_hidden_page_is_whole_when_it_comes_back(open_gallery: OpenGallery) -> None:
    widget = PlayedWidget(open_gallery(empty=1), *[f"r{at}" for at in range(8)], layout="grid")
    widget.say("Seen. ")
    page = widget.page
    page.evaluate(_HIDE, arg=True)
    for _ in range(5):
        widget.say("Unseen. " * 100)
    page.evaluate(_HIDE, arg=False)
    widget.wait_frames(12)
    assert widget.text("r0") == "Seen. " + "Unseen. " * 500


def test_a_collapsed_cell_is_whole_when_it_opens(open_gallery: OpenGallery) -> None:
    widget = PlayedWidget(open_gallery(empty=1), "a")
    widget.say("Seen. ")
    place = widget.page.locator("[data-scene]")
    place.evaluate("(place) => { place.style.display = 'none'; }")
    widget.wait_frames(10)
    widget.say("Unseen. ")
    place.evaluate("(place) => { place.style.display = ''; }")
    wait_until(lambda: widget.text() == "Seen. Unseen. ", "all is there")


def test_two_views_of_one_model_show_the_same(open_gallery: OpenGallery) -> None:
    page = open_gallery(empty=1)
    widget = PlayedWidget(page, "a")
    page.evaluate(
        """() => {
          const el = document.createElement("div");
          document.body.append(el);
          gallery.widget.render({ model: players.played.model, el });
        }"""
    )
    widget.say("Words for both. ")
    parts = page.locator("[data-part='output']")
    assert parts.all_text_contents() == ["Words for both. "] * 2
    parts.first.locator("xpath=ancestor::*[@data-run]").get_by_role(
        "button", name="Pause", exact=True
    ).click()
    wait_until(
        lambda: page.locator("[data-run][data-state='paused']").count() == 2,
        "both views say it is paused",
    )


def test_a_view_that_is_made_anew_stands_where_the_old_one_stood(
    open_gallery: OpenGallery,
) -> None:
    page = open_gallery(empty=1)
    widget = PlayedWidget(page, "a")
    widget.say("Line.\n\n" * 200)
    box = page.get_by_role("group", name="Answer")
    box.evaluate("(box) => { box.scrollTop = 150; }")
    widget.wait_frames()
    widget.say("More. ")
    page.evaluate(
        """() => {
          document.querySelector(".stream-widget").remove();
          const el = document.querySelector("[data-scene]");
          gallery.widget.render({ model: players.played.model, el });
        }"""
    )
    widget.wait_frames()
    assert box.evaluate("(box) => box.scrollTop") == 150


def test_a_lost_message_is_asked_for_and_the_gap_is_told(open_gallery: OpenGallery) -> None:
    page = open_gallery(empty=1)
    widget = PlayedWidget(page, "a")
    widget.say("Before. ")
    page.evaluate(
        """() => {
          const { model } = players.played;
          model.answer = () => undefined;
          model.push({ n: 1000, patches: [["a", 99, 0, "After."]] });
        }"""
    )
    wait_until(
        lambda: "has not reached this page" in str(widget.root.text_content()), "the gap is told"
    )
    assert "After." not in widget.text()
    assert "resync" in {command["type"] for command in widget.sent()}


def test_a_kernel_that_is_gone_leaves_the_text_and_says_so(open_gallery: OpenGallery) -> None:
    page = open_gallery(empty=1)
    page.evaluate(
        """() => {
          const slots = [];
          globalThis.stop = () => slots.forEach((slot) => slot({}, "dead"));
          const statusChanged = { connect: (slot) => slots.push(slot), disconnect: () => true };
          const model = new gallery.FakeModel("w", gallery.snapshot("r", {
            state: "streaming", parts: [gallery.part("output_text", "What had arrived. ")] }));
          model.widget_manager = { kernel: { statusChanged } };
          gallery.mount("gone", model);
        }"""
    )
    page.evaluate("stop()")
    run = page.locator("[data-run]")
    wait_until(lambda: run.get_attribute("data-state") == "failed", "the run is over")
    assert run.locator(".sw-pill").text_content() == "interrupted"
    assert run.locator("[data-part='output']").text_content() == "What had arrived. "
    assert "The kernel stopped" in str(run.text_content())


def _shown(page: Page, part: str) -> bool:
    return page.locator(f"[data-part='{part}']").first.is_visible()


def test_what_is_hidden_stays_hidden_in_every_widget_and_after_a_reload(
    open_gallery: OpenGallery,
) -> None:
    page = open_gallery(only="refused")
    widget = PlayedWidget(page, "a")
    widget.say("Words. ")
    widget.root.get_by_role("button", name="Answer", exact=True).click()
    assert not widget.run().locator("[data-part='output']").is_visible()
    assert not _shown(page, "refusal")
    page.reload()
    page.wait_for_function("() => 'gallery' in globalThis")
    assert not _shown(page, "refusal")
    chip = page.get_by_role("button", name="Answer", exact=True)
    assert chip.get_attribute("aria-pressed") == "false"
    chip.click()
    assert _shown(page, "refusal")


def test_a_failure_is_shown_whatever_is_hidden(open_gallery: OpenGallery) -> None:
    page = open_gallery(only="cut off")
    page.evaluate(
        """localStorage["stream_widget.prefs.v1"] =
          JSON.stringify({ reasoning: false, answer: false, notices: false })"""
    )
    page.reload()
    assert page.get_by_text("The connection closed in mid-answer").is_visible()
