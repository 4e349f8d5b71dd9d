"""Several runs in one widget: together, apart, and told apart."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from e2e.played import PlayedWidget
from e2e.waiting import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from e2e.conftest import OpenGallery

LINES = "".join(f"Line {number} of an answer.\n\n" for number in range(60))


def _columns(page: Page) -> int:
    tops = page.locator(".sw-run").evaluate_all(
        "(cards) => cards.map((card) => card.getBoundingClientRect().top)"
    )
    return sum(top == tops[0] for top in tops)


def _heights(page: Page) -> list[float]:
    heights: list[float] = page.locator(".sw-run").evaluate_all(
        "(cards) => cards.map((card) => card.getBoundingClientRect().height)"
    )
    return heights


@pytest.mark.parametrize(("width", "columns"), [(320, 1), (1000, 2), (1600, 4)])
def test_cards_fit_the_width(open_gallery: OpenGallery, width: int, columns: int) -> None:
    page = open_gallery(empty=1)
    page.set_viewport_size({"width": width, "height": 800})
    PlayedWidget(page, "a", "b", "c", "d", layout="grid").say("Words. ")
    assert _columns(page) == columns


def test_cards_are_equally_high_and_stay_so(open_gallery: OpenGallery) -> None:
    page = open_gallery(empty=1)
    widget = PlayedWidget(page, "a", "b", layout="grid")
    widget.root.get_by_role("button", name="Pause all").wait_for()
    widget.say("Words. ", "a")
    before = _heights(page)
    assert before[0] == before[1]
    for _ in range(5):
        widget.say(LINES, "a")
        assert _heights(page) == before
    widget.end("a")
    assert _heights(page) == before


def test_one_click_holds_frees_or_ends_all(open_gallery: OpenGallery) -> None:
    widget = PlayedWidget(open_gallery(empty=1), "a", "b", "c", layout="grid")
    widget.say("Words. ")
    widget.end("c")
    widget.root.get_by_role("button", name="Pause all").click()
    wait_until(lambda: _states(widget) == ["paused", "paused", "completed"], "two are held")
    widget.say("Held. ", "a", "b")
    assert "Held" not in widget.text("a")
    widget.root.get_by_role("button", name="Resume all").click()
    wait_until(lambda: "Held." in widget.text("a"), "what was held is shown")
    widget.root.get_by_role("button", name="Cancel all").click()
    wait_until(
        lambda: _states(widget) == ["cancelled", "cancelled", "completed"], "two are cancelled"
    )
    asked = [
        [(command["type"], command["run"]) for command in message["commands"]]
        for message in widget.sent()
    ]
    assert asked == [
        [("pause", "a"), ("pause", "b")],
        [("resume", "a"), ("resume", "b")],
        [("cancel", "a"), ("cancel", "b")],
    ]


def _states(widget: PlayedWidget) -> list[str | None]:
    return [widget.run(run).get_attribute("data-state") for run in widget.runs]


def test_the_toolbar_counts_how_they_stand(open_gallery: OpenGallery) -> None:
    page = open_gallery(only="grid: two write, one waits, one is done")
    totals = page.locator(".sw-totals")
    totals.wait_for()
    assert "4 runs" in str(totals.text_content())
    assert "1 done · 2 streaming · 1 waiting" in str(totals.text_content())
    assert page.locator(".sw-run[data-state='streaming']").count() == 2


def test_runs_of_one_model_are_told_apart(open_gallery: OpenGallery) -> None:
    page = open_gallery(only="grid of sixteen")
    names = page.locator(".sw-model").all_text_contents()
    assert names == [f"gpt-5-mini #{number}" for number in range(1, 17)]


def test_another_layout_keeps_place_and_folds(open_gallery: OpenGallery) -> None:
    widget = PlayedWidget(open_gallery(empty=1), "a", "b", layout="grid")
    widget.say(LINES)
    layouts = widget.root.get_by_role("group", name="Layout")
    layouts.wait_for()
    box = widget.run("a").get_by_role("group", name="Answer")
    box.evaluate("(box) => { box.scrollTop = 100; }")
    widget.say("More. ")
    for layout in ("Merged", "Tabs", "Grid"):
        layouts.get_by_role("button", name=layout).click()
        widget.say("More. ")
    assert box.evaluate("(box) => box.scrollTop") == 100
    assert widget.run("a").is_visible()
    assert widget.run("b").is_visible()
    other = widget.run("b").get_by_role("group", name="Answer")
    assert other.evaluate("(box) => box.scrollTop + box.clientHeight >= box.scrollHeight - 4")


def _turns(root: Locator) -> list[list[str]]:
    turns: list[list[str]] = root.locator(".sw-turn").evaluate_all(
        "(rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent))"
    )
    return turns


def test_the_merged_column_says_who_speaks_at_each_change(open_gallery: OpenGallery) -> None:
    widget = PlayedWidget(open_gallery(empty=1), "a", "b", layout="merged")
    widget.say("First words. ", "a")
    widget.end("a")
    widget.say("Then others. ", "b")
    wait_until(lambda: len(_turns(widget.root)) == 3, "both have spoken")
    widget.say("And more. ", "b")
    first, end, second = _turns(widget.root)
    assert first == ["gpt-5-mini", "First words. "]
    assert end[0] == ""
    assert end[1].startswith("done · ")
    assert second == ["gpt-5-nano", "Then others. And more. "]


def test_the_merged_column_only_ever_grows_at_its_end(open_gallery: OpenGallery) -> None:
    widget = PlayedWidget(open_gallery(empty=1), "a", "b", "c", layout="merged")
    widget.root.locator(".sw-merged").wait_for()
    widget.page.evaluate(
        """() => {
          globalThis.taken = 0;
          new MutationObserver((changes) => {
            for (const { removedNodes } of changes) taken += removedNodes.length;
          }).observe(document.querySelector(".sw-merged-list"), { childList: true, subtree: true });
        }"""
    )
    for _ in range(30):
        widget.say("Some more words. ")
    widget.end()
    wait_until(lambda: str(widget.root.text_content()).count("done ·") == 3, "all have ended")
    assert widget.page.evaluate("taken") == 0
    text = "".join(said for _, said in _turns(widget.root) if not said.startswith("done ·"))
    assert text.count("Some more words. ") == 90


def test_cards_off_screen_get_their_text_seldom_and_whole(open_gallery: OpenGallery) -> None:
    page = open_gallery(empty=1)
    page.set_viewport_size({"width": 500, "height": 500})
    runs = [f"r{number}" for number in range(8)]
    widget = PlayedWidget(page, *runs, layout="grid")
    widget.root.get_by_role("button", name="Pause all").wait_for()
    widget.wait_frames(10)
    page.evaluate(
        """() => {
          globalThis.painted = { r0: 0, r7: 0 };
          for (const run of Object.keys(painted)) {
            new MutationObserver(() => { painted[run] += 1; }).observe(
              document.querySelector(`[data-run="${run}"] [data-part="output"]`),
              { characterData: true, childList: true, subtree: true });
          }
        }"""
    )
    for _ in range(20):
        widget.say("Words of all. ")
    painted = page.evaluate("painted")
    assert painted["r7"] < painted["r0"]
    widget.end("r7")
    assert widget.run("r7").get_attribute("data-state") == "completed"
    wait_until(lambda: widget.text("r7") == "Words of all. " * 20, "the last card has its text")


def test_a_long_backlog_never_starves_a_card(open_gallery: OpenGallery) -> None:
    """With more text than one frame holds in each, all get on, and all are whole in the end."""
    runs = [f"r{number}" for number in range(6)]
    widget = PlayedWidget(open_gallery(empty=1), *runs, layout="grid")
    widget.say(LINES * 60)
    wait_until(
        lambda: all(len(widget.text(run)) == len(LINES) * 60 for run in runs[:4]), "all are whole"
    )


def test_sixteen_cards_take_turns(open_gallery: OpenGallery) -> None:
    """Half of what grows is drawn in one frame, and the rest when its turn comes."""
    page = open_gallery(empty=1)
    page.set_viewport_size({"width": 1600, "height": 2000})
    widget = PlayedWidget(page, *(f"r{number}" for number in range(16)), layout="grid")
    widget.root.get_by_role("button", name="Pause all").wait_for()
    widget.say("First words. ")
    widget.wait_frames(30)
    grown = page.evaluate(
        """async (said) => {
          const cards = [...document.querySelectorAll("[data-part='output']")];
          const lengths = () => cards.map((card) => card.textContent.length);
          const before = lengths();
          players.played.push(said);
          const grown = [];
          for (let frame = 0; frame < 20; frame += 1) {
            await new Promise(requestAnimationFrame);
            await new Promise((resolve) => setTimeout(resolve));
            grown.push(lengths().filter((length, at) => length > before[at]).length);
          }
          return grown;
        }""",
        [[run, "More words. "] for run in widget.runs],
    )
    assert grown[-1] == 16
    steps = [later - sooner for sooner, later in pairwise([0, *grown])]
    # A busy machine has no time for eight in each frame; a quiet one draws no more.
    assert max(steps) <= 8


def test_python_may_change_the_layout(open_gallery: OpenGallery) -> None:
    widget = PlayedWidget(open_gallery(empty=1), "a", "b", layout="grid")
    widget.root.get_by_role("group", name="Layout").wait_for()
    widget.page.evaluate(f"players.played.model.arrange({json.dumps('tabs')})")
    widget.root.get_by_role("tablist").wait_for()
    assert widget.root.get_by_role("tab").all_text_contents() == ["gpt-5-mini", "gpt-5-nano"]
