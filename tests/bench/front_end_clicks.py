"""How soon a reader sees what they asked for: Resume, Cancel, search."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any, Final

from bench_page import BenchPage
from finding import Finding
from front_end_options import UNITS_PER_TOKEN

if TYPE_CHECKING:
    from front_end_options import Options
    from playwright.sync_api import Browser

__all__ = ["measure"]

_HELD_TOKENS: Final = 10_000
_RESUME_MS: Final = 500.0
_CANCEL_MS: Final = 200.0
_LONG_TASKS: Final = 0
_SEARCH_MS: Final = 50.0


def measure(browser: Browser, url: str, options: Options) -> list[Finding]:
    """Checks 15 and 17."""

    def repeated(function: str, asked: dict[str, Any]) -> list[Any]:
        results = []
        for _ in range(options.rounds):
            page = BenchPage(browser.new_page(), url)
            results.append(page.call(function, asked))
            page.close()
        return results

    released = repeated("holdAndRelease", {"units": _HELD_TOKENS * UNITS_PER_TOKEN})
    if not all(result["held"] for result in released):
        raise RuntimeError("Pause did not hold the text back.")
    tasks = [max(result["longTasksMs"], default=0.0) for result in released]
    cancelled = {runs: repeated("pressCancel", {"runs": runs}) for runs in (1, 16)}
    return [
        Finding(
            f"Resume with {_HELD_TOKENS:,} tokens held: all shown",
            median(result["wholeMs"] for result in released),
            _RESUME_MS,
            "ms",
        ),
        Finding(
            "the same: tasks over 50 ms",
            median(len(result["longTasksMs"]) for result in released),
            _LONG_TASKS,
            "",
            f"longest {max(tasks):.0f} ms" if max(tasks) else "",
        ),
        *(
            Finding(
                f"Cancel of one of {runs}: its state shown",
                median(times),
                _CANCEL_MS,
                "ms",
                "of which the stand-in for the kernel waits 15 ms",
            )
            for runs, times in cancelled.items()
        ),
        *_search(repeated, options),
    ]


def _search(repeated: Any, options: Options) -> list[Finding]:
    what = f"search over {options.tokens:,} tokens: hits counted"
    found = repeated("search", {"units": options.units})
    times = median(result["countedMs"] for result in found)
    return [Finding(what, times, _SEARCH_MS, "ms", found[0]["said"])]
