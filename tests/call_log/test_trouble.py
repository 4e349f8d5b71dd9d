from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stream_widget.call_log import CallLog, LogSink
from stream_widget.call_log.entry import Entry
from stream_widget.call_log.waiting import Waiting
from stream_widget.events import OutputTextDelta, ResponseFinished

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import MakeRow, MakeRun
    from stream_widget.run import Run

LIMITED = """
import json, resource, sys
from stream_widget.call_log import CallLog
row = json.loads(sys.argv[2])
with CallLog(sys.argv[1]) as log:
    log.put(row | {"call_id": "before"})
    assert log.flush(), log.problem
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    n = 0
    while log.flush():
        log.put(row | {"call_id": f"call {n}", "output_text": "words " * 2000})
        n += 1
        assert n < 1000
    assert "rows are kept" in log.problem, log.problem
    log.put(row | {"call_id": "late"})
    assert not log.flush()
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    assert log.flush(), log.problem
    assert log.problem is None
    assert len(log.to_frame()) == n + 2
"""
LAST_WORD = (OutputTextDelta(0, "Short waves. "), ResponseFinished("stop", "completed"))


@contextmanager
def full_disk(log: CallLog) -> Iterator[None]:
    """The writer's connection may not let its file grow."""
    database = log._open()[0]
    with database.writing() as db:
        (pages,) = db.execute("pragma page_count").fetchone()
        db.execute(f"pragma max_page_count = {pages}")
    yield
    with database.writing() as db:
        db.execute("pragma max_page_count = 1000000")


@contextmanager
def locked_table(log: CallLog) -> Iterator[None]:
    """The table is elsewhere for a while: each write fails at once."""
    with closing(sqlite3.connect(str(log.path), isolation_level=None)) as other:
        other.execute("alter table calls rename to elsewhere")
        yield
        other.execute("alter table elsewhere rename to calls")


@pytest.mark.parametrize("trouble", [full_disk, locked_table])
def test_a_run_is_told_once_that_its_log_waits_and_once_that_it_is_written_again(
    log: CallLog, make_run: MakeRun, make_row: MakeRow, trouble: object
) -> None:
    log.put(make_row("first"))
    assert log.flush()

    def look(_run: Run) -> None:
        with trouble(log):
            for n in range(60):
                log.put(make_row(f"more {n}", output_text="words " * 200))
            assert not log.flush()
            assert not log.flush()
        assert log.flush()
        assert log.flush()

    run = make_run(*LAST_WORD[:1], before_end=look)
    notices = [notice.text for notice in run.notices]
    assert len(notices) == 2
    assert "rows are kept until it can be" in notices[0]
    assert notices[1] == "The call log is written again."
    frame = log.to_frame()
    assert len(frame) == 62
    assert "Short waves. " in set(frame["output_text"])


def test_what_streams_while_the_disk_is_full_is_written_when_it_is_not(
    log: CallLog, make_run: MakeRun, make_row: MakeRow
) -> None:
    log.put(make_row("first"))
    assert log.flush()

    def look(run: Run) -> None:
        with locked_table(log):
            assert not log.flush()
        assert log.flush()
        with closing(sqlite3.connect(str(log.path))) as db:
            (piece,) = db.execute("select group_concat(piece) from pieces").fetchone()
        assert "Short waves" in piece

    make_run(*LAST_WORD[:1], before_end=look)


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit on this system")
def test_rows_that_a_full_disk_refuses_are_written_when_there_is_room(
    tmp_path: Path, make_row: MakeRow
) -> None:
    row = json.dumps(make_row(""))
    subprocess.run(
        [sys.executable, "-c", LIMITED, tmp_path / "calls.db", row], check=True, timeout=60
    )


def test_a_damaged_log_is_kept_aside_whole_and_a_new_one_begun(
    tmp_path: Path, make_row: MakeRow, make_run: MakeRun, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "calls.db"
    with CallLog(path) as log:
        for n in range(200):
            log.put(make_row(str(n), output_text="words " * 100))
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    damaged = path.read_bytes()
    with CallLog(path) as log:
        run = make_run(*LAST_WORD, sink=LogSink(log), before_end=lambda _run: log.flush())
        assert list(log.to_frame()["run_id"]) == [run.run_id]
        assert log.path == path
        assert log.problem is None
    (aside,) = tmp_path.glob("calls.db.broken-*Z")
    assert aside.read_bytes() == damaged
    assert aside.name in caplog.text
    assert [notice.text for notice in run.notices] == [
        text for text in caplog.messages if "damaged" in text
    ]


def test_a_folder_in_the_place_of_the_file_gives_a_clear_word(
    tmp_path: Path, make_row: MakeRow
) -> None:
    with CallLog(tmp_path) as log:
        log.put(make_row("a"))
        assert len(log.to_frame()) == 1
        assert f"The call log {tmp_path} cannot be written" in str(log.problem)
        assert "STREAM_WIDGET_LOG" in str(log.problem)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everyone may enter; pytest's own are below one that only its owner may."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="files are not unreadable on this system")
def test_a_file_that_may_not_be_read_gives_a_clear_word_and_is_left_alone(
    open_folder: Path, make_row: MakeRow
) -> None:
    path = open_folder / "calls.db"
    with CallLog(path) as log:
        log.put(make_row("a"))
    before = path.read_bytes()
    path.chmod(0)
    nobody = os.geteuid() == 0
    if nobody:
        os.seteuid(65534)
    try:
        with CallLog(path) as log:
            log.put(make_row("b"))
            assert list(log.to_frame()["call_id"]) == ["b"]
            assert "cannot be written" in str(log.problem)
    finally:
        if nobody:
            os.seteuid(0)
    path.chmod(0o600)
    assert path.read_bytes() == before


def test_memory_for_waiting_rows_is_bounded_by_their_texts_too(make_row: MakeRow) -> None:
    waiting = Waiting()
    for n in range(70):
        waiting.add(Entry(make_row(str(n), output_text="x" * 1_000_000)))
    assert 45 <= len(waiting) <= 50
    assert waiting.dropped == 70 - len(waiting)
    assert f"{waiting.dropped} are not in the log" in waiting.with_losses("The disk is full.")
    assert "69" in waiting.take()


def test_a_row_that_waits_again_comes_before_newer_ones_and_after_none_of_its_own(
    make_row: MakeRow,
) -> None:
    waiting = Waiting()
    taken = {name: Entry(make_row(name, state="streaming")) for name in ("a", "b")}
    waiting.add(Entry(make_row("c")))
    waiting.add(Entry(make_row("a", state="failed")))
    waiting.put_back(taken)
    states = {name: entry.row["state"] for name, entry in waiting.take().items()}
    assert states == {"a": "failed", "b": "streaming", "c": "completed"}
    assert [*states] == ["a", "b", "c"]
    assert not waiting
