"""A run as the page shows it: what `data-run`, `data-state` and `data-part` promise (DESIGN, 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from e2e.waiting import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

__all__ = ["ShownRun", "runs_in"]

# The view may be built anew while a run ends, so the whole page is watched, not one element.
_WATCH = """(root, state) => {
  const reached = `[data-run="${root.dataset.run}"][data-state="${state}"]`;
  const times = globalThis.e2eTimes = { clicked: null, reached: null };
  const take = () => { times.clicked = performance.now(); };
  root.addEventListener("click", take, { capture: true, once: true });
  new MutationObserver((_changes, observer) => {
    if (document.querySelector(reached)) {
      times.reached = performance.now();
      observer.disconnect();
    }
  }).observe(document.body, { attributeFilter: ["data-state"], childList: true, subtree: true });
}"""


def runs_in(place: Page | Locator) -> list[ShownRun]:
    """The runs on screen, from top to bottom."""
    return [ShownRun(root) for root in place.locator("[data-run]").all()]


class ShownRun:
    """One view of one run."""

    def __init__(self, root: Locator) -> None:
        self.root = root

    @classmethod
    def only_one_in(cls, place: Page | Locator) -> ShownRun:
        """The run that is there, or will be soon; there must not be two."""
        return cls.of(place.locator("[data-run]"))

    @classmethod
    def of(cls, root: Locator) -> ShownRun:
        """The run with this root element, which may be yet to come."""
        root.wait_for(timeout=30_000)
        return cls(root)

    @classmethod
    def other_than(cls, run_id: str, place: Page | Locator) -> ShownRun:
        """The run that takes another's place when its cell is run again."""
        return cls.of(place.locator(f'[data-run]:not([data-run="{run_id}"])'))

    @property
    def id(self) -> str:
        return str(self.root.get_attribute("data-run"))

    @property
    def state(self) -> str:
        return str(self.root.get_attribute("data-state"))

    def text(self, part: Literal["reasoning", "output", "refusal"]) -> str:
        """The text of a part, to the character; ``""`` where it is not shown."""
        found = self.root.locator(f'[data-part="{part}"]')
        return str(found.text_content()) if found.count() else ""

    def wait_for_state(self, *states: str) -> None:
        """Wait until the run is in one of these states."""
        wait_until(
            lambda: self.state in states, f"the run on screen is {' or '.join(states)}: {self!r}"
        )

    def wait_for_text(self, part: Literal["reasoning", "output"], text: str) -> None:
        """Wait until a part has exactly this text."""
        try:
            wait_until(lambda: self.text(part) == text, f"the {part} on screen is as it should be")
        except TimeoutError:
            assert self.text(part) == text
            raise

    def wait_for_any_text(self, part: Literal["reasoning", "output"]) -> str:
        """Wait until a part has some text; that text."""
        return wait_until(lambda: self.text(part), f"there is some {part} on screen: {self!r}")

    def choose_speed(self, tokens_per_s: int) -> None:
        """Choose one of the speeds there are."""
        self.root.get_by_label("Speed", exact=True).select_option(str(tokens_per_s))

    def click(self, name: str) -> None:
        """Click one of the run's buttons."""
        self.root.get_by_role("button", name=name, exact=True).click()

    def click_and_wait(self, name: str, state: str) -> float:
        """Click a button and wait for a state; milliseconds in the page from one to the other."""
        self.root.evaluate(_WATCH, state)
        self.click(name)
        self.wait_for_state(state)
        times = self.root.page.evaluate("() => globalThis.e2eTimes")
        return float(times["reached"] - times["clicked"])

    def __repr__(self) -> str:
        """For messages of tests that fail."""
        if not self.root.count():
            return "no run on screen"
        return f"{self.root.get_attribute('data-state')}: {self.root.inner_text()[:1000]!r}"
