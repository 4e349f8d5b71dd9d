"""Processes that stream into a log and say what they received, made to be killed at any moment.

Started as a program it waits for orders, a line each: ``<log> <report> <runs> <rounds> <seed>``; it
forks a process for each, which is ready at once since everything is imported, and answers with its
id. A report holds a line of JSON for each delta, written before the run hears of it: the call, the
monotonic clock, the text; one with no text once a run is over; and one for each look of the log's
writer at a call, with the time before the look, once what it found is on disk.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from stream_widget.call_log import CallLog, LogSink
from stream_widget.call_log.following import Following
from stream_widget.clock import monotonic_s
from stream_widget.events import OutputTextDelta, ReasoningTextDelta, ResponseFinished
from stream_widget.request import Request, Target
from stream_widget.run import LoopEngine, RetryPolicy, Run

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from stream_widget.call_log.pieces import Piece
    from stream_widget.events import Event
    from stream_widget.redaction import Redactor

__all__ = ["Crew", "Received", "crew", "read_report"]

_TARGET = Target("openai", "gpt-5-mini")
_WORDS = ("Short ", "waves ", "scatter ", "more, ", "größer ", "als ", "長い", "波。", "x")


@dataclass(slots=True)
class Received:
    """What a process said of one call."""

    reasoning: list[tuple[float, str]] = field(default_factory=list)
    output: list[tuple[float, str]] = field(default_factory=list)
    over_s: float | None = None
    """When its run was over."""
    looked_s: float = 0.0
    """When the writer last looked at it, of the looks whose findings were on disk."""


def read_report(path: Path) -> dict[str, Received]:
    """What a process received, by call; a last line that was cut by the kill counts for nothing."""
    calls: dict[str, Received] = {}
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if not line.endswith("\n"):
            break
        call_id, at_s, kind, text = json.loads(line)
        call = calls.setdefault(call_id, Received())
        if kind == "over":
            call.over_s = at_s
        elif kind == "written":
            call.looked_s = at_s
        else:
            getattr(call, kind).append((at_s, text))
    return calls


class Crew:
    """Starts processes that stream."""

    def __init__(self, program: subprocess.Popen[str]) -> None:
        self._program = program

    def start(self, log: Path, report: Path, *, runs: int = 3, rounds: int = 0, seed: int) -> int:
        """The id of a process with so many runs at once, so many times over (0: for ever)."""
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.write(f"{log} {report} {runs} {rounds} {seed}\n")
        self._program.stdin.flush()
        return int(self._program.stdout.readline())


@contextmanager
def crew() -> Iterator[Crew]:
    """A crew, all of whose processes are dead at the end."""
    with subprocess.Popen(
        [sys.executable, "-W", "error", __file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as program:
        try:
            yield Crew(program)
        finally:
            os.killpg(program.pid, signal.SIGKILL)


class _Streaming:
    """Runs of one process, and its report."""

    def __init__(self, log: CallLog, report: str, *, rounds: int, seed: int) -> None:
        self._log = log
        self._rounds = rounds
        self._chance = random.Random(seed)  # noqa: S311 - no secret
        self._report = os.open(report, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        self._engine = LoopEngine()
        self._parent = os.getppid()
        self._report_looks()

    async def lane(self) -> None:
        """One run after another, for as long as there is somebody to end them."""
        done = 0
        while (not self._rounds or done < self._rounds) and os.getppid() == self._parent:
            await self._one()
            done += 1

    async def _one(self) -> None:
        def source(_request: Request, _target: Target) -> AsyncGenerator[Event, None]:
            return self._events(run.attempts[-1].call_id)

        run = Run(
            Request("Hi"),
            [_TARGET],
            source,
            engine=self._engine,
            price=lambda *_: (0.0, "none"),
            policy=RetryPolicy(0),
        )
        ended = asyncio.Event()
        run.when_ended(ended.set)
        run.start(LogSink(self._log))
        await ended.wait()
        self._say(run.attempts[-1].call_id, "over")

    async def _events(self, call_id: str) -> AsyncGenerator[Event, None]:
        for part, kind in enumerate(("reasoning", "output")):
            for _ in range(self._chance.randint(1, 60)):
                text = self._chance.choice(_WORDS)
                self._say(call_id, kind, text)
                yield OutputTextDelta(part, text) if part else ReasoningTextDelta(part, text)
                await asyncio.sleep(self._chance.choice((0, 0.001, 0.004)))
        yield ResponseFinished("stop", "completed")

    def _say(self, call_id: str, kind: str, text: str = "", *, at_s: float | None = None) -> None:
        line = json.dumps([call_id, monotonic_s() if at_s is None else at_s, kind, text])
        os.write(self._report, f"{line}\n".encode())

    def _report_looks(self) -> None:
        look, written = Following.look, Following.written
        looked_s: dict[str, float] = {}

        def noting_look(following: Following, redactor: Redactor) -> Piece | None:
            looked_s[following.call_id] = monotonic_s()
            return look(following, redactor)

        def noting_written(following: Following) -> None:
            written(following)
            self._say(following.call_id, "written", at_s=looked_s[following.call_id])

        Following.look, Following.written = noting_look, noting_written


async def _stream(log_path: str, report: str, runs: int, rounds: int, seed: int) -> None:
    with CallLog(log_path) as log:
        streaming = _Streaming(log, report, rounds=rounds, seed=seed)
        async with asyncio.TaskGroup() as group:
            for _ in range(runs):
                group.create_task(streaming.lane())
        assert log.flush(), log.problem


def _serve() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # a killed child leaves no zombie
    for order in sys.stdin:
        log, report, *numbers = order.split()
        child = os.fork()
        if child == 0:
            try:
                asyncio.run(_stream(log, report, *map(int, numbers)))
            except BaseException as error:  # noqa: BLE001 - told in the report, which the test reads
                Path(report).write_text(json.dumps(["error", 0.0, "output", repr(error)]) + "\n")
                os._exit(1)
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
