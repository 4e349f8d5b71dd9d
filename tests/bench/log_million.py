"""A log of a million calls: how long it takes to open, and to read.

The file is made by SQL, with calls of half a year. Each reader begins anew, so that opening is in
its time; the first of each kind is not counted.

    uv run python tests/bench/log_million.py [--calls 1000000] [--rounds 3] [--keep FILE]
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from finding import Finding, show_findings
from rig import machine

from stream_widget.call_log import CallLog
from stream_widget.call_log.period import microseconds
from stream_widget.clock import monotonic_s, utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stream_widget.call_log.filters import Chosen

_PERIOD_S: Final = 182 * 24 * 3600
_LAST: Final = 10_000
_OPEN_MS: Final = 50.0
_FRAME_S: Final = 1.0
_SUMMARY_S: Final = 3.0
_SUMMARIES: Final[Sequence[tuple[str | None, Chosen, float | None]]] = (
    ("response_model", {}, _SUMMARY_S),
    (None, {}, _SUMMARY_S),
    ("day", {}, _SUMMARY_S),
    ("tag", {}, _SUMMARY_S),
    ("response_model", {"since": "90d"}, _SUMMARY_S),
    ("response_model", {"tag": "sky"}, _SUMMARY_S),
    ("finish_reason", {}, None),
)
"""What to group by, which calls, and the budget in seconds; the last is not in the index."""
_FILL: Final = """
with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < :calls)
insert into calls (
    call_id, run_id, attempt, started_at, ended_at, provider, api, request_model, response_model,
    state, finish_reason, effort, streamed, input_tokens, cached_input_tokens, output_tokens,
    reasoning_tokens, total_tokens, usage_source, cost_usd, price_source, duration_s, ttft_s,
    ttfo_s, tokens_per_s, prompt, output_text, reasoning_text, refusal_text, name, tags,
    tool_calls
)
select
    printf('call %09d', i), printf('run %09d', i - (i % 50 = 49)), 1 + (i % 50 = 49),
    :first + i * :step, :first + i * :step + 4000000, 'openai', 'responses',
    'gpt-5' || substr('     -mini-nano', 1 + i % 3 * 5, 5),
    'gpt-5' || substr('     -mini-nano', 1 + i % 3 * 5, 5) || '-2025-08-07',
    case when i % 50 in (7, 48) then 'failed' else 'completed' end, 'stop',
    nullif(substr('low highnone', 1 + i % 7 % 3 * 4, 4), 'none'), 1, 100 + i % 1000, i % 50,
    200 + i % 777, i % 200, 300 + i % 1777,
    case when i % 50 in (7, 48) then null when i % 9 then 'reported' else 'estimated' end,
    0.0001 * (i % 100), 'genai-prices 0.2',
    4.0 + (i % 1009) / 25.0, 0.5 + (i % 101) / 10.0, 0.6 + (i % 101) / 10.0, 80.0 + i % 97,
    'Why is the sky blue?', :answer, '', '', nullif('sky ' || i % 5, 'sky 4'),
    case i % 4 when 0 then '[]' when 1 then '["sky"]' else '["sky", "colour"]' end, '[]'
from n
"""
_ANSWER: Final = "Short waves of light scatter more than long ones. " * 10


def main() -> None:
    """Measure and print."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="stream-widget-bench-") as folder:
        path = options.keep or Path(folder) / "calls.db"
        if not path.exists():
            _fill(path, options.calls)
        findings = _measure(path, options)
    show_findings(findings)
    sys.stdout.write(f"\n{machine()}; SQLite {sqlite3.sqlite_version}\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Reading a large call log.")
    parser.add_argument("--calls", type=int, default=1_000_000, help="rows of the table")
    parser.add_argument("--rounds", type=int, default=3, help="times each thing is read")
    parser.add_argument("--keep", type=Path, help="a file to make, or to use if it is there")
    return parser.parse_args()


def _fill(path: Path, calls: int) -> None:
    with CallLog(path) as log:
        log.recent_answers("any")  # makes the tables
    step = _PERIOD_S * 1_000_000 // calls
    first = microseconds(utc_now()) - step * calls
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(_FILL, {"calls": calls, "first": first, "step": step, "answer": _ANSWER})
        db.execute("pragma wal_checkpoint(truncate)")


def _measure(path: Path, options: argparse.Namespace) -> list[Finding]:
    step_s = _PERIOD_S / options.calls
    last = utc_now() - timedelta(seconds=step_s * _LAST)
    opened_s = _median_s(path, options.rounds, lambda log: log.recent_answers("gpt-5-mini"))
    last_s = _median_s(path, options.rounds, lambda log: log.to_frame(since=last))
    week_s = _median_s(path, options.rounds, lambda log: log.to_frame(since="7d"))
    rows = round(7 * 24 * 3600 / step_s)
    week = f"{rows:,} rows, {1e6 * week_s / max(rows, 1):.0f} µs each"
    return [
        Finding("open, and ask for past answers", 1e3 * opened_s, _OPEN_MS, "ms"),
        Finding(f"to_frame of the last {_LAST:,}", last_s, _FRAME_S, "s"),
        Finding('to_frame(since="7d")', week_s, unit="s", note=week),
        *_summaries(path, options.rounds),
        Finding("size of the file", path.stat().st_size / 1e6, unit="MB"),
    ]


def _summaries(path: Path, rounds: int) -> list[Finding]:
    findings: list[Finding] = []
    for by, chosen, budget_s in _SUMMARIES:

        def read(log: CallLog, by: str | None = by, chosen: Chosen = chosen) -> object:
            return log.summary(by, **chosen)

        asked = ", ".join([repr(by), *(f"{name}={value!r}" for name, value in chosen.items())])
        took_s = _median_s(path, rounds, read)
        findings.append(Finding(f"summary({asked})", took_s, budget_s, "s"))
    return findings


def _median_s(path: Path, rounds: int, read: Callable[[CallLog], object]) -> float:
    times_s: list[float] = []
    for _ in range(rounds + 1):
        with CallLog(path) as log:
            start_s = monotonic_s()
            read(log)
            times_s.append(monotonic_s() - start_s)
    return median(times_s[1:])


if __name__ == "__main__":
    main()
