from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from stream_widget.call_log import CallLog
from stream_widget.call_log.owners import Owner
from stream_widget.call_log.period import microseconds
from stream_widget.clock import utc_now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import MakeRow

GONE = "00000000000000aa"
FIRST = {
    "at_s": 1.0,
    "timeline": "800:0+6 33+5",
    "parts": [[0, "output_text", None, None, 11, "Short ", "s"]],
}
SECOND = {
    "at_s": 1.5,
    "timeline": "1200:0+7",
    "parts": [[0, "output_text", None, None, 7, "waves scatter", ""]],
}


@pytest.fixture
def db(log: CallLog, make_row: MakeRow) -> Iterator[sqlite3.Connection]:
    """A file with a call that is over, and one whose process was killed in its midst."""
    log.put(make_row("over", ended_at=microseconds(utc_now())))
    log.put(make_row("cut", state="streaming", output_text="", ttft_s=0.8))
    assert log.flush()
    with closing(sqlite3.connect(str(log.path), isolation_level=None)) as opened:
        opened.execute("update calls set owner = ? where call_id = 'cut'", (GONE,))
        for number, piece in enumerate((FIRST, SECOND)):
            opened.execute("insert into pieces values ('cut', ?, ?)", (number, json.dumps(piece)))
        yield opened


def test_a_call_whose_process_is_gone_is_ended_with_what_had_reached_the_disk(
    log: CallLog, db: sqlite3.Connection
) -> None:
    frame = log.to_frame().set_index("call_id")
    row = frame.loc["cut"]
    assert (row["state"], row["error_kind"]) == ("failed", "interrupted")
    assert row["output_text"] == "Short waves scatter"
    assert row["ended_at"] - row["started_at"] == timedelta(seconds=1.5)
    assert (row["duration_s"], row["ttft_s"]) == (1.5, 0.8)
    assert "had reached the disk" in row["error_message"]
    assert frame.loc["over", "state"] == "completed"
    assert db.execute("select count(*) from pieces").fetchone() == (0,)
    assert db.execute("select * from streams").fetchall() == [
        ("cut", '[["output_text", null, 19]]', "800:0+6 33+5 367+8")
    ]
    assert db.execute("select owner from calls").fetchall() == [(None,), (None,)]


def test_a_call_is_ended_once_however_often_it_is_read(
    log: CallLog, db: sqlite3.Connection
) -> None:
    log.to_frame()
    changes = db.execute("pragma data_version").fetchone()
    with CallLog(log.path) as other:
        assert list(other.to_frame()["call_id"]) == ["over", "cut"]
    log.to_frame()
    assert db.execute("pragma data_version").fetchone() == changes


def test_a_call_whose_process_lives_goes_on(log: CallLog, db: sqlite3.Connection) -> None:
    owner = Owner()
    db.execute("update calls set owner = ? where call_id = 'cut'", (owner.hold(log.path),))
    assert set(log.to_frame()["state"]) == {"completed", "streaming"}
    assert db.execute("select count(*) from pieces").fetchone() == (2,)
    owner.release()
    assert set(log.to_frame()["state"]) == {"completed", "failed"}


def test_a_call_of_which_nothing_came_is_ended_where_it_began(
    log: CallLog, db: sqlite3.Connection
) -> None:
    db.execute("delete from pieces")
    row = log.to_frame().set_index("call_id").loc["cut"]
    assert (row["state"], row["output_text"]) == ("failed", "")
    assert row["ended_at"] == row["started_at"]
    assert db.execute("select count(*) from streams").fetchone() == (0,)


def test_where_texts_are_not_logged_an_ended_call_has_none(
    log: CallLog, db: sqlite3.Connection
) -> None:
    db.execute("update calls set output_text = null")
    bare = {**FIRST, "parts": [[0, "output_text", None, None, 11, None, ""]]}
    db.execute("delete from pieces where number = 1")
    db.execute("update pieces set piece = ?", (json.dumps(bare),))
    assert log.to_frame()["output_text"].isna().all()
    assert db.execute("select parts, timeline from streams").fetchone() == (
        '[["output_text", null, 11]]',
        "800:0+6 33+5",
    )


@pytest.mark.parametrize(("hours", "state"), [(23, "streaming"), (25, "failed")])
def test_a_call_that_names_no_process_is_given_a_day(
    log: CallLog, db: sqlite3.Connection, hours: int, state: str
) -> None:
    started_at = microseconds(utc_now() - timedelta(hours=hours))
    db.execute("update calls set owner = null, started_at = ? where call_id = 'cut'", (started_at,))
    assert log.to_frame().set_index("call_id").loc["cut", "state"] == state


def test_a_file_that_another_process_writes_is_read_as_it_is(
    log: CallLog, db: sqlite3.Connection
) -> None:
    db.execute("begin immediate")
    db.execute("update calls set name = 'busy'")
    assert set(log.to_frame()["state"]) == {"completed", "streaming"}
    db.execute("commit")
    assert set(log.to_frame()["state"]) == {"completed", "failed"}


def test_who_was_ended_by_mistake_writes_its_own_end_over_it(
    log: CallLog, db: sqlite3.Connection, make_row: MakeRow
) -> None:
    log.to_frame()
    log.put(
        make_row("cut", ended_at=microseconds(utc_now()), output_text="Short waves scatter more.")
    )
    row = log.to_frame().set_index("call_id").loc["cut"]
    assert (row["state"], row["output_text"]) == ("completed", "Short waves scatter more.")
    assert row[["error_kind", "error_message"]].isna().all()
