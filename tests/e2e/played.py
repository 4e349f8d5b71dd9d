"""A widget in the gallery page whose kernel is this test: it says what comes, and when."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from e2e.gallery import SETTLED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Locator, Page

__all__ = ["PlayedWidget"]

_MAKE = """
([id, runs, layout]) => {
  const prefs = "stream_widget.prefs.v1";
  const known = JSON.parse(localStorage[prefs] ?? "{}");
  localStorage[prefs] = JSON.stringify({ ...known, source: true });
  dispatchEvent(new Event(prefs));
  const player = new gallery.Player(id, runs, layout);
  globalThis.players = { ...globalThis.players, [id]: player };
  gallery.mount(id, player.model);
  player.begin(runs);
}
"""

_FRAMES = """
async (count) => {
  for (let at = 0; at < count; at += 1) await new Promise(requestAnimationFrame);
}
"""


class PlayedWidget:
    """One widget with some runs, all of which have begun to answer; texts show as they came."""

    def __init__(self, page: Page, *runs: str, layout: str = "stack", name: str = "played") -> None:
        self.page = page
        self.runs = runs
        self._name = name
        page.evaluate(_MAKE, [name, list(runs), layout])
        self.root = page.locator(f'[data-scene="{name}"] .stream-widget')
        page.wait_for_function(SETTLED)

    def say(self, text: str, *runs: str) -> None:
        """Let text arrive in some runs, in all by default, and be painted."""
        said = json.dumps([[run, text] for run in runs or self.runs])
        self._do(f"push({said})")
        self.wait_frames()

    def end(self, *runs: str, state: str = "completed") -> None:
        """End some runs, all by default."""
        for run in runs or self.runs:
            self._do(f"setState({json.dumps(run)}, {json.dumps(state)})")
        self.wait_frames()

    def wait_frames(self, count: int = 3) -> None:
        """Let the page paint."""
        self.page.evaluate(_FRAMES, count)

    def run(self, run: str | None = None) -> Locator:
        """The card of a run, of the first by default."""
        return self.root.locator(f'[data-run="{run or self.runs[0]}"]')

    def text(self, run: str | None = None) -> str:
        """What of a run's answer is on screen."""
        return str(self.run(run).locator("[data-part='output']").text_content())

    def sent(self) -> Sequence[dict[str, Any]]:
        """The messages with commands that the page has sent."""
        sent = self.page.evaluate(f"players[{json.dumps(self._name)}].model.sent")
        return [message for message in sent if message["type"] != "ack"]

    def _do(self, call: str) -> None:
        self.page.evaluate(f"() => void players[{json.dumps(self._name)}].{call}")
