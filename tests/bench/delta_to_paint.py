"""How long a delta takes from Python to the screen, against the least a widget can do.

In a real JupyterLab in a headless Chromium, one run of ours at 100 tokens a second is compared with
a bare anywidget whose number a thread of the kernel sets 60 times a second. For each update the
time runs from when Python has it (ours: the delta reached the run; bare: the trait is about to be
set) until the frame that shows it is painted (see ``painted.js``); both clocks are this machine's.
They take turns in one page, so that noise meets both. The provider runs outside the kernel. The
bare number comes at irregular moments, as deltas do: at a steady 60 a second all of its updates
would meet the screen's frames in one phase, and the result would depend on which.

    uv run python tests/bench/delta_to_paint.py [--seconds 20] [--turns 2]
"""

from __future__ import annotations

import argparse
import json
import sys
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from long_answer import long_answer
from rig import machine, open_notebook, percentile, show_table, verdict

from e2e.notebook import Notebook
from stream_widget.scripted import Scenario, ScriptedServer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import WebSocket

_TOKENS_PER_S: Final = 100
_BARE_PER_S: Final = 60
_BUDGET: Final = {50: 1.6, 99: 1.3}
_SETTLE_S: Final = 1.0
"""Left out at both ends: the first view of a widget, and what a finished run does."""
_LATE_FRAME_MS: Final = 25.0
_FRAME_MS: Final = 1000 / 60
_SCRIPT: Final = Path(__file__).with_name("painted.js").read_text("utf-8")
_MODEL: Final = "bench"
_ENDED: Final = {
    "number": """last => document.querySelector('[data-bench="number"]')?.textContent == last""",
    "output": """() => document.querySelector('[data-run][data-state="completed"]') !== null""",
}
"""What the page says when a turn is over."""


class _Undisturbed(Notebook):
    """Nobody listens to its websockets: that would cost time."""

    def _listen(self, socket: WebSocket) -> None:
        pass


@dataclass(slots=True)
class Trial:
    """What one turn gave, in milliseconds, an entry for each update."""

    total: list[float] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    """From Python having it until it was handed to the socket."""
    carried: list[float] = field(default_factory=list)
    """From there until it was painted."""
    work: list[float] = field(default_factory=list)
    """Of the page in a frame, an entry for each frame: callbacks, style, layout, paint."""
    messages_per_s: float = 0.0
    dropped_frames: int = 0


def main() -> None:
    """Measure and print."""
    options = _options()
    seconds = options.seconds + 2 * _SETTLE_S
    ours, bare = [], []
    script = long_answer(round(seconds * _TOKENS_PER_S))
    with (
        ScriptedServer() as server,
        open_notebook("", "times.print()", kind=_Undisturbed, script=_SCRIPT) as notebook,
    ):
        server.play(_MODEL, Scenario(script, tokens_per_s=_TOKENS_PER_S, start_delay_s=1.0))
        counting = f"count_up({round(seconds * _BARE_PER_S)}, per_s={_BARE_PER_S})"
        streaming = f"stream_noted({server.base_url!r}, {_MODEL!r})"
        for _ in range(options.turns):
            bare.append(_measure(notebook, counting, "number", seconds))
            ours.append(_measure(notebook, streaming, "output", seconds))
    _report(bare, ours)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Delta to paint, ours against a bare anywidget.")
    parser.add_argument("--seconds", type=float, default=20.0, help="length of a turn")
    parser.add_argument("--turns", type=int, default=2, help="turns of each of the two")
    return parser.parse_args()


def _measure(notebook: Notebook, source: str, kind: str, seconds: float) -> Trial:
    """Run one turn in the first cell, which forgets the turn before."""
    function = source.partition("(")[0]
    notebook.set_source(0, f"from in_kernel import {function}\nshown, times = {source}\nshown")
    notebook.page.evaluate("kind => bench.start(kind)", kind)
    notebook.run(0)
    notebook.page.wait_for_function(
        _ENDED[kind], arg=round(seconds * _BARE_PER_S), polling=500, timeout=seconds * 4000
    )
    page = notebook.page.evaluate("() => bench.take()")
    notebook.run(1)
    return _trial(json.loads(notebook.printed(1)), page)


def _trial(kernel: dict[str, Any], page: dict[str, Any]) -> Trial:
    made, sent, painted = kernel["made"], kernel["sent"], page["painted"]
    first_ms, last_ms = made[0][1] + _SETTLE_S * 1000, made[-1][1] - _SETTLE_S * 1000
    trial = Trial()
    for size, made_ms in made:
        if first_ms <= made_ms <= last_ms:
            sent_ms, painted_ms = _reached(size, sent), _reached(size, painted)
            trial.total.append(painted_ms - made_ms)
            trial.waited.append(sent_ms - made_ms)
            trial.carried.append(painted_ms - sent_ms)
    messages = [at_ms for _, at_ms in sent if first_ms <= at_ms <= last_ms]
    trial.messages_per_s = len(messages) / (last_ms - first_ms) * 1000
    # The last frame may not have been painted yet when the page was asked.
    shown = [
        (at_ms, work_ms)
        for at_ms, work_ms in zip(page["frames"], page["work"], strict=False)
        if first_ms <= at_ms <= last_ms
    ]
    trial.work = [work_ms for _, work_ms in shown]
    gaps = [later - sooner for (sooner, _), (later, _) in pairwise(shown)]
    trial.dropped_frames = sum(round(gap / _FRAME_MS) - 1 for gap in gaps if gap > _LATE_FRAME_MS)
    return trial


def _reached(size: int, record: Sequence[tuple[int, float]]) -> float:
    """When a record of growing sizes had come to this size."""
    place = bisect_left(record, size, key=itemgetter(0))
    if place == len(record):
        raise RuntimeError(f"{size} was never reached, only {record[-1:]}.")
    return record[place][1]


def _report(bare: Sequence[Trial], ours: Sequence[Trial]) -> None:
    both = {"bare": _joined(bare), "ours": _joined(ours)}
    turns = {
        f"{name}, turn {number}": trial
        for number, pair in enumerate(zip(bare, ours, strict=True), 1)
        for name, trial in zip(both, pair, strict=True)
    }
    _say("From Python having a delta to its paint, in ms")
    head = ["", "updates", "messages/s", "p50", "p99", "max", "dropped frames"]
    show_table([head, *(_row(name, trial) for name, trial in {**turns, **both}.items())])
    _say("\nOf that in the kernel, until handed to the socket; then the way; and the page's work")
    head = ["", "kernel p50", "p99", "way and paint p50", "p99", "work a frame p50", "p99"]
    show_table([head, *(_parts(name, trial) for name, trial in both.items())])
    rows = [["", "ours / bare", "budget", ""]]
    for percent, budget in _BUDGET.items():
        ratio = percentile(both["ours"].total, percent) / percentile(both["bare"].total, percent)
        rows.append([f"p{percent}", f"{ratio:.2f}", f"{budget:.2f}", verdict(ratio, budget)])
    _say()
    show_table(rows)
    _say(f"\n{machine()}; Chromium headless")


def _joined(trials: Sequence[Trial]) -> Trial:
    return Trial(
        total=[value for trial in trials for value in trial.total],
        waited=[value for trial in trials for value in trial.waited],
        carried=[value for trial in trials for value in trial.carried],
        work=[value for trial in trials for value in trial.work],
        messages_per_s=sum(trial.messages_per_s for trial in trials) / len(trials),
        dropped_frames=sum(trial.dropped_frames for trial in trials),
    )


def _row(name: str, trial: Trial) -> list[str]:
    times = (percentile(trial.total, 50), percentile(trial.total, 99), max(trial.total))
    return [
        name,
        str(len(trial.total)),
        f"{trial.messages_per_s:.1f}",
        *(f"{value:.1f}" for value in times),
        str(trial.dropped_frames),
    ]


def _parts(name: str, trial: Trial) -> list[str]:
    return [
        name,
        *(
            f"{percentile(values, percent):.1f}"
            for values in (trial.waited, trial.carried, trial.work)
            for percent in (50, 99)
        ),
    ]


def _say(line: str = "") -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
