"""Sixteen answers at once: frames, work and the way from a message to the screen.

By turns with them, the same texts at the same pace in sixteen plain boxes, which only grow: what
that costs, and how many of its frames come late, any page would have to pay on this machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from bench_page import BenchPage
from finding import Finding, mean
from rig import percentile

if TYPE_CHECKING:
    from collections.abc import Callable

    from front_end_options import Options
    from playwright.sync_api import Browser

__all__ = ["measure"]

_TOKENS_PER_S: Final = 60
_LONGEST_FRAME_MS: Final = 50.0
_FRAME_P99_MS: Final = 20.0
_WORK_MS: Final = 8.0
_LAG_FRAMES: Final = 2.0
_SHAPES: Final = ((16, "grid", 1), (8, "grid", 3), (16, "merged", 3), (16, "apart", 3))
"""Runs, how they are shown, and by what the time is divided where less of it tells as much."""


@dataclass(slots=True)
class _Frames:
    """The frames of one fresh page."""

    gaps_ms: list[float]
    work_ms: list[float]
    cpu_ms: float
    """Processor time of the main thread, of all frames together."""

    @property
    def cpu_a_frame_ms(self) -> float:
        return self.cpu_ms / len(self.work_ms)

    @property
    def p99_ms(self) -> float:
        return percentile(self.gaps_ms, 99)

    @property
    def late_percent(self) -> float:
        """Frames that came later than they may."""
        return 100 * mean([float(gap > _FRAME_P99_MS) for gap in self.gaps_ms])


@dataclass(slots=True)
class _Round(_Frames):
    """What one fresh page of ours gave."""

    long_tasks: int
    lags_ms: list[float]
    lags_frames: list[float]


def measure(browser: Browser, url: str, options: Options) -> list[Finding]:
    """Checks 3 and 4: in one widget as a grid; as one column; and in a widget each."""
    findings: list[Finding] = []
    for runs, arrangement, shorter in _SHAPES:
        asked: dict[str, Any] = {
            "runs": runs,
            "arrangement": arrangement,
            "tokensPerS": _TOKENS_PER_S,
            "seconds": options.seconds / shorter,
        }
        rounds: list[_Round] = []
        plain: list[_Frames] = []
        for _ in range(options.rounds):
            rounds.append(_round(browser, url, asked))
            if arrangement == "grid":
                plain.append(_frames(*_play(browser, url, "playPlain", asked)))
        findings += _findings(runs, arrangement, rounds)
        findings += _plain_findings(runs, rounds, plain) if plain else []
    return findings


def _round(browser: Browser, url: str, asked: dict[str, Any]) -> _Round:
    result, cpu_ms = _play(browser, url, "playMany", asked)
    frames = _frames(result, cpu_ms)
    return _Round(
        gaps_ms=frames.gaps_ms,
        work_ms=frames.work_ms,
        cpu_ms=cpu_ms,
        long_tasks=len(result["longTasksMs"]),
        lags_ms=result["lagsMs"],
        lags_frames=result["lagsFrames"],
    )


def _play(
    browser: Browser, url: str, function: str, asked: dict[str, Any]
) -> tuple[dict[str, Any], float]:
    """What a fresh page gives, and the processor time it took of its main thread, in ms."""
    page = BenchPage(browser.new_page(viewport={"width": 1600, "height": 1000}), url)
    busy_s = page.busy_s()
    result = page.call(function, asked)
    cpu_ms = (page.busy_s() - busy_s) * 1000
    page.close()
    return result, cpu_ms


def _frames(result: dict[str, Any], cpu_ms: float) -> _Frames:
    frames = result["frames"]
    return _Frames(
        gaps_ms=[later["atMs"] - sooner["atMs"] for sooner, later in pairwise(frames)],
        work_ms=[frame["workMs"] for frame in frames],
        cpu_ms=cpu_ms,
    )


def _plain_findings(runs: int, ours: list[_Round], plain: list[_Frames]) -> list[Finding]:
    """What the browser and the machine take of it, whatever is drawn."""
    late = median(one.late_percent for one in plain)
    cpu_ms = median(one.cpu_a_frame_ms for one in plain)
    more = median(one.cpu_a_frame_ms for one in ours) / cpu_ms
    p99_ms = median(one.p99_ms for one in plain)
    name = f"{runs} plain boxes that only grow"
    return [
        Finding(f"{name}: frame p99", p99_ms, unit="ms", note=f"{late:.1f} % late"),
        Finding(f"{name}: main-thread work a frame", cpu_ms, unit="ms", note=f"ours {more:.1f} x"),
    ]


def _findings(runs: int, arrangement: str, rounds: list[_Round]) -> list[Finding]:
    def middle(of: Callable[[_Round], float]) -> float:
        return median(map(of, rounds))

    apart = arrangement == "apart"
    name = f"{runs} runs, " + ("a widget each" if apart else arrangement)
    longest = middle(lambda one: max(one.gaps_ms))
    tasks = middle(lambda one: one.long_tasks)
    p50 = middle(lambda one: percentile(one.gaps_ms, 50))
    late = middle(lambda one: one.late_percent)
    work = middle(lambda one: mean(one.work_ms))
    work_p99 = middle(lambda one: percentile(one.work_ms, 99))
    lag_p50, lag_p99 = (middle(lambda one, at=at: percentile(one.lags_ms, at)) for at in (50, 99))
    return [
        Finding(
            f"{name}: frames over 50 ms",
            middle(lambda one: sum(gap > _LONGEST_FRAME_MS for gap in one.gaps_ms)),
            0,
            note=f"longest {longest:.0f} ms, {tasks:.0f} tasks over 50 ms",
        ),
        Finding(
            f"{name}: frame p99",
            middle(lambda one: one.p99_ms),
            _FRAME_P99_MS,
            "ms",
            f"median {p50:.1f} ms, {late:.1f} % late",
        ),
        Finding(
            f"{name}: main-thread work a frame",
            middle(lambda one: one.cpu_a_frame_ms),
            _WORK_MS,
            "ms",
            f"by the clock {work:.1f} ms, p99 {work_p99:.1f} ms",
        ),
        Finding(
            f"{name}: message to paint p99",
            middle(lambda one: percentile(one.lags_frames, 99)),
            _LAG_FRAMES,
            "frames",
            f"p50 {lag_p50:.1f} ms, p99 {lag_p99:.1f} ms; of runs on screen",
        ),
    ]
