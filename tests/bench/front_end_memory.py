"""What a long answer holds in the browser's heap, and what a widget that is gone has left there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bench_page import BenchPage
from finding import TIMES, Finding

if TYPE_CHECKING:
    from front_end_options import Options
    from playwright.sync_api import Browser

__all__ = ["measure"]

_HEAP_MB: Final = 30.0
_HEAP_TOKENS: Final = 100_000
_GROWTH: Final = 1.10
_WARM_UP: Final = 3
"""What a page makes once (caches, the frame loop) is made by then."""
_MOUNT_UNITS: Final = 20_000


def measure(browser: Browser, url: str, options: Options) -> list[Finding]:
    """The heap of one long stream; check 6: heap, nodes and listeners over mounts and unmounts."""
    return [*_held(browser, url, options), *_left(browser, url, options)]


def _held(browser: Browser, url: str, options: Options) -> list[Finding]:
    page = BenchPage(browser.new_page(), url)
    page.collect_garbage()
    before = page.metrics()
    deltas = page.call("holdLong", {"units": options.units})
    page.collect_garbage()
    after = page.metrics()
    page.close()
    heap = (after["JSHeapUsedSize"] - before["JSHeapUsedSize"]) / 1e6
    nodes = after["Nodes"] - before["Nodes"]
    budget = _HEAP_MB * options.tokens / _HEAP_TOKENS
    note = f"{nodes:,.0f} nodes, {deltas:,} deltas"
    return [Finding(f"heap that {options.tokens:,} tokens hold", heap, budget, "MB", note)]


def _left(browser: Browser, url: str, options: Options) -> list[Finding]:
    page = BenchPage(browser.new_page(), url)
    for _ in range(_WARM_UP):
        page.call("mountAndUnmount", {"units": _MOUNT_UNITS})
    page.collect_garbage()
    before = page.metrics()
    for _ in range(options.mounts):
        page.call("mountAndUnmount", {"units": _MOUNT_UNITS})
    # The registry keeps a widget for a while for a view that comes back; that has passed then.
    page.page.wait_for_timeout(500)
    page.collect_garbage()
    after = page.metrics()
    page.close()
    name = f"after {options.mounts} mounts and unmounts"
    heaps = (before["JSHeapUsedSize"], after["JSHeapUsedSize"])
    note = f"{heaps[0] / 1e6:.2f} → {heaps[1] / 1e6:.2f} MB"
    return [
        Finding(f"{name}: heap", heaps[1] / heaps[0], _GROWTH, TIMES, note),
        Finding(f"{name}: more nodes", after["Nodes"] - before["Nodes"], 0),
        Finding(
            f"{name}: more listeners", after["JSEventListeners"] - before["JSEventListeners"], 0
        ),
    ]
