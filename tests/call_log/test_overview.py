"""How a log shows itself."""

from __future__ import annotations

import sqlite3
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from stream_widget.call_log import CallLog
from stream_widget.call_log.period import microseconds
from stream_widget.clock import utc_now

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeRow


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the parser's
        self.names.add(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_it_is_a_table_of_the_latest_calls_with_totals_over_all(
    log: CallLog, make_row: MakeRow
) -> None:
    for at in range(25):
        log.put(
            make_row(
                f"{at:02}",
                run_id=f"{at:02}345678",
                started_at=at * 1_000_000,
                input_tokens=100,
                output_tokens=1000,
                cost_usd=0.5,
                prompt=f"Question {at}?",
            )
        )
    text = str(log)
    lines = text.splitlines()
    assert lines[0] == repr(log)
    assert lines[2].startswith("1970-01-01 00:00:24  24345678  openai:gpt-5-mini  completed")
    assert "Question 5?" in text
    assert "Question 4?" not in text
    assert lines[-1] == (
        "25 calls of 25 runs, 0 failed; 2,500 tokens in, 25,000 out; $12.50. "
        "The latest 20 are shown."
    )
    page = Tags(log._repr_html_())
    assert page.texts.index("Question 24?") < page.texts.index("Question 5?")
    assert "script" not in page.names
    assert page.texts.count("completed") == 20


def test_no_text_gets_out_of_its_cell(log: CallLog, make_row: MakeRow) -> None:
    evil = "<img src=x onerror=alert(1)>\x1b[2J\n\u202etxt"
    log.put(make_row("a", prompt=evil, request_model=evil, error_kind=evil, provider=evil))
    page = Tags(log._repr_html_())
    assert page.names <= {"div", "p", "code", "table", "thead", "tbody", "tr", "th", "td"}
    lines = log.overview().text(width=300).splitlines()
    assert len(lines) == 3
    assert "\x1b" not in str(log)
    assert "\u202e" not in str(log)


def test_estimates_look_it_and_unknown_costs_are_no_0(log: CallLog, make_row: MakeRow) -> None:
    log.put(make_row("a", usage_source="estimated", output_tokens=7, ended_at=1))
    text = str(log)
    assert "~7" in text
    assert "?" in text
    assert "and 1 call of unknown cost" in text


def test_an_empty_log_says_so(log: CallLog) -> None:
    assert str(log).endswith("No calls.")
    assert "No calls." in log._repr_html_()


def test_a_file_that_cannot_be_read_shows_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "text.db"
    path.write_bytes(b"this is no database, whatever it is called" * 20)
    for shown in (str(CallLog(path)), CallLog(path)._repr_html_()):
        assert "not a database" in shown
    with CallLog(tmp_path / "newer.db") as newer:
        newer.to_frame()
    db = sqlite3.connect(tmp_path / "newer.db")
    db.execute("pragma user_version = 99")
    db.close()
    assert "version 99" in str(CallLog(tmp_path / "newer.db"))


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_a_table_fits_its_width(log: CallLog, make_row: MakeRow, width: int) -> None:
    log.put(make_row("a", prompt="word " * 100, request_model="model-" * 10))
    table, totals = log.overview().text(width=width).split("\n1 call ")
    assert totals.startswith("of 1 run")
    lines = table.splitlines()
    assert max(map(len, lines)) <= width
    assert "…" in lines[1]
    left_out = [name for name in ("In", "Out", "First", "Took", "Prompt") if name not in lines[0]]
    assert bool(left_out) == (width < 100)
    assert lines[2:] == ([f"(no room for {', '.join(left_out)})"] if left_out else [])


def test_a_time_of_this_year_is_told_without_the_year(log: CallLog, make_row: MakeRow) -> None:
    now = utc_now()
    log.put(make_row("a", started_at=microseconds(now)))
    log.put(make_row("b", started_at=0))
    lines = str(log).splitlines()
    assert lines[2].startswith(f"{now:%m-%d %H:%M:%S}  ")
    assert lines[3].startswith("1970-01-01 00:00:00  ")


def test_a_cell_that_the_page_cuts_says_its_whole_text_to_who_points_at_it(
    log: CallLog, make_row: MakeRow
) -> None:
    log.put(make_row("a", name='a "long" name'))
    assert 'title="a &quot;long&quot; name"' in log._repr_html_()
