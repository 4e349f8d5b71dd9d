"""The same calls in our log and in that of the `llm` package: to write, to keep and to read.

Both are told of calls that have just ended, a hundred of ours and a hundred of theirs by turns:
ours through its writer until all are on disk, theirs by `Response.log_to_db`, each its own public
way. Ours puts what waits in one transaction, as many runs at once do, so it is also made to wait
for each call alone, as theirs does. Theirs is used as it comes, and in WAL mode, which ours has.
Times are those of the median turn.

They do not store the same. Ours has when each token arrived, times to the first one, cost and
price data, states, errors and attempts, tags, and an index for summaries. Theirs has messages by
their content, so that a conversation's beginning is there once, fragments, attachments, schemas,
tools, the provider's own JSON, and a full-text index with a second copy of prompt and answer.

    uv run --group bench python tests/bench/log_against_llm.py [--calls 10000] [--tokens 1000]
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

import pandas as pd
from ended_calls import end_call
from finding import TIMES, Finding, show_findings
from long_answer import long_answer
from rig import machine

from stream_widget.call_log import CallLog, LogSink
from stream_widget.clock import monotonic_s
from stream_widget.run import LoopEngine
from stream_widget.scripted.pieces import split_pieces

try:
    import llm
    import sqlite_utils
    from llm.logs import LogStore, merged_log_rows
    from llm.migrations import migrate
except ImportError as error:
    sys.exit(f"{error}. Start it as: uv run --group bench python {sys.argv[0]}")

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

_LAST: Final = 10_000
_AT_A_TIME: Final = 100
"""Calls of each log before it is the other's turn."""
_PROMPT: Final = "Why is the sky blue, asked for the {}th time?"
_FLAT: Final = (
    "select turns.*, turn_search.prompt, turn_search.response from turns "
    "join turn_search on turn_search.turn_id = turns.id order by turns.id desc limit ?"
)
"""Their calls with their texts in one statement, which is no way of theirs, but the quickest."""
_SEARCH: Final = "select sum(pgsize) from dbstat where name like 'turn_search%'"


@dataclass(frozen=True, slots=True)
class _Turn:
    """What some calls took."""

    calls: int
    clock_s: float
    cpu_s: float

    @classmethod
    def of(cls, calls: int, work: Callable[[], None]) -> _Turn:
        """Do the work."""
        start_s, cpu_s = monotonic_s(), time.process_time()
        work()
        return cls(calls, monotonic_s() - start_s, time.process_time() - cpu_s)

    @property
    def per_call_ms(self) -> float:
        """Milliseconds of the clock."""
        return 1e3 * self.clock_s / self.calls


class _Recited(llm.Model):
    """A model that says what it was given."""

    model_id = "recited"
    can_stream = True

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts

    def execute(
        self, _prompt: llm.Prompt, *, response: llm.Response, **_others: object
    ) -> Iterator[str]:
        yield from self.texts
        response.set_usage(input=10, output=len(self.texts))


class _Theirs:
    """One log database of llm."""

    def __init__(self, path: Path, *, wal: bool) -> None:
        self.path = path
        self.db = sqlite_utils.Database(path)
        if wal:
            self.db.enable_wal()
        migrate(self.db)

    def take_turn(self, prompts: Sequence[str], answers: Sequence[Sequence[str]]) -> _Turn:
        """Log some calls, which are made before the clock runs."""
        made = [
            _Recited(texts).prompt(prompt) for prompt, texts in zip(prompts, answers, strict=True)
        ]
        for response in made:
            response.text()

        def work() -> None:
            for response in made:
                response.log_to_db(self.db)

        return _Turn.of(len(made), work)

    def read_flat(self, count: int) -> pd.DataFrame:
        """Read the latest calls from the tables."""
        with closing(sqlite3.connect(self.path)) as db:
            return pd.read_sql_query(_FLAT, db, params=(count,))

    def read_rows(self, count: int) -> pd.DataFrame:
        """Read the latest calls as the command `llm logs` does."""
        db = sqlite_utils.Database(self.path)
        rows = merged_log_rows(LogStore(db), count=count)
        db.close()
        return pd.DataFrame(rows)


class _Ours:
    """One of our logs."""

    def __init__(self, path: Path, *, alone: bool) -> None:
        self.path = path
        self.log = CallLog(path)
        self._sink = LogSink(self.log)
        self._alone = alone
        self._started: list[datetime] = []
        self._engine = LoopEngine()
        self._chance = random.Random(1)  # noqa: S311 - no secret

    def take_turn(self, prompts: Sequence[str], answers: Sequence[Sequence[str]]) -> _Turn:
        """Log some calls, which are made before the clock runs."""
        made = [
            end_call(prompt, texts, self._engine, self._chance)
            for prompt, texts in zip(prompts, answers, strict=True)
        ]
        self._started += [attempt.started_at for _, attempt in made]

        def work() -> None:
            for run, attempt in made:
                self._sink.attempt_ended(run, attempt)
                if self._alone:
                    self.log.flush()
            self.log.flush()

        return _Turn.of(len(made), work)

    def read(self, count: int) -> pd.DataFrame:
        """Read the latest calls."""
        return self.log.to_frame(since=self._started[-count])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Our call log beside that of llm.")
    parser.add_argument("--calls", type=int, default=_LAST, help="to log in each")
    parser.add_argument("--tokens", type=int, default=1000, help="of an answer")
    parser.add_argument("--rounds", type=int, default=3, help="times each log is read")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stream-widget-bench-") as folder:
        findings = asyncio.run(_measure(Path(folder), options))
    show_findings(findings)
    used = f"SQLite {sqlite3.sqlite_version}, llm {version('llm')}"
    sys.stdout.write(f"\n{options.calls} calls; {machine()}; {used}\n")


async def _measure(folder: Path, options: argparse.Namespace) -> list[Finding]:
    ours, alone = _Ours(folder / "o.db", alone=False), _Ours(folder / "a.db", alone=True)
    theirs, wal = _Theirs(folder / "t.db", wal=False), _Theirs(folder / "w.db", wal=True)
    logs = {"ours": ours, "ours, one by one": alone, "llm": theirs, "llm in WAL mode": wal}
    turns = _inserts([*logs.values()], options.calls, options.tokens)
    per_call_ms = [median(turn.per_call_ms for turn in each) for each in turns]
    findings = [
        Finding(f"log a call: {name}", ms, None, "ms", f"{_cpu_ms(each):.2f} ms of the CPU")
        for name, ms, each in zip(logs, per_call_ms, turns, strict=True)
    ]
    findings += [
        Finding("ours to llm, as they come", per_call_ms[0] / per_call_ms[2], 1.0, TIMES),
        Finding("one by one, both in WAL mode", per_call_ms[1] / per_call_ms[3], 1.0, TIMES),
    ]
    findings += _sizes(ours, wal, options.calls)
    findings += _reads(ours, wal, min(options.calls, _LAST), options.rounds)
    for log in (ours, alone):
        log.log.close()
    return findings


def _inserts(logs: Sequence[_Ours | _Theirs], calls: int, tokens: int) -> list[list[_Turn]]:
    """The turns of each log."""
    texts = split_pieces(long_answer(tokens).answer)
    turns: list[list[_Turn]] = [[] for _ in logs]
    bounds = [*range(0, calls, _AT_A_TIME), calls]
    for first, following in pairwise(bounds):
        numbers = range(first, following)
        prompts = [_PROMPT.format(number) for number in numbers]
        # No two are the same, which theirs would store once.
        answers = [[f"{number} ", *texts] for number in numbers]
        for known, log in zip(turns, logs, strict=True):
            known.append(log.take_turn(prompts, answers))
    return turns


def _cpu_ms(turns: Sequence[_Turn]) -> float:
    """Milliseconds of all threads for a call, which do not depend on what else runs."""
    return 1e3 * sum(turn.cpu_s for turn in turns) / sum(turn.calls for turn in turns)


def _sizes(ours: _Ours, theirs: _Theirs, calls: int) -> list[Finding]:
    sizes: list[int] = []
    for path in (ours.path, theirs.path):
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("pragma wal_checkpoint(truncate)")
        sizes.append(path.stat().st_size)
    with closing(sqlite3.connect(theirs.path)) as db:
        try:
            search = f"{db.execute(_SEARCH).fetchone()[0] / calls:.0f} to search in"
        except sqlite3.OperationalError:  # SQLite was built without dbstat
            search = ""
    return [
        Finding("bytes of a call: ours", round(sizes[0] / calls)),
        Finding("llm", round(sizes[1] / calls), note=search),
        Finding("ours to llm", sizes[0] / sizes[1], 1.0, TIMES),
    ]


def _reads(ours: _Ours, theirs: _Theirs, count: int, rounds: int) -> list[Finding]:
    ours_s = _median_s(ours.read, count, rounds)
    flat_s = _median_s(theirs.read_flat, count, rounds)
    rows_s = _median_s(theirs.read_rows, count, rounds)
    shape = "{} columns".format
    return [
        Finding(
            f"last {count:,} to a frame: ours", ours_s, unit="s", note=shape(_width(ours.read))
        ),
        Finding("llm, one SQL", flat_s, unit="s", note=shape(_width(theirs.read_flat))),
        Finding("llm, as `llm logs` reads", rows_s, unit="s", note=shape(_width(theirs.read_rows))),
        Finding("ours to one SQL", ours_s / flat_s, unit=TIMES),
        Finding("ours to `llm logs`", ours_s / rows_s, 1.0, TIMES),
    ]


def _width(read: Callable[[int], pd.DataFrame]) -> int:
    return read(1).shape[1]


def _median_s(read: Callable[[int], pd.DataFrame], count: int, rounds: int) -> float:
    times_s: list[float] = []
    for _ in range(rounds):
        start_s = monotonic_s()
        found = read(count)
        times_s.append(monotonic_s() - start_s)
        if len(found) != count:
            raise RuntimeError(f"{len(found)} calls were read, not {count}.")
    return median(times_s)


if __name__ == "__main__":
    main()
