"""What the log costs: the engine's time for a call and for a delta, and bytes for a call.

Runs read an answer from memory, by turns with the log and without it, each on a loop in the main
thread, whose own CPU time is measured: the writer has a thread of its own. For bytes, calls of a
thousand tokens at a hundred a second are logged, and weighed again without their timelines.

    uv run python tests/bench/log_cost.py [--rounds 9] [--deltas 5000] [--calls 200]
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import random
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from ended_calls import end_call, price
from finding import Finding, show_findings
from long_answer import long_answer
from rig import machine

from stream_widget.call_log import CallLog, LogSink
from stream_widget.events import OutputTextDelta, ResponseFinished, Usage, UsageReported
from stream_widget.request import Request, Target
from stream_widget.run import LoopEngine, Run, Sink
from stream_widget.scripted.pieces import split_pieces

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from stream_widget.events import Event

_TARGET: Final = Target("openai", "gpt-5-mini")
_CALL_MS: Final = 2.0
_DELTA_SHARE: Final = 0.05
_TOKENS: Final = 1000
_USAGE: Final = Usage(input_tokens=10, output_tokens=_TOKENS)
_END: Final = (UsageReported(_USAGE), ResponseFinished("stop", "completed"))


class _Deaf(Sink):
    """Hears everything, as the log does, and does nothing."""


def main() -> None:
    """Measure and print."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="stream-widget-bench-") as folder:
        with CallLog(Path(folder) / "calls.db") as log:
            findings = asyncio.run(_measure(log, options))
        findings += asyncio.run(_weigh(Path(folder) / "weighed.db", options.calls))
    show_findings(findings)
    sys.stdout.write(f"\n{machine()}; SQLite {sqlite3.sqlite_version}\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Cost of the call log.")
    parser.add_argument("--rounds", type=int, default=9, help="turns with and without")
    parser.add_argument("--deltas", type=int, default=5000, help="length of a long answer")
    parser.add_argument("--calls", type=int, default=200, help="short calls of a round")
    return parser.parse_args()


async def _measure(log: CallLog, options: argparse.Namespace) -> list[Finding]:
    engine = LoopEngine()
    long, short = _answer(options.deltas), _answer(1)
    spent: dict[str, list[float]] = {"with": [], "without": [], "call": [], "no call": []}
    for turn in range(options.rounds + 1):
        for name, sink, answer, calls in (
            ("without", _Deaf(), long, 1),
            ("with", LogSink(log), long, 1),
            ("no call", _Deaf(), short, options.calls),
            ("call", LogSink(log), short, options.calls),
        ):
            spent_s = await _spent_s(engine, sink, answer, calls)
            if turn:  # the first time, much is loaded
                spent[name].append(spent_s / calls)
    share = median(
        (on - off) / off for on, off in zip(spent["with"], spent["without"], strict=True)
    )
    call_ms = 1e3 * median(
        on - off for on, off in zip(spent["call"], spent["no call"], strict=True)
    )
    of = f"{1e6 * median(spent['without']) / options.deltas:.2f} µs without the log"
    return [
        Finding("engine time of a delta", 100 * share, 100 * _DELTA_SHARE, "% more", of),
        Finding("engine time of a call", call_ms, _CALL_MS, "ms more"),
    ]


def _answer(deltas: int) -> list[Event]:
    texts = _words(deltas)
    return [*(OutputTextDelta(0, text) for text in texts), *_END]


def _words(count: int) -> list[str]:
    return split_pieces(long_answer(count).answer)


async def _spent_s(engine: LoopEngine, sink: Sink, answer: list[Event], calls: int) -> float:
    async def source(_request: Request, _target: Target) -> AsyncGenerator[Event, None]:
        for n, event in enumerate(answer):
            yield event
            if n % 50 == 0:
                await asyncio.sleep(0)  # as if more had come from a socket

    gc.collect()
    start_s = time.thread_time()
    for _ in range(calls):
        run = Run(Request("Go on."), [_TARGET], source, engine=engine, price=price)
        ended = asyncio.Event()
        run.when_ended(ended.set)
        run.start(sink)
        await ended.wait()
    return time.thread_time() - start_s


async def _weigh(path: Path, calls: int) -> list[Finding]:
    """Bytes of a call of a thousand tokens, each with its own times of arrival."""
    chance = random.Random(1)  # noqa: S311 - no secret
    texts = _words(_TOKENS)
    words = sum(len(text.encode()) for text in texts)
    engine = LoopEngine()
    with CallLog(path) as log:
        for _ in range(calls):
            run, attempt = end_call("Go on.", texts, engine, chance)
            LogSink(log).attempt_ended(run, attempt)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        whole = _bytes(db, path)
        db.execute("update streams set timeline = ''")
        bare = _bytes(db, path)
    return [
        Finding(f"bytes of a call of {_TOKENS} tokens", whole / calls, note=f"{words} of text"),
        Finding("the same without its timeline", bare / calls),
    ]


def _bytes(db: sqlite3.Connection, path: Path) -> int:
    db.execute("vacuum")
    db.execute("pragma wal_checkpoint(truncate)")
    return path.stat().st_size


if __name__ == "__main__":
    main()
