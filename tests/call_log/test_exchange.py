"""Export and import: what goes out comes in again, in every form."""

from __future__ import annotations

import json
import sqlite3
import stat
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from stream_widget.call_log import STORED, CallLog, ForeignFileError
from stream_widget.call_log.columns import KINDS
from stream_widget.call_log.migrations import LATEST
from stream_widget.errors import InvalidRequestError

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeRow

ENDINGS = [".csv", ".jsonl", ".parquet", ".db"]
TABLES = {
    "calls": "call_id",
    "streams": "call_id",
    "annotations": "run_id",
}

hostile = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.sampled_from(
        [
            "",
            "\\",
            "\\=1",
            "=HYPERLINK(1)",
            "+1",
            "-1",
            "@x",
            "\t",
            "\r",
            "\n",
            "a\r\nb",
            'say "x", y',
            "NULL",
            "nan",
            "None",
            "\0",
            "a\0b",
            "\u2028",
            "\x85",
            "\x1c",
            "\ufeff",
            "אבג\u202e",
            "😀👩‍👩‍👧",
            "true",
            "007",
        ]
    ),
)
times = st.integers(-62_135_596_800_000_000, 253_402_300_799_999_999)
numbers = st.floats(allow_nan=False, allow_infinity=False)
OF_KIND: dict[str, st.SearchStrategy[Any]] = {
    "text": hostile,
    "integer": st.integers(-(2**63), 2**63 - 1),
    "real": numbers,
    "boolean": st.sampled_from([0, 1]),
    "time": times,
    "json": st.lists(hostile, max_size=3).map(lambda x: json.dumps(x, ensure_ascii=False)),
}
NEEDED = {"call_id", "run_id", "attempt", "started_at", "provider", "request_model", "state"}


@st.composite
def calls(draw: st.DrawFn) -> dict[str, Any]:
    row = {
        name: draw(OF_KIND[kind] if name in NEEDED else st.none() | OF_KIND[kind])
        for name, kind in KINDS.items()
    }
    row["tags"] = draw(OF_KIND["json"])
    streamed = draw(st.booleans())
    row["parts"] = '[["output_text", null, 3]]' if streamed else None
    row["timeline"] = draw(st.sampled_from(["", "800:0+3"])) if streamed else None
    row["noted"] = draw(st.none() | st.tuples(st.none() | numbers, hostile, times))
    return row


def fill(path: Path, rows: list[dict[str, Any]]) -> None:
    with CallLog(path) as log:
        log.to_frame(content=False)
    with closing(sqlite3.connect(path)) as db:
        for row in rows:
            db.execute(
                f"insert or replace into calls ({', '.join(STORED)}) "  # noqa: S608 - ours
                f"values ({', '.join('?' * len(STORED))})",
                [row[name] for name in STORED],
            )
            if row["parts"] is not None:
                db.execute(
                    "insert or replace into streams values (?, ?, ?)",
                    (row["call_id"], row["parts"], row["timeline"]),
                )
            if row["noted"] is not None:
                db.execute(
                    "insert or replace into annotations values (?, ?, ?, ?)",
                    (row["run_id"], *row["noted"]),
                )
        db.commit()


def tables(path: Path) -> dict[str, list[Any]]:
    """All that a log holds but the owner, in an order of its own."""
    names = {"calls": ", ".join(STORED), "streams": "*", "annotations": "*"}
    with closing(sqlite3.connect(path)) as db:
        return {
            table: db.execute(f"select {names[table]} from {table} order by {key}").fetchall()  # noqa: S608 - ours
            for table, key in TABLES.items()
        }


@pytest.mark.parametrize("ending", ENDINGS)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(calls(), max_size=4, unique_by=lambda row: row["call_id"]))
def test_what_is_exported_and_imported_is_exported_again_as_it_was(
    ending: str, rows: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("exchange")
    for row in rows:
        row["state"] = "completed" if row["state"] == "streaming" else row["state"]
    fill(folder / "first.db", rows)
    with CallLog(folder / "first.db") as first, CallLog(folder / "second.db") as second:
        assert first.export(folder / f"out{ending}") == len(rows)
        assert second.import_(folder / f"out{ending}") == (len(rows), 0, 0)
        assert second.import_(folder / f"out{ending}") == (0, 0, len(rows))
        second.export(folder / f"again{ending}")
    assert tables(folder / "second.db") == tables(folder / "first.db")
    if ending == ".db":
        assert tables(folder / "again.db") == tables(folder / "out.db")
    else:
        assert (folder / f"again{ending}").read_bytes() == (folder / f"out{ending}").read_bytes()


@pytest.fixture
def full(log: CallLog, make_row: MakeRow) -> CallLog:
    """Three calls, one noted, one with its stream."""
    log.put(make_row("a", ended_at=5, output_text="abc", cost_usd=0.1, streamed=1))
    log.put(make_row("b", tags='["x"]', output_text="", prompt='=1+"2"\n', streamed=0))
    log.put(make_row("c", state="failed", error_kind="server"))
    log.annotate("run of a", rating=3, note="fine")
    path = log.path
    assert path is not None
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("insert into streams values ('a', '[[\"output_text\", null, 3]]', '8:0+3')")
    return log


def test_a_spreadsheet_finds_no_formula_in_an_exported_text(full: CallLog, tmp_path: Path) -> None:
    full.export(tmp_path / "out.csv")
    text = (tmp_path / "out.csv").read_text("utf-8")
    assert '"\\=1+""2""\n"' in text
    assert text.startswith("stream_widget_log,call_id,run_id,attempt,started_at,")
    assert "2026-09-21T14:13:20.000000+00:00" in text


def test_pandas_reads_each_form(full: CallLog, tmp_path: Path) -> None:
    for ending in (".csv", ".jsonl", ".parquet"):
        full.export(tmp_path / f"out{ending}")
    read = {
        "csv": pd.read_csv(tmp_path / "out.csv"),
        "jsonl": pd.read_json(tmp_path / "out.jsonl", lines=True),
        "parquet": pd.read_parquet(tmp_path / "out.parquet"),
    }
    for name, frame in read.items():
        assert frame["call_id"].tolist() == ["a", "b", "c"], name
        assert frame["rating"].tolist()[0] == 3
        assert set(frame["stream_widget_log"]) == {LATEST}
    assert str(read["parquet"]["started_at"].dtype) == "datetime64[us, UTC]"


@pytest.mark.parametrize("ending", ENDINGS)
def test_only_what_passes_the_filters_goes_out_and_only_the_owner_may_read_it(
    full: CallLog, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"some{ending}"
    path.write_text("what was there before", "utf-8")
    assert full.export(path, state="failed") == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with CallLog(":memory:") as other:
        assert other.import_(path) == (1, 0, 0)
        assert other.to_frame()["call_id"].tolist() == ["c"]
    assert {each.name for each in tmp_path.iterdir()} <= {
        path.name,
        "calls.db",
        "calls.db-wal",
        "calls.db-shm",
        *(each.name for each in tmp_path.glob("calls.db-owner-*")),
    }


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_finished_call_beats_an_unfinished_one_and_nothing_else_is_replaced(
    tmp_path: Path, make_row: MakeRow, ending: str
) -> None:
    path = tmp_path / f"other{ending}"
    with CallLog(tmp_path / "other_log.db") as other:
        other.put(make_row("open", ended_at=9, output_text="all of it"))
        other.put(make_row("done", ended_at=9, output_text="theirs"))
        other.put(make_row("new", ended_at=9))
        other.export(path)
    with CallLog(tmp_path / "here.db") as here:
        here.put(make_row("open", state="streaming", output_text=""))
        here.put(make_row("done", ended_at=9, output_text="ours"))
        assert here.import_(path) == (1, 1, 1)
        found = here.to_frame().set_index("call_id")["output_text"]
    assert found["open"] == "all of it"
    assert found["done"] == "ours"


def test_of_two_notes_on_a_run_the_later_counts(
    full: CallLog, tmp_path: Path, make_row: MakeRow
) -> None:
    full.export(tmp_path / "old.jsonl")
    full.annotate("run of a", rating=9, note=None)
    full.import_(tmp_path / "old.jsonl")
    assert full.to_frame(annotations=True)["rating"].tolist()[0] == 9


def test_keys_in_a_file_stay_out_of_the_log(
    tmp_path: Path, make_row: MakeRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    with CallLog(tmp_path / "one.db") as one:
        one.put(make_row("a", output_text="the word is tomatosoup42"))
        one.export(tmp_path / "out.jsonl")
    monkeypatch.setenv("SOME_API_KEY", "tomatosoup42")
    with CallLog(tmp_path / "two.db") as two:
        two.import_(tmp_path / "out.jsonl")
        assert "tomatosoup42" not in two.to_frame()["output_text"][0]


GOOD = {
    "stream_widget_log": LATEST,
    "call_id": "x",
    "run_id": "r",
    "attempt": 1,
    "started_at": "2026-11-20T00:00:00+00:00",
    "provider": "openai",
    "request_model": "m",
    "state": "completed",
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"stream_widget_log": LATEST + 1}, "newer stream-widget"),
        ({"stream_widget_log": "3"}, "version of the log"),
        ({"stream_widget_log": True}, "version of the log"),
        ({"call_id": None}, "call_id should be a text"),
        ({"call_id": 3}, "call_id should be a text"),
        ({"attempt": "one"}, "attempt should be a integer"),
        ({"attempt": 2**70}, "attempt should be a integer"),
        ({"started_at": "yesterday"}, "started_at should be a time"),
        ({"tags": {"a": 1}}, "tags should be a json"),
        ({"streamed": 5}, "streamed should be a boolean"),
        ({"cost_usd": "much"}, "cost_usd should be a real"),
        ({"parts": []}, "has no timeline"),
        ({"parts": [], "timeline": "soon"}, "timeline should be"),
    ],
)
def test_a_damaged_call_is_named_and_nothing_of_its_file_is_taken(
    log: CallLog, tmp_path: Path, change: dict[str, object], said: str
) -> None:
    bad = {name: value for name, value in (GOOD | change).items() if value is not None}
    path = tmp_path / "bad.jsonl"
    path.write_text(json.dumps(GOOD | {"call_id": "good"}) + "\n" + json.dumps(bad) + "\n", "utf-8")
    with pytest.raises(ForeignFileError, match=said) as raised:
        log.import_(path)
    assert str(path) in str(raised.value)
    assert len(log.to_frame()) == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("foreign.csv", b"a,b\n1,2\n"),
        ("short.csv", b"stream_widget_log,call_id\n3\n"),
        ("quote.csv", b'stream_widget_log,call_id\n3,"x'),
        ("bytes.csv", b"stream_widget_log,call_id\n3,\xff\n"),
        ("foreign.jsonl", b'{"a": 1}\n'),
        ("list.jsonl", b"[1]\n"),
        ("cut.jsonl", b'{"stream_widget_log": 3, "call_i'),
        ("bytes.jsonl", b'{"stream_widget_log": 3, "call_id": "\xff"}'),
        ("text.parquet", b"PAR1 but not really"),
        ("text.db", b"no database at all, but long enough to look at" * 9),
    ],
)
def test_a_foreign_file_is_refused_in_a_sentence(
    log: CallLog, make_row: MakeRow, tmp_path: Path, name: str, content: bytes
) -> None:
    log.put(make_row("here"))
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ForeignFileError, match=name):
        log.import_(path)
    assert log.to_frame()["call_id"].tolist() == ["here"]
    assert path.read_bytes() == content


def test_a_database_without_calls_and_a_newer_log_are_refused(log: CallLog, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "notes.db")) as db:
        db.execute("create table notes (a)")
    with pytest.raises(ForeignFileError, match="no table of calls"):
        log.import_(tmp_path / "notes.db")
    with CallLog(tmp_path / "newer.db") as newer:
        newer.to_frame()
    with closing(sqlite3.connect(tmp_path / "newer.db")) as db:
        db.execute("pragma user_version = 99")
    with pytest.raises(ForeignFileError, match="version 99"):
        log.import_(tmp_path / "newer.db")


@pytest.mark.parametrize("name", ["out.xlsx", "out"])
def test_an_ending_that_says_no_form_is_refused_before_anything_is_written(
    log: CallLog, tmp_path: Path, name: str
) -> None:
    with pytest.raises(InvalidRequestError, match=r"\.parquet, \.csv, \.jsonl or \.db"):
        log.export(tmp_path / name)
    with pytest.raises(InvalidRequestError, match=r"\.parquet, \.csv, \.jsonl or \.db"):
        log.import_(tmp_path / name)
    assert not (tmp_path / name).exists()


def test_a_missing_file_is_not_found(log: CallLog, tmp_path: Path) -> None:
    for ending in ENDINGS:
        with pytest.raises(FileNotFoundError):
            log.import_(tmp_path / f"none{ending}")


def test_without_pyarrow_parquet_names_the_extra(
    full: CallLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(InvalidRequestError, match=r"stream-widget\[analysis\]"):
        full.export(tmp_path / "out.parquet")
    assert not list(tmp_path.glob("*.parquet"))


def test_an_answer_longer_than_a_field_of_csv_may_be_comes_back_whole(
    tmp_path: Path, make_row: MakeRow
) -> None:
    text = "a,\n" * 100_000
    with CallLog(tmp_path / "one.db") as one, CallLog(":memory:") as two:
        one.put(make_row("long", output_text=text))
        one.export(tmp_path / "out.csv")
        two.import_(tmp_path / "out.csv")
        assert two.to_frame()["output_text"][0] == text
