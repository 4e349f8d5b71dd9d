from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from stream_widget.call_log import COLUMNS, CallLog, NewerLogError, migrations
from stream_widget.call_log.migrations import LATEST, Steps, migrate, version

START = 1_790_000_000_000_000

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeRow


def nothing(db: sqlite3.Connection) -> None:
    pass


def named(name: str) -> object:
    def step(db: sqlite3.Connection) -> None:
        db.execute(f"create table {name} (x)")

    step.__name__ = name
    return step


def opened(path: Path | str) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def tables(db: sqlite3.Connection) -> set[str]:
    return {name for (name,) in db.execute("select name from sqlite_master where type = 'table'")}


@pytest.mark.parametrize("name", ["m001_again", "m003_too_far", "m2_short", "calls"])
def test_a_step_with_a_wrong_or_repeated_number_is_refused(name: str) -> None:
    steps = Steps()
    steps.step(named("m001_first"))
    with pytest.raises(ValueError, match=f"must be named m002_…, not {name}"):
        steps.step(named(name))


def test_the_table_has_the_columns_of_the_design_in_their_order(tmp_path: Path) -> None:
    with closing(opened(tmp_path / "calls.db")) as db:
        migrate(db)
        found = [row[1] for row in db.execute("pragma table_info(calls)")]
    assert found == [*COLUMNS, "tool_calls", "owner"]
    assert ", ".join(COLUMNS) == (
        "call_id, run_id, attempt, started_at, ended_at, provider, api, request_model, "
        "response_model, response_id, state, finish_reason, raw_finish_reason, error_kind, "
        "error_message, effort, summary, verbosity, temperature, max_output_tokens, streamed, "
        "input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens, "
        "total_tokens, usage_source, cost_usd, price_source, duration_s, ttft_s, ttfo_s, "
        "tokens_per_s, prompt, instructions, output_text, reasoning_text, refusal_text, name, "
        "tags, comparison_id, repeat, app_version"
    )


def test_an_old_file_gets_the_steps_it_lacks_and_keeps_its_rows(tmp_path: Path) -> None:
    old, new = Steps(), Steps()
    for steps in (old, new):
        steps.step(named("m001_first"))
    new.step(named("m002_second"))
    new.step(named("m003_third"))
    with closing(opened(tmp_path / "old.db")) as db:
        migrate(db, old)
        db.execute("insert into m001_first values (7)")
        migrate(db, new)
        assert version(db) == 3
        assert tables(db) == {"m001_first", "m002_second", "m003_third"}
        assert db.execute("select x from m001_first").fetchall() == [(7,)]
        migrate(db, new)


def test_a_step_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    def m002_broken(db: sqlite3.Connection) -> None:
        db.execute("create table half (x)")
        db.execute("no sql at all")

    steps = Steps()
    steps.step(named("m001_first"))
    steps.step(m002_broken)
    with closing(opened(tmp_path / "calls.db")) as db:
        with pytest.raises(sqlite3.OperationalError):
            migrate(db, steps)
        assert version(db) == 1
        assert tables(db) == {"m001_first"}
        assert not db.in_transaction


def test_a_file_of_a_newer_version_is_refused_and_not_touched(
    tmp_path: Path, make_row: MakeRow, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "newer.db"
    with closing(opened(path)) as db:
        db.execute("create table calls (something_else)")
        db.execute(f"pragma user_version = {LATEST + 1}")
    before = path.read_bytes()
    with CallLog(path) as log:
        log.put(make_row("a"))
        with pytest.raises(NewerLogError, match="pip install -U stream-widget"):
            log.to_frame()
        assert log.recent_answers("gpt-5-mini").count == 0
        assert not log.flush()
        assert f"version {LATEST + 1}" in str(log.problem)
    assert path.read_bytes() == before
    assert "leaves it as it is" in caplog.text


def first_steps(count: int) -> Steps:
    steps = Steps()
    for step in migrations._steps.after(0)[:count]:
        steps.step(step)
    return steps


@pytest.mark.parametrize("age", range(LATEST + 1))
def test_a_file_of_every_version_opens_with_its_rows_and_takes_new_ones(
    age: int, tmp_path: Path, make_row: MakeRow
) -> None:
    path = tmp_path / "old.db"
    old = {"call_id": "old", "output_text": "Short waves", "output_tokens": 7, "ended_at": START}
    with closing(opened(path)) as db:
        migrate(db, first_steps(age))
        if age:
            columns = [row[1] for row in db.execute("pragma table_info(calls)")]
            row = make_row(**old) | {"tool_calls": "[]", "owner": None}
            places = ", ".join(f":{name}" for name in columns)
            db.execute(f"insert into calls ({', '.join(columns)}) values ({places})", row)  # noqa: S608
    with CallLog(path) as log:
        log.put(make_row("new"))
        frame = log.to_frame().set_index("call_id")
        assert log.problem is None
        assert list(frame.index) == (["old", "new"] if age else ["new"])
        if age:
            assert (frame.loc["old", "output_text"], frame.loc["old", "output_tokens"]) == (
                "Short waves",
                7,
            )
    with closing(opened(path)) as db:
        assert version(db) == LATEST
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
