from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stream_widget.call_log import CallLog
from stream_widget.errors import InvalidRequestError

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeRow


@pytest.fixture(params=["file", "memory"])
def some_log(request: pytest.FixtureRequest, tmp_path: Path, make_row: MakeRow) -> CallLog:
    log = CallLog(":memory:" if request.param == "memory" else tmp_path / "calls.db")
    log.put(make_row("a", started_at=1_790_000_000_123_456, output_tokens=5, tags='["x"]'))
    log.put(make_row("b", state="failed", ended_at=-1))
    return log


def test_a_query_gives_a_frame_with_the_logs_dtypes(some_log: CallLog) -> None:
    found = some_log.sql(
        "select call_id, output_tokens, cost_usd, count(*) over () as n from calls"
    )
    assert {name: str(kind) for name, kind in found.dtypes.items()} == {
        "call_id": "string",
        "output_tokens": "Int64",
        "cost_usd": "float64",
        "n": "int64",
    }
    assert found["call_id"].tolist() == ["a", "b"]


def test_parameters_are_bound_by_place_or_name(some_log: CallLog) -> None:
    query = "select call_id from calls where state = "
    assert some_log.sql(query + "?", ["failed"])["call_id"].tolist() == ["b"]
    assert some_log.sql(query + ":s", {"s": "failed"})["call_id"].tolist() == ["b"]


def test_the_view_has_times_to_read_and_what_was_noted(some_log: CallLog) -> None:
    some_log.annotate("run of a", rating=4, note="good")
    found = some_log.sql("select started_at, ended_at, rating, note from log order by call_id")
    assert found["started_at"][0] == "2026-09-21T14:13:20.123456+00:00"
    assert found["ended_at"].isna().tolist() == [True, False]
    assert found["ended_at"][1] == "1969-12-31T23:59:59.999999+00:00"
    assert (found["rating"][0], found["note"][0]) == (4, "good")


def test_columns_of_one_name_are_all_there(some_log: CallLog) -> None:
    found = some_log.sql("select 1 as n, 2 as n, 'x' as n")
    assert found.to_numpy().tolist() == [[1, 2, "x"]]
    assert found.columns.is_unique


@pytest.mark.parametrize(
    "query",
    [
        "delete from calls",
        "update calls set cost_usd = 0",
        "insert into annotations values ('a', 1, 'x', 1)",
        "drop table calls",
        "create table t (a)",
        "create temp table t as select 1",
        "with gone as (select 1) delete from calls",
        "attach 'other.db' as other",
        "detach main",
        "pragma user_version = 7",
        "pragma query_only = off",
        "pragma writable_schema = on",
        "select * from pragma_table_info('calls')",
        "vacuum into 'copy.db'",
        "reindex",
        "analyze",
        "begin",
        "rollback",
        "savepoint s",
        "select load_extension('evil')",
    ],
)
def test_what_would_change_anything_is_refused_and_changes_nothing(
    some_log: CallLog, query: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = some_log.to_frame()
    with pytest.raises(InvalidRequestError, match=r"only reads|wrong"):
        some_log.sql(query)
    assert some_log.to_frame().equals(before)
    assert [path for path in tmp_path.iterdir() if not path.name.startswith("calls.db")] == []


def test_the_log_takes_calls_after_a_query_as_before(some_log: CallLog, make_row: MakeRow) -> None:
    with pytest.raises(InvalidRequestError):
        some_log.sql("delete from calls")
    some_log.put(make_row("c"))
    assert some_log.flush()
    assert some_log.sql("select count(*) as n from log")["n"].item() == 3


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("select modle from calls", "no such column: modle.*request_model"),
        ("select * from call", "no such table: call.*log, calls, streams"),
        ("selct 1", "syntax error"),
        ("select 1; select 2", "one statement"),
        ("select ?", "binding"),
        ("  ", "empty"),
    ],
)
def test_wrong_sql_is_said_in_a_sentence(some_log: CallLog, query: str, said: str) -> None:
    with pytest.raises(InvalidRequestError, match=said):
        some_log.sql(query)
