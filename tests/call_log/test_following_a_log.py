"""Who reads a log while a call streams sees its text as far as it is on disk."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from stream_widget.call_log.pieces import Piece, PiecePart, write_piece
from stream_widget.log_tail import Follower
from stream_widget.run.timeline import Arrival

if TYPE_CHECKING:
    from conftest import MakeRow
    from stream_widget.call_log import CallLog


def put_piece(log: CallLog, number: int, at_ms: int, text: str) -> None:
    part = PiecePart(0, "output_text", None, None, len(text), text, "")
    arrivals = [Arrival(at_ms, 0, len(text))]
    with log._writing() as db:
        write_piece(db, Piece("open", number, at_ms / 1000, arrivals, [part], {}))


@pytest.fixture
def streaming(log: CallLog, make_row: MakeRow) -> CallLog:
    """One call that is over, and one that has said "Hello"."""
    log.put(make_row("done", output_text="All."))
    log.put(make_row("open", state="streaming", output_text=""))
    put_piece(log, 0, 400, "Hello")
    return log


def test_a_run_that_streams_has_the_text_and_the_timeline_so_far(streaming: CallLog) -> None:
    (call,) = streaming.read_run("run of open")
    assert (call["output_text"], call["timeline"]) == ("Hello", "400:0+5")
    assert json.loads(str(call["parts"])) == [["output_text", None, 5]]


def test_news_are_what_is_new_and_what_had_not_ended(streaming: CallLog, make_row: MakeRow) -> None:
    first = streaming.read_news(0, ())
    assert [call["call_id"] for call in first.calls] == ["done", "open"]
    assert streaming.read_news(first.mark, ()) == (first.mark, [])
    put_piece(streaming, 1, 500, " you")
    streaming.put(make_row("new", tags='["x"]'))
    later = streaming.read_news(first.mark, ["open"])
    assert [(call["call_id"], call["output_text"]) for call in later.calls] == [
        ("open", "Hello you"),
        ("new", None),
    ]
    assert streaming.read_news(first.mark, ["open"], tag="y").calls[0]["call_id"] == "open"
    assert [call["call_id"] for call in streaming.read_news(0, (), latest=1).calls] == ["new"]


def test_a_follower_prints_what_a_text_has_grown_by(
    streaming: CallLog, make_row: MakeRow, capsys: pytest.CaptureFixture[str]
) -> None:
    follower = Follower(streaming, {}, text=True, as_json=False)
    follower.begin(1)
    put_piece(streaming, 1, 500, " you\x1b[2J")
    follower.look()
    follower.look()
    streaming.put(make_row("open", output_text="Hello you\x1b[2J!", output_tokens=3))
    follower.look()
    follower.look()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("openai:gpt-5-mini  streaming")
    assert lines[1] == "[run of o] Hello you\N{REPLACEMENT CHARACTER}[2J!"
    assert lines[2].endswith("completed  3 tokens")
    assert len(lines) == 3


def test_a_follower_prints_a_line_of_json_for_each_start_and_end(
    streaming: CallLog, make_row: MakeRow, capsys: pytest.CaptureFixture[str]
) -> None:
    follower = Follower(streaming, {"state": "streaming"}, text=True, as_json=True)
    follower.begin(5)
    put_piece(streaming, 1, 500, " you")
    follower.look()
    streaming.put(make_row("open", ended_at=1))
    follower.look()
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(call["call_id"], call["state"]) for call in said] == [
        ("open", "streaming"),
        ("open", "completed"),
    ]
    assert said[1]["ended_at"] == "1970-01-01T00:00:00.000001+00:00"
