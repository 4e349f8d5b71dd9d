"""What the benchmarks run inside the kernel: what is measured, and what it is measured against."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any, Final

import anywidget
import traitlets
from IPython.display import Markdown, display
from ipywidgets import HTML

import stream_widget
from stream_widget.clock import monotonic_s, utc_now
from stream_widget.events import OutputTextDelta
from stream_widget.run import Sink
from stream_widget.widget.protocol import TextAppend

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from stream_widget import StreamWidget

__all__ = [
    "BareNumber",
    "Times",
    "count_up",
    "grow_html",
    "grow_markdown",
    "stream_noted",
    "watch_growing",
]

_SEEN_AFTER_S: Final = 1.0
"""Time for the page to show a widget before its first update."""


@dataclass(slots=True)
class Times:
    """When there was how much: pairs of a growing number and milliseconds since 1970."""

    made: list[tuple[int, float]] = field(default_factory=list)
    """Python had it."""
    sent: list[tuple[int, float]] = field(default_factory=list)
    """It had been handed to the kernel's socket."""

    def print(self) -> None:
        """As the value of a cell is printed: JSON."""
        print(json.dumps({"made": self.made, "sent": self.sent}))  # noqa: T201 - a cell's output


class BareNumber(anywidget.AnyWidget):
    """The least an anywidget can do: it shows one number."""

    _esm = """
    function render({ model, el }) {
      const place = document.createElement("span");
      place.dataset.bench = "number";
      const show = () => { place.textContent = String(model.get("value")); };
      model.on("change:value", show);
      show();
      el.append(place);
    }
    export default { render };
    """
    value = traitlets.Int(0).tag(sync=True)


def count_up(updates: int, *, per_s: float) -> tuple[BareNumber, Times]:
    """A number that a thread counts up."""
    bare, times = BareNumber(), Times()

    def count() -> None:
        time.sleep(_SEEN_AFTER_S)
        for value in _paced(updates, per_s, jitter=0.5):
            times.made.append((value, _now_ms()))
            bare.value = value
            times.sent.append((value, _now_ms()))

    threading.Thread(target=count, name="bench count", daemon=True).start()
    return bare, times


class _Noted(Sink):
    """Writes down when how much of the answer was there."""

    def __init__(self, times: Times) -> None:
        self._times = times
        self._units = 0

    def event_received(self, run: object, attempt: object, event: object) -> None:  # noqa: ARG002 - Sink
        if isinstance(event, OutputTextDelta):
            self._units += _units(event.text)
            self._times.made.append((self._units, _now_ms()))


def stream_noted(base_url: str, model: str) -> tuple[StreamWidget, Times]:
    """A run of ours, and when each delta arrived in the engine and went out.

    Numbers count UTF-16 units, as the page does.
    """
    shown = stream_widget.stream("Go on.", model=f"scripted:{model}", base_url=base_url)
    times = Times()
    shown._run._sinks.add(_Noted(times))  # the scenario leaves time before the first delta
    units = 0

    def note_sent(change: Any) -> None:
        nonlocal units
        patches = change["new"]["patches"]
        grown = sum(_units(patch.text) for patch in patches if isinstance(patch, TextAppend))
        if grown:
            units += grown
            times.sent.append((units, _now_ms()))

    shown.observe(note_sent, "patches")
    return shown, times


def watch_growing(text: str, updates: int, *, per_s: float) -> StreamWidget:
    """Show the same growing text in our widget: only what is new, each time."""
    start_s = monotonic_s() + _SEEN_AFTER_S

    async def pieces() -> AsyncIterator[str]:
        before = 0
        for number in range(1, updates + 1):
            await asyncio.sleep(max(0.0, start_s + number / per_s - monotonic_s()))
            end = len(text) * number // updates
            yield text[before:end]
            before = end

    return stream_widget.watch(pieces(), name="bench")


def grow_markdown(text: str, updates: int, *, per_s: float) -> None:
    """Show a growing text as people do without a widget: the whole of it, again and again."""
    shown = display(Markdown(""), display_id=True)
    for number in _paced(updates, per_s):
        shown.update(Markdown(text[: len(text) * number // updates]))


def grow_html(text: str, updates: int, *, per_s: float) -> None:
    """Show a growing text in ipywidgets' HTML, whose value is sent whole each time."""
    shown = HTML()
    display(shown)
    before = 0
    for number in _paced(updates, per_s):
        end = len(text) * number // updates
        shown.value += text[before:end]
        before = end


def _paced(count: int, per_s: float, *, jitter: float = 0.0) -> Iterator[int]:
    """The numbers from 1, each when it is due by a schedule, so that delays do not add up.

    Args:
        count: How many.
        per_s: How many a second.
        jitter: The part of its time by which each comes sooner or later, at most.
    """
    start_s = monotonic_s()
    random = Random("bench")  # noqa: S311 - a pace, no secret
    for number in range(1, count + 1):
        due_s = start_s + (number + random.uniform(-jitter, jitter)) / per_s
        time.sleep(max(0.0, due_s - monotonic_s()))
        yield number


def _now_ms() -> float:
    return utc_now().timestamp() * 1000


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
