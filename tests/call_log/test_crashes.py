from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from call_log.crashing import Received, crew, read_report
from stream_widget.call_log import CallLog
from stream_widget.clock import monotonic_s
from stream_widget.run.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from call_log.crashing import Crew

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")

KILLS = 200
AT_ONCE = 4
LATE_S = 0.25
"""What has been received for so long is on disk; `tests/bench/log_lag.py` measures it."""
NOISE_S = 2.0
"""A machine that tests share may leave a process without a turn for that long."""
MOMENTS = 40
COPIES = (("", "-wal", "-shm"), ("-shm", "-wal", ""), ("-wal", ""))


@pytest.fixture(scope="module")
def processes() -> Iterator[Crew]:
    with crew() as made:
        yield made


def wait_until(true: object, what: str) -> None:
    give_up_s = monotonic_s() + 30
    while not true():
        assert monotonic_s() < give_up_s, what
        time.sleep(0.002)


def is_dead(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def rows_of(path: Path, calls: dict[str, Received]) -> dict[str, sqlite3.Row]:
    """The rows of these calls, once somebody who reads the log has ended them.

    That is whoever opens it first, or next where others wrote for so long that no reader waits.
    """
    rows: dict[str, sqlite3.Row] = {}

    def are_over() -> bool:
        nonlocal rows
        rows = read_rows(path, calls)
        return all(row["state"] != "streaming" for row in rows.values())

    wait_until(are_over, "a reader ended what a killed process had left")
    return rows


def read_rows(path: Path, calls: dict[str, Received]) -> dict[str, sqlite3.Row]:
    with CallLog(path) as log:
        log.recent_answers("any")
        assert log.problem is None
    with closing(sqlite3.connect(path)) as db:
        db.row_factory = sqlite3.Row
        rows = db.execute(
            "select *, (select count(*) from pieces where pieces.call_id = calls.call_id) as left, "
            "(select count(*) from calls as twin where twin.run_id = calls.run_id) as twins "
            "from calls left join streams using (call_id)"
        ).fetchall()
    return {row["call_id"]: row for row in rows if row["call_id"] in calls}


def check_row(row: sqlite3.Row, call: Received) -> list[float]:
    """Check one row against what its process said; the times of the deltas it lacks."""
    texts = {"reasoning": row["reasoning_text"], "output": row["output_text"]}
    assert (row["left"], row["twins"]) == (0, 1)
    assert row["ended_at"] >= row["started_at"]
    received = {kind: "".join(text for _, text in getattr(call, kind)) for kind in texts}
    if row["state"] == "completed":
        assert texts == received
    else:
        assert (row["state"], row["error_kind"]) == ("failed", "interrupted")
        for kind, text in texts.items():
            assert received[kind].startswith(text)
    parts = json.loads(row["parts"] or "[]")
    arrived = [0] * len(parts)
    for _, place, characters in Timeline.parse(row["timeline"] or ""):
        arrived[place] += characters
    assert arrived == [characters for _, _, characters in parts]
    assert sum(arrived) == sum(map(len, texts.values()))
    return [at_s for kind, text in texts.items() for at_s in lacking(getattr(call, kind), text)]


def lacking(deltas: list[tuple[float, str]], text: str) -> list[float]:
    count, times = 0, []
    for at_s, delta in deltas:
        count += len(delta)
        if count > len(text):
            times.append(at_s)
    return times


def test_a_killed_process_loses_at_most_its_last_quarter_second(
    processes: Crew, tmp_path: Path
) -> None:
    """And nothing that was there when the log's writer last looked."""
    path, chance = tmp_path / "calls.db", random.Random(4)  # noqa: S311 - no secret
    late_s: list[float] = []
    seen = {"completed": 0, "failed": 0}
    for batch in range(KILLS // AT_ONCE):
        started = []
        for number in range(AT_ONCE):
            report = tmp_path / f"{batch}-{number}.jsonl"
            started.append((processes.start(path, report, seed=chance.randrange(10**6)), report))
        for _, report in started:
            wait_until(report.exists, "a process began to stream")
        for process, report in started:
            time.sleep(chance.uniform(0.01, 0.12))
            os.kill(process, signal.SIGKILL)
            killed_s = monotonic_s()
            wait_until(lambda process=process: is_dead(process), "a killed process died")
            calls = read_report(report)
            rows = rows_of(path, calls)
            oldest_s = [killed_s]
            for call_id, call in calls.items():
                if call_id in rows:
                    state = rows[call_id]["state"]
                    seen[state] += 1
                    lost_s = check_row(rows[call_id], call)
                    # What was received just then may not have been folded in yet.
                    assert sum(at_s < call.looked_s for at_s in lost_s) <= 1
                    oldest_s += lost_s
                    if call.over_s is not None and state != "completed":
                        oldest_s.append(call.over_s)
                else:
                    assert call.looked_s == 0.0
                    oldest_s += [at_s for at_s, _ in (*call.reasoning, *call.output)]
            late_s.append(killed_s - min(oldest_s))
    assert min(seen.values()) > KILLS / 4  # of either kind there were enough to tell
    assert max(late_s) <= LATE_S + NOISE_S
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        assert db.execute("select count(*) from pieces").fetchone() == (0,)
    assert not list(tmp_path.glob("*-owner-*"))


@pytest.mark.parametrize("torn", [False, True])
def test_a_copy_of_the_files_at_any_moment_is_a_log(
    processes: Crew, tmp_path: Path, *, torn: bool
) -> None:
    """What a power cut leaves: with ``torn`` also the end of the journal is gone, as nothing makes
    the disk take it at once. So few rows are written that none is moved into the main file."""
    path, report, chance = tmp_path / "calls.db", tmp_path / "report.jsonl", random.Random(5)  # noqa: S311 - no secret
    process = processes.start(path, report, seed=1)
    wait_until(report.exists, "a process began to stream")
    rows_seen = 0
    for moment in range(MOMENTS):
        time.sleep(chance.uniform(0.0, 0.06))
        # A stopped process is in the midst of whatever it did, and so are its files.
        os.kill(process, signal.SIGSTOP)
        folder = tmp_path / str(moment)
        folder.mkdir()
        for suffix in COPIES[moment % len(COPIES)]:
            file = tmp_path / f"calls.db{suffix}"
            if file.exists():
                shutil.copy(file, folder)
        calls = read_report(report)
        os.kill(process, signal.SIGCONT)
        copy, journal = folder / "calls.db", folder / "calls.db-wal"
        if torn and journal.exists():
            (folder / "calls.db-shm").unlink(missing_ok=True)
            os.truncate(journal, int(journal.stat().st_size * chance.random()))
        rows = rows_of(copy, calls)
        rows_seen += len(rows)
        for call_id, row in rows.items():
            check_row(row, calls[call_id])
        with closing(sqlite3.connect(copy)) as db:
            assert db.execute("pragma integrity_check").fetchone() == ("ok",)
    os.kill(process, signal.SIGKILL)
    assert rows_seen > MOMENTS


def test_processes_with_many_runs_and_a_reader_lose_nothing_and_lock_nobody_out(
    processes: Crew, tmp_path: Path
) -> None:
    path = tmp_path / "calls.db"
    reports = [tmp_path / f"{number}.jsonl" for number in range(4)]
    started = [
        processes.start(path, report, runs=16, rounds=2, seed=number)
        for number, report in enumerate(reports)
    ]
    over = threading.Event()
    faults: list[object] = []

    def read() -> None:
        with CallLog(path) as log:
            while not over.is_set():
                frame = log.to_frame()
                faults.extend(frame[frame["error_kind"].notna()]["error_message"])
                faults.extend(frame[frame["call_id"].duplicated()]["call_id"])
                faults.extend(filter(None, [log.problem]))

    reader = threading.Thread(target=read)
    reader.start()
    for process in started:
        wait_until(lambda process=process: is_dead(process), "a process came to its end")
    over.set()
    reader.join(30)
    assert faults == []
    calls = {call_id: call for report in reports for call_id, call in read_report(report).items()}
    rows = rows_of(path, calls)
    assert len(rows) == len(calls) == 4 * 16 * 2
    assert {row["state"] for row in rows.values()} == {"completed"}
    for call_id, row in rows.items():
        assert check_row(row, calls[call_id]) == []
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("select count(*) from calls").fetchone() == (len(rows),)
