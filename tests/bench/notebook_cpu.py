"""What the main thread of a notebook's page does while a text grows in a cell's output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from e2e.waiting import wait_until
from stream_widget.clock import monotonic_s

if TYPE_CHECKING:
    from e2e.notebook import Notebook

__all__ = ["NotebookCpu", "PlayedThere"]

_LOOK_EVERY_MS: Final = 100
_GIVE_UP_S: Final = 300.0
_QUIET_MS: Final = 2000
_END: Final = "Here it ends."
_SOURCE: Final = """
from in_kernel import {function}
import pathlib
{function}(pathlib.Path({file!r}).read_text("utf-8"), {updates}, per_s={per_s})
"""
_LOOK: Final = """end => {
  const output = document.querySelector('.jp-OutputArea-output [data-part="output"]')
    ?? document.querySelector('.jp-OutputArea-output.jp-RenderedMarkdown');
  const text = output?.textContent ?? "";
  return [text.length, text.slice(-200).includes(end)];
}"""


class PlayedThere(NamedTuple):
    """Processor time of the page's main thread, in milliseconds; of an update in the tenths."""

    whole_ms: float
    first_ms: float
    last_ms: float


class NotebookCpu:
    """Measures a notebook's page; one for each notebook."""

    def __init__(self, notebook: Notebook) -> None:
        self._notebook = notebook
        self._cdp = notebook.page.context.new_cdp_session(notebook.page)
        self._cdp.send("Performance.enable", {"timeDomain": "threadTicks"})

    def play(self, function: str, text: str, updates: int, *, per_s: float) -> PlayedThere:
        """Let a function of `in_kernel` show a text that grows in so many updates."""
        file = self._notebook.path.with_name("answer.txt")
        file.write_text(f"{text}\n\n{_END}\n", encoding="utf-8")
        source = _SOURCE.format(function=function, file=str(file), updates=updates, per_s=per_s)
        self._notebook.set_source(0, "from IPython.display import clear_output; clear_output()")
        self._notebook.run(0)
        self._notebook.page.wait_for_timeout(_QUIET_MS)
        self._notebook.set_source(0, source)
        samples = [(0, self._busy_ms())]
        self._notebook.start(0)
        self._watch(samples)
        return _tenths(samples, updates)

    def _watch(self, samples: list[tuple[int, float]]) -> None:
        until_s = monotonic_s() + _GIVE_UP_S
        ended = False
        while not ended:
            if monotonic_s() > until_s:
                raise TimeoutError(f"The page has shown only {samples[-1][0]} characters.")
            self._notebook.page.wait_for_timeout(_LOOK_EVERY_MS)
            length, ended = self._notebook.page.evaluate(_LOOK, _END)
            # Where all is drawn anew each time, there may be nothing for a moment.
            samples.append((max(length, samples[-1][0]), self._busy_ms()))
        wait_until(lambda: self._notebook.is_done(0), "the cell is done", timeout_s=60)
        self._notebook.page.wait_for_timeout(_QUIET_MS)
        samples.append((samples[-1][0], self._busy_ms()))

    def _busy_ms(self) -> float:
        counters = self._cdp.send("Performance.getMetrics")["metrics"]
        return next(c["value"] for c in counters if c["name"] == "TaskDuration") * 1000


def _tenths(samples: list[tuple[int, float]], updates: int) -> PlayedThere:
    length = samples[-1][0]
    started_ms, ended_ms = samples[0][1], samples[-1][1]

    def at(share: float) -> float:
        return next(busy_ms for shown, busy_ms in samples if shown >= length * share)

    tenth = updates / 10
    return PlayedThere(
        ended_ms - started_ms,
        (at(0.1) - started_ms) / tenth,
        (at(1.0) - at(0.9)) / tenth,
    )
