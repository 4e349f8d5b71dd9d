from __future__ import annotations

import gc
import json
import os
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stream_widget.call_log import STORED, CallLog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import MakeRow

WRITE_MANY = """
import json, sys
from stream_widget.call_log import CallLog
path, name, template = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
with CallLog(path) as log:
    print("ready", flush=True)
    sys.stdin.readline()
    for n in range(200):
        log.put(template | {"call_id": f"{name} {n}", "state": "streaming"})
        log.flush()
        log.put(template | {"call_id": f"{name} {n}"})
    assert log.flush(), log.problem
"""


def run_python(*arguments: str | Path) -> None:
    subprocess.run([sys.executable, *arguments], check=True, timeout=60)


@pytest.fixture
def read_only_folder() -> Iterator[Path]:
    """A folder that this process may enter but not write, even where the tests run as root."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o555)
        nobody = os.geteuid() == 0
        if nobody:
            os.seteuid(65534)
        yield folder
        if nobody:
            os.seteuid(0)
        folder.chmod(0o755)


def writers_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "stream_widget log"]


def test_making_a_log_touches_no_disk_and_starts_no_thread(tmp_path: Path) -> None:
    threads = writers_threads()
    log = CallLog(tmp_path / "deep" / "calls.db")
    assert log.flush()
    assert repr(log) == f"CallLog({str(tmp_path / 'deep' / 'calls.db')!r})"
    log.close()
    assert list(tmp_path.iterdir()) == []
    assert writers_threads() == threads


def test_the_file_and_its_folder_are_made_and_only_its_owner_may_read_it(
    tmp_path: Path, make_row: MakeRow
) -> None:
    folder = tmp_path / "deep" / "er"
    with CallLog(folder / "calls.db") as log:
        log.put(make_row("a"))
        assert log.flush()
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes["calls.db"] == 0o600
    assert set(modes.values()) == {0o600}


def test_the_environment_names_the_file_when_it_is_first_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_row: MakeRow
) -> None:
    with CallLog() as log:
        monkeypatch.setenv("STREAM_WIDGET_LOG", str(tmp_path / "named.db"))
        log.put(make_row("a"))
        assert log.flush()
        assert log.path == tmp_path / "named.db"
    assert (tmp_path / "named.db").exists()


def test_without_a_name_the_log_is_in_the_users_data_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("STREAM_WIDGET_LOG")
    path = CallLog().path
    assert path is not None
    assert (path.name, path.parent.name) == ("calls.db", "stream_widget")


def test_a_log_in_memory_has_what_was_put_and_leaves_no_file(
    tmp_path: Path, make_row: MakeRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with CallLog(":memory:") as log:
        log.put(make_row("a"))
        assert list(log.to_frame()["call_id"]) == ["a"]
        assert log.path is None
        assert repr(log) == "CallLog(':memory:')"
    assert list(tmp_path.iterdir()) == []


def test_a_later_form_of_a_row_replaces_the_earlier_one(log: CallLog, make_row: MakeRow) -> None:
    log.put(make_row("a", state="streaming"))
    log.put(make_row("b"))
    assert log.flush()
    log.put(make_row("a", state="completed", output_tokens=5))
    frame = log.to_frame()
    assert list(frame["call_id"]) == ["a", "b"]
    assert list(frame["state"]) == ["completed", "completed"]


def test_a_closed_log_opens_again_when_it_is_used(log: CallLog, make_row: MakeRow) -> None:
    log.put(make_row("a"))
    log.close()
    log.close()
    log.put(make_row("b"))
    assert len(log.to_frame()) == 2


def test_closing_writes_what_is_pending_and_ends_the_thread(
    tmp_path: Path, make_row: MakeRow
) -> None:
    threads = writers_threads()
    path = tmp_path / "calls.db"
    with CallLog(path) as log:
        for n in range(500):
            log.put(make_row(str(n)))
    assert writers_threads() == threads
    assert sorted(each.name for each in tmp_path.iterdir()) == ["calls.db"]
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("select count(*) from calls").fetchone() == (500,)


def test_a_forgotten_log_writes_what_is_pending_and_ends_its_thread(
    tmp_path: Path, make_row: MakeRow
) -> None:
    threads = writers_threads()
    log = CallLog(tmp_path / "calls.db")
    log.put(make_row("a"))
    del log
    gc.collect()
    assert writers_threads() == threads
    with CallLog(tmp_path / "calls.db") as again:
        assert len(again.to_frame()) == 1


def test_a_process_that_ends_without_closing_has_its_rows_on_disk(
    tmp_path: Path, make_row: MakeRow
) -> None:
    code = (
        "import json, sys\nfrom stream_widget.call_log import CallLog\n"
        "log = CallLog(sys.argv[1])\nlog.put(json.loads(sys.argv[2]))"
    )
    path, row = tmp_path / "calls.db", json.dumps(make_row("a"))
    run_python("-W", "error", "-c", code, path, row)
    with CallLog(path) as log:
        assert list(log.to_frame()["call_id"]) == ["a"]


def test_a_folder_that_cannot_be_made_gives_a_clear_word_and_a_log_in_memory(
    tmp_path: Path, make_row: MakeRow, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    with CallLog(tmp_path / "file" / "calls.db") as log:
        log.put(make_row("a"))
        assert list(log.to_frame()["call_id"]) == ["a"]
        assert "STREAM_WIDGET_LOG" in str(log.problem)
        assert log.path is None
    assert caplog.text.count("kept in memory") == 1


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="folders are not read-only on this system")
def test_a_read_only_folder_gives_a_clear_word_and_a_log_in_memory(
    read_only_folder: Path, make_row: MakeRow, caplog: pytest.LogCaptureFixture
) -> None:
    with CallLog(read_only_folder / "calls.db") as log:
        log.put(make_row("a"))
        assert len(log.to_frame()) == 1
        assert str(read_only_folder) in str(log.problem)
    assert list(read_only_folder.iterdir()) == []
    assert caplog.text.count("kept in memory") == 1


def test_a_file_that_is_no_log_is_left_as_it_is(
    tmp_path: Path, make_row: MakeRow, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("nothing that SQLite knows, " * 100)
    before = path.read_bytes()
    with CallLog(path) as log:
        assert log.recent_answers("gpt-5-mini").count == 0
        log.put(make_row("a"))
        assert len(log.to_frame()) == 1
    assert path.read_bytes() == before
    assert "kept in memory" in caplog.text


def test_two_logs_on_one_file_see_each_others_rows(tmp_path: Path, make_row: MakeRow) -> None:
    with CallLog(tmp_path / "calls.db") as one, CallLog(tmp_path / "calls.db") as two:
        one.put(make_row("one"))
        two.put(make_row("two"))
        assert one.flush()
        assert two.flush()
        assert set(one.to_frame()["call_id"]) == {"one", "two"}
        assert set(two.to_frame()["call_id"]) == {"one", "two"}


def test_a_reader_with_an_open_transaction_hinders_no_writer(
    log: CallLog, make_row: MakeRow
) -> None:
    log.put(make_row("a"))
    assert log.flush()
    with closing(sqlite3.connect(str(log.path), isolation_level=None)) as reader:
        reader.execute("begin")
        assert reader.execute("select count(*) from calls").fetchone() == (1,)
        log.put(make_row("b"))
        assert log.flush()
        assert reader.execute("select count(*) from calls").fetchone() == (1,)
    assert len(log.to_frame()) == 2


def test_many_threads_may_open_a_new_file_at_once(tmp_path: Path, make_row: MakeRow) -> None:
    logs = [CallLog(tmp_path / "calls.db") for _ in range(8)]
    together = threading.Barrier(len(logs))

    def write(number: int, log: CallLog) -> None:
        together.wait(20)
        log.put(make_row(str(number)))
        log.flush()

    threads = [threading.Thread(target=write, args=each) for each in enumerate(logs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [log.problem for log in logs] == [None] * len(logs)
    assert len(logs[0].to_frame()) == len(logs)
    for log in logs:
        log.close()


def test_processes_that_write_at_once_lose_no_row_and_lock_nobody_out(
    tmp_path: Path, make_row: MakeRow
) -> None:
    path = tmp_path / "calls.db"
    template = json.dumps(make_row("", output_text="words " * 200))
    writers = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", WRITE_MANY, path, name, template],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("left", "right")
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    with CallLog(path) as log:
        while any(writer.poll() is None for writer in writers):
            frame = log.to_frame()
            assert frame["call_id"].is_unique
        for writer in writers:
            _, complaints = writer.communicate(timeout=60)
            assert (writer.returncode, complaints) == (0, "")
        frame = log.to_frame()
    assert len(frame) == 400
    assert set(frame["state"]) == {"completed"}
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)


def test_pandas_is_loaded_only_by_who_asks_for_a_frame(tmp_path: Path, make_row: MakeRow) -> None:
    code = """
import json, sys
from stream_widget.call_log import CallLog, LogSink
with CallLog(sys.argv[1]) as log:
    log.put(json.loads(sys.argv[2]))
    assert log.flush()
    log.recent_answers("gpt-5-mini")
    assert not {"pandas", "numpy"} & set(sys.modules)
    log.to_frame()
    assert "pandas" in sys.modules
"""
    row = json.dumps(make_row("a"))
    run_python("-c", code, tmp_path / "calls.db", row)


def test_every_column_has_its_place_in_a_row(make_row: MakeRow) -> None:
    assert tuple(make_row("a")) == STORED
