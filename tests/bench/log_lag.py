"""How long after it was received a text is on disk, while it streams.

One run of a hundred tokens a second on the engine's thread, logged to a file. At random moments
what the run has is counted, and the file is read until it has as much: so much `kill -9` takes.

    uv run python tests/bench/log_lag.py [--looks 100]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from ended_calls import price
from finding import Finding, show_findings
from rig import machine, percentile

from stream_widget.call_log import CallLog, LogSink
from stream_widget.clock import monotonic_s
from stream_widget.events import OutputTextDelta, ResponseFinished
from stream_widget.request import Request, Target
from stream_widget.run import Run, ThreadEngine

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from stream_widget.events import Event

_TARGET: Final = Target("openai", "gpt-5-mini")
_PER_S: Final = 100
_LATE_MS: Final = 250.0
_BETWEEN_S: Final = (0.02, 0.3)
_POLL_S: Final = 0.002


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How soon streamed text is on disk.")
    parser.add_argument("--looks", type=int, default=100, help="moments at which to look")
    looks: int = parser.parse_args().looks
    with tempfile.TemporaryDirectory(prefix="stream-widget-bench-") as folder:
        lags_ms = _lags_ms(Path(folder) / "calls.db", looks)
    show_findings(
        [
            Finding("received to on disk, median", median(lags_ms), _LATE_MS, "ms"),
            Finding("the same, slowest of twenty", percentile(lags_ms, 95), _LATE_MS, "ms"),
            Finding("the same, slowest", max(lags_ms), note="with the machine's own pauses"),
        ]
    )
    sys.stdout.write(f"\n{machine()}; SQLite {sqlite3.sqlite_version}\n")


def _lags_ms(path: Path, looks: int) -> list[float]:
    chance = random.Random(1)  # noqa: S311 - no secret
    engine = ThreadEngine()
    over = False

    async def source(_request: Request, _target: Target) -> AsyncGenerator[Event, None]:
        while not over:
            yield OutputTextDelta(0, "word ")
            await asyncio.sleep(1 / _PER_S)
        yield ResponseFinished("stop", "completed")

    lags_ms: list[float] = []
    with CallLog(path) as log:
        run = Run(Request("Go on."), [_TARGET], source, engine=engine, price=price)
        run.start(LogSink(log))
        while run.attempt is None or not run.attempt.snapshot.output_text:
            time.sleep(_POLL_S)
        log.flush()
        with closing(sqlite3.connect(path)) as db:
            for _ in range(looks):
                time.sleep(chance.uniform(*_BETWEEN_S))
                received, since_s = len(run.attempt.snapshot.output_text), monotonic_s()
                while _on_disk(db) < received:
                    time.sleep(_POLL_S)
                lags_ms.append(1e3 * (monotonic_s() - since_s))
        over = True
        while not run.ended:
            time.sleep(_POLL_S)
    engine.stop()
    return lags_ms


def _on_disk(db: sqlite3.Connection) -> int:
    pieces = db.execute("select piece from pieces").fetchall()
    parts = [part for (piece,) in pieces for part in json.loads(piece)["parts"]]
    tail = parts[-1][6] if parts else ""
    return sum(len(part[5] or "") for part in parts) + len(tail)


if __name__ == "__main__":
    main()
