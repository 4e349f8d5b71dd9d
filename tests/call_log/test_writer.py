from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING, NoReturn

from stream_widget.call_log import CallLog
from stream_widget.call_log.database import Database
from stream_widget.call_log.entry import Entry
from stream_widget.call_log.writer import Writer

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from conftest import MakeRow


def test_rows_that_the_file_refuses_are_kept_and_written_when_it_takes_them(
    tmp_path: Path, make_row: MakeRow, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "calls.db"
    with CallLog(path) as log, closing(sqlite3.connect(path, isolation_level=None)) as other:
        log.put(make_row("first"))
        assert log.flush()
        other.execute("begin immediate")
        other.execute("alter table calls rename to elsewhere")
        other.execute("commit")
        log.put(make_row("a", state="streaming"))
        log.put(make_row("b"))
        assert not log.flush()
        assert "rows are kept" in str(log.problem)
        log.put(make_row("a", state="completed"))
        other.execute("alter table elsewhere rename to calls")
        assert log.flush()
        assert log.problem is None
        frame = log.to_frame()
    assert list(frame["call_id"]) == ["first", "a", "b"]
    assert set(frame["state"]) == {"completed"}
    assert caplog.text.count("rows are kept") == 1


def test_a_row_that_no_table_can_hold_costs_only_itself(
    log: CallLog, make_row: MakeRow, caplog: pytest.LogCaptureFixture
) -> None:
    log.put(make_row("good"))
    log.put(make_row("huge", max_output_tokens=10**30))
    log.put(make_row("odd", effort=object()))
    log.put(make_row("late"))
    assert list(log.to_frame()["call_id"]) == ["good", "late"]
    assert "huge" in caplog.text
    assert "odd" in caplog.text


def test_rows_that_wait_for_the_disk_are_bounded(
    make_row: MakeRow, caplog: pytest.LogCaptureFixture
) -> None:
    release = threading.Event()

    class Stuck(Database):
        def writing(self) -> NoReturn:
            release.wait(20)
            raise sqlite3.OperationalError("disk I/O error")

        def gave_up_file(self, _error: Exception) -> bool:
            return False

    writer = Writer(Stuck(None))
    for n in range(10_005):
        writer.put(Entry(make_row(str(n))))
    release.set()
    assert not writer.flush()
    assert caplog.text.count("will not be logged") == 1
    writer.close()
