"""Sixteen answers at once: frames, work and the way from a message to the screen."""

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
class _Round:
    """What one fresh page gave."""

    gaps_ms: list[float]
    work_ms: list[float]
    cpu_ms: float
    """Processor time of the main thread, of all frames together."""
    long_tasks: int
    lags_ms: list[float]
    lags_frames: list[float]


def measure(browser: Browser, url: str, options: Options) -> list[Finding]:
    """Checks 3 and 4: in one widget as a grid; as one column; and in a widget each."""
    findings: list[Finding] = []
    for runs, arrangement, shorter in _SHAPES:
        asked = {"runs": runs, "arrangement": arrangement, "tokensPerS": _TOKENS_PER_S}
        asked["seconds"] = options.seconds / shorter
        rounds = [_round(browser, url, asked) for _ in range(options.rounds)]
        findings += _findings(runs, arrangement, rounds)
    return findings


def _round(browser: Browser, url: str, asked: dict[str, Any]) -> _Round:
    page = BenchPage(browser.new_page(viewport={"width": 1600, "height": 1000}), url)
    busy_s = page.busy_s()
    result = page.call("playMany", asked)
    cpu_ms = (page.busy_s() - busy_s) * 1000
    page.close()
    frames = result["frames"]
    return _Round(
        gaps_ms=[later["atMs"] - sooner["atMs"] for sooner, later in pairwise(frames)],
        work_ms=[frame["workMs"] for frame in frames],
        cpu_ms=cpu_ms,
        long_tasks=len(result["longTasksMs"]),
        lags_ms=result["lagsMs"],
        lags_frames=result["lagsFrames"],
    )


def _findings(runs: int, arrangement: str, rounds: list[_Round]) -> list[Finding]:
    def middle(of: Callable[[_Round], float]) -> float:
        return median(map(of, rounds))

    apart = arrangement == "apart"
    name = f"{runs} runs, " + ("a widget each" if apart else arrangement)
    longest = middle(lambda one: max(one.gaps_ms))
    tasks = middle(lambda one: one.long_tasks)
    p50 = middle(lambda one: percentile(one.gaps_ms, 50))
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
            middle(lambda one: percentile(one.gaps_ms, 99)),
            _FRAME_P99_MS,
            "ms",
            f"median {p50:.1f} ms",
        ),
        Finding(
            f"{name}: main-thread work a frame",
            middle(lambda one: one.cpu_ms / len(one.work_ms)),
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
