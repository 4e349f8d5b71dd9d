"""What a log says to whoever asks it for something that cannot be."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from stream_widget.call_log import CallLog, UnknownRunError
from stream_widget.errors import InvalidRequestError, StreamWidgetError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from call_log.conftest import MakeRow


@pytest.mark.parametrize(
    ("run_id", "said"),
    [
        ("nonsense", r"no run 'nonsense'\. Ids are in the table that the log shows"),
        ("abc", r"no run 'abc' \(of an id at least 6 characters are needed\)"),
        ("abcdef13", "no run 'abcdef13'. Did you mean 'abcdef12'"),
    ],
)
@pytest.mark.parametrize(
    "ask", [CallLog.read_run, lambda log, run_id: log.plot.timeline(run_id), CallLog.to_otel]
)
def test_a_run_that_is_not_there(
    log: CallLog, make_row: MakeRow, ask: Callable[[CallLog, str], Any], run_id: str, said: str
) -> None:
    log.put(make_row("a", run_id="abcdef12"))
    with pytest.raises(UnknownRunError, match=said):
        ask(log, run_id)


def test_a_run_in_place_of_its_id(log: CallLog) -> None:
    with pytest.raises(InvalidRequestError, match=r"by its run_id, a text such as w\.run_id"):
        log.read_run(log)  # pyright: ignore[reportArgumentType] - that is the mistake


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"state": "complete"}, "No call is in a state 'complete'. Did you mean 'completed'"),
        ({"state": "xyz"}, "There are pending, streaming"),
        ({"tag": ["a", "b"]}, r"tag is one text, or None for all, not \['a', 'b'\]"),
        ({"name": 5}, "name is one text"),
    ],
)
@pytest.mark.parametrize("ask", [CallLog.to_frame, CallLog.summary, CallLog.prune])
def test_a_filter_that_no_call_can_pass(
    log: CallLog, ask: Callable[..., Any], filters: dict[str, object], said: str
) -> None:
    with pytest.raises(InvalidRequestError, match=said):
        ask(log, **filters)


def test_a_note_of_nothing(log: CallLog, make_row: MakeRow) -> None:
    log.put(make_row("a"))
    with pytest.raises(InvalidRequestError, match="rating=, a number, or note=, a text"):
        log.annotate("run of a")


def test_an_export_onto_the_log_itself_leaves_it_alone(log: CallLog, make_row: MakeRow) -> None:
    log.put(make_row("a"))
    assert log.path is not None
    with pytest.raises(InvalidRequestError, match="is the log itself"):
        log.export(log.path.parent / "." / log.path.name, state="failed")
    assert len(log.to_frame()) == 1


def test_an_export_into_a_folder_that_is_not_there(log: CallLog, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no folder .*none to write calls\.csv into"):
        log.export(tmp_path / "none" / "calls.csv")


def test_names_of_opentelemetry_in_a_spelling_that_there_is_not(
    log: CallLog, make_row: MakeRow
) -> None:
    log.put(make_row("a"))
    with pytest.raises(InvalidRequestError, match="'newest' or 'previous', not 'old'"):
        log.to_otel("run of a", spelling="old")  # pyright: ignore[reportArgumentType] - as above


def test_the_beginning_of_an_id_names_the_run_everywhere(log: CallLog, make_row: MakeRow) -> None:
    log.put(make_row("a", run_id="abcdef123456"))
    assert log.read_run("abcdef")[0]["call_id"] == "a"
    assert log.to_otel("abcdef")[0]["stream_widget.call_id"] == "a"
    with pytest.raises(InvalidRequestError, match="no times of run"):
        log.plot.timeline("abcdef")


def test_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    folder = CallLog(tmp_path)
    assert "it is a folder" in str(folder)
    assert "sw.configure(log=" in str(folder.problem)


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("model", "Did you mean 'request_model' or 'response_model'"),
        ("nmae", "Did you mean 'name'"),
        ("xyz", "There are call_id, "),
    ],
)
def test_a_summary_by_what_is_no_column(log: CallLog, by: str, said: str) -> None:
    with pytest.raises(InvalidRequestError, match=said):
        log.summary(by=by)


def test_a_database_of_something_else_is_left_as_it_is(tmp_path: Path, make_row: MakeRow) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("create table recipes (name text)")
        db.commit()
    before = path.read_bytes()
    with CallLog(path) as log:
        log.put(make_row("a"))
        assert not log.flush(timeout_s=10)
        assert log.problem is not None
        assert "a database of something else" in log.problem
        with pytest.raises(StreamWidgetError, match="Name another file for the log"):
            log.to_frame()
        assert "is a database of something else" in log._repr_html_()
    assert path.read_bytes() == before
