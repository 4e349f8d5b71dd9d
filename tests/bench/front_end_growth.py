"""Whether the end of a long stream costs a frame more than its start did."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any, Final

from bench_page import BenchPage
from finding import TIMES, Finding
from growing import Grown, grow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from front_end_options import Options
    from playwright.sync_api import Browser

__all__ = ["measure", "measure_rows"]

_KINDS: Final = ("prose", "code", "list", "table", "paragraph", "mixed")
_DELTAS_PER_FRAME: Final = 48
"""100,000 tokens in 40 s: many more a frame than any model sends, so that the end comes soon."""
_FEW_DELTAS_PER_FRAME: Final = 16
_ENDS: Final = ("first_ms", "last_ms")
_RATIO_BUDGET: Final = 1.5
_ROWS: Final = (("code", 700, 0.3), ("table", 1000, 3.0), ("list", 600, 3.0))
_LONGEST_NODE: Final = 8192
_NODE_UNITS: Final = 81_000
_NODE_MS: Final = 10.1
"""What such a text in one node takes at its end where the budgets are from (FRONTEND)."""


def measure(browser: Browser, url: str, options: Options) -> list[Finding]:
    """Check 2: work a frame, last tenth against the first, in a whole widget."""
    findings = []
    for kind in _KINDS:
        asked = {"kind": kind, "units": options.units, "deltasPerFrame": _DELTAS_PER_FRAME}
        rounds = [grown for grown, _ in _rounds(browser, url, options.rounds, asked)]
        ratio = median(grown.last_ms / grown.first_ms for grown in rounds)
        first, last = (median(getattr(grown, end) for grown in rounds) for end in _ENDS)
        what = f"{kind}: work a frame, last tenth / first"
        findings.append(Finding(what, ratio, _RATIO_BUDGET, TIMES, f"{first:.2f} → {last:.2f} ms"))
    return findings


def measure_rows(browser: Browser, url: str, options: Options) -> list[Finding]:
    """Check 5: what one more piece costs at the end of a long open block; the longest text node.

    In milliseconds, which are the machine's, and as a share of what one text node of an answer's
    length costs at its end: that was measured where the budgets are from, and is in this run.
    """
    yardstick = {"renderer": "one-node", "kind": "mixed", "units": _NODE_UNITS}
    node_ms = _last_write_ms(_grown_rows(browser, url, options.rounds, yardstick))
    note = f"{_NODE_MS} ms where the budgets are from: this machine takes {node_ms / _NODE_MS:.1f}"
    what = f"one text node of {_NODE_UNITS:,} units: writing and layout a frame at its end"
    findings = [Finding(what, node_ms, unit="ms", note=f"{note} {TIMES} as long")]
    longest = 0
    for kind, rows, budget in _ROWS:
        asked = {"renderer": "ours", "kind": kind, "units": 0, "rows": rows}
        rounds = _grown_rows(browser, url, options.rounds, asked)
        last = _last_write_ms(rounds)
        whole = median(grown.last_ms for grown, _ in rounds)
        total = median(sum(grown.write_ms) for grown, _ in rounds)
        what = f"{kind} of {rows} rows, still open: writing and layout a frame at its end"
        note = f"with paint {whole:.2f} ms; writing all of it {total:.0f} ms"
        share = Finding(f"{what} / that", 100 * last / node_ms, 100 * budget / _NODE_MS, "%")
        findings += [Finding(what, last, budget, "ms", note), share]
        longest = max(longest, *(ended["longestNode"] for _, ended in rounds))
    return [
        *findings,
        _plain_lines(browser, url, options.rounds),
        Finding("the longest text node in these", longest, _LONGEST_NODE, "units"),
    ]


def _plain_lines(browser: Browser, url: str, rounds: int) -> Finding:
    """The least that any page could do with the same code."""
    kind, rows, _ = _ROWS[0]
    asked = {"renderer": "plain-lines", "kind": kind, "units": 0, "rows": rows}
    last = _last_write_ms(_grown_rows(browser, url, rounds, asked))
    what = f"{kind} of {rows} rows as plain lines: writing and layout a frame at its end"
    return Finding(what, last, unit="ms", note="no colours, no Markdown: any page pays this")


_Round = tuple[Grown, dict[str, Any]]
"""A text that has grown, and what the page tells of its nodes."""


def _grown_rows(browser: Browser, url: str, rounds: int, asked: dict[str, Any]) -> Sequence[_Round]:
    asked = {**asked, "deltasPerFrame": _FEW_DELTAS_PER_FRAME}
    return list(_rounds(browser, url, rounds, asked, function="openText"))


def _last_write_ms(rounds: Sequence[_Round]) -> float:
    return median(median(_last_tenth(grown.write_ms)) for grown, _ in rounds)


def _rounds(
    browser: Browser, url: str, rounds: int, asked: dict[str, Any], *, function: str = "openStream"
) -> Iterator[_Round]:
    for _ in range(rounds):
        page = BenchPage(browser.new_page(), url)
        grown = grow(page, function, asked)
        yield grown, page.call("endText") if function == "openText" else {}
        page.close()


def _last_tenth(values: list[float]) -> list[float]:
    return values[-max(1, len(values) // 10) :]
