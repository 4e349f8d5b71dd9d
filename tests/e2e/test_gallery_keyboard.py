"""A keyboard alone reaches everything, and those who hear the page hear what matters, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from e2e.played import PlayedWidget
from e2e.waiting import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from e2e.conftest import OpenGallery

_FOCUSED = """
() => {
  const node = document.activeElement;
  return node.getAttribute("aria-label") ?? node.textContent.trim();
}
"""

_OUTLINE = """
() => {
  const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
  const frame = document.activeElement.closest(".sw-search-frame");
  return outlineStyle !== "none" && parseFloat(outlineWidth) >= 1 ||
    frame !== null && getComputedStyle(frame).outlineStyle !== "none";
}
"""

_HEAR = """
() => {
  globalThis.heard = [];
  globalThis.shortcuts = [];
  for (const node of document.querySelectorAll("[role=status], [role=alert]")) {
    new MutationObserver(() => heard.push(node.textContent))
      .observe(node, { childList: true, characterData: true, subtree: true });
  }
  document.addEventListener("keydown", (event) => shortcuts.push(event.key));
}
"""


def _tab_through(page: Page, most: int = 60) -> list[str]:
    """What the Tab key reaches, in its order; each must be seen to have the focus."""
    names: list[str] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        assert page.evaluate(_OUTLINE), f"{page.evaluate(_FOCUSED)!r} does not show its focus"
        names.append(str(page.evaluate(_FOCUSED)))
    return names


def test_tab_reaches_every_control_of_a_run(open_gallery: OpenGallery) -> None:
    page = open_gallery(only="answering, with an expectation")
    names = _tab_through(page)
    expected = ["Pause", "Cancel", "Speed", "Copy", "Search", "More", "Answer", "Source"]
    assert [name for name in expected if name not in names] == []
    assert len([name for name in names if "elapsed" in name]) == 1


@pytest.mark.parametrize("layout", ["grid", "merged", "tabs"])
def test_tab_reaches_every_control_of_many_runs(open_gallery: OpenGallery, layout: str) -> None:
    widget = PlayedWidget(open_gallery(empty=1), "one", "two", layout=layout)
    widget.say("Some words. ")
    widget.root.get_by_role("button", name="Pause all").wait_for()
    names = _tab_through(widget.page)
    expected = ["Pause all", "Cancel all", "Grid", "Merged", "Tabs", "Search", "Speed of all"]
    assert [name for name in expected if name not in names] == []


def test_the_numbers_are_one_stop_and_say_what_they_mean(open_gallery: OpenGallery) -> None:
    page = open_gallery(only="done")
    numbers = page.get_by_role("toolbar", name="Numbers")
    page.get_by_role("button", name="More", exact=True).focus()
    page.keyboard.press("Tab")
    meaning = numbers.locator(".sw-meaning")
    assert "Time since the request" in str(meaning.text_content())
    assert meaning.is_visible()
    page.keyboard.press("ArrowRight")
    assert "Output tokens" in str(meaning.text_content())
    page.keyboard.press("Escape")
    assert not meaning.is_visible()
    for number in numbers.get_by_role("button").all():
        assert str(number.get_attribute("title")).endswith(".")


def test_the_menu_is_worked_by_keys_and_gives_the_focus_back(open_gallery: OpenGallery) -> None:
    page = open_gallery(only="done")
    button = page.get_by_role("button", name="More", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    # The browser tells of an opened menu in a task of its own.
    wait_until(lambda: button.get_attribute("aria-expanded") == "true", "the menu is open")
    assert page.evaluate(_FOCUSED) == "Copy answer"
    page.keyboard.press("ArrowUp")
    assert page.evaluate(_FOCUSED) == "Export as JSON"
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(_FOCUSED) == "Copy reasoning"
    page.keyboard.press("r")
    assert page.evaluate(_FOCUSED) == "Replay at its own pace"
    page.keyboard.press("Escape")
    assert page.evaluate(_FOCUSED) == "More"
    assert not page.get_by_role("menu").is_visible()
    button.click()
    page.mouse.click(5, 5)
    wait_until(lambda: not page.get_by_role("menu").is_visible(), "a click elsewhere closes it")
    wait_until(lambda: button.get_attribute("aria-expanded") == "false", "the button says so")


def test_tabs_are_worked_by_arrows(open_gallery: OpenGallery) -> None:
    widget = PlayedWidget(open_gallery(empty=1), "one", "two", "three", layout="tabs")
    widget.say("Said by one.", "one")
    widget.say("Said by three.", "three")
    tabs = widget.root.get_by_role("tab")
    tabs.first.wait_for()
    tabs.first.focus()
    widget.page.keyboard.press("ArrowLeft")
    wait_until(lambda: widget.run("three").is_visible(), "the last tab is open")
    assert not widget.run("one").is_visible()
    assert widget.text("three") == "Said by three."
    widget.page.keyboard.press("Home")
    wait_until(lambda: widget.run("one").is_visible(), "the first tab is open")
    assert [tab.get_attribute("aria-selected") for tab in tabs.all()] == ["true", "false", "false"]
    panel = widget.root.get_by_role("tabpanel")
    assert panel.get_attribute("id") == tabs.first.get_attribute("aria-controls")


def test_shortcuts_of_the_notebook_do_not_fire_inside(open_gallery: OpenGallery) -> None:
    page = open_gallery(only="done")
    page.evaluate(_HEAR)
    for name in ("Copy", "Search", "More"):
        page.get_by_role("button", name=name, exact=True).focus()
        page.keyboard.press("d")
        page.keyboard.press("j")
    page.get_by_role("button", name="Search", exact=True).focus()
    page.keyboard.press("/")
    page.get_by_label("Search in the texts").wait_for()
    page.keyboard.type("dd")
    assert page.evaluate("shortcuts") == []
    assert page.locator(".stream-widget").get_attribute("data-lm-suppress-shortcuts") == "true"


def test_a_change_of_state_is_said_once_and_no_token_is(open_gallery: OpenGallery) -> None:
    widget = PlayedWidget(open_gallery(empty=1), "one", "two", layout="grid")
    widget.wait_frames()
    widget.page.evaluate(_HEAR)
    for _ in range(15):
        widget.say("word ")
    said = [text for text in widget.page.evaluate("heard") if text]
    assert len(said) == 1, "both runs began to answer: one sentence for both"
    widget.end("one")
    widget.say("word ", "two")
    said = [text for text in widget.page.evaluate("heard") if text]
    assert len(said) == 2
    assert "gpt-5-mini: done" in said[-1]
    assert "tokens in" in said[-1]
    live = widget.root.locator("[data-part='output']").evaluate_all(
        "(parts) => parts.map((part) => part.getAttribute('aria-live'))"
    )
    assert live == ["off", "off"]
    assert widget.root.locator("[role=status]").count() == 1


def test_less_motion_means_none(open_gallery: OpenGallery) -> None:
    page = open_gallery(only="reasoning, hidden so far")
    page.emulate_media(reduced_motion="reduce")
    assert (
        page.evaluate("document.getAnimations().filter(({ playState }) => playState === 'running')")
        == []
    )
