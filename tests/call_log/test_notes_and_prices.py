"""What one changes in a log by hand: notes, prices, what is thrown away."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from stream_widget import catalog
from stream_widget.call_log import CallLog, UnknownRunError
from stream_widget.call_log.period import microseconds
from stream_widget.errors import InvalidRequestError
from stream_widget.events import Usage
from stream_widget.request import Target

if TYPE_CHECKING:
    from conftest import MakeRow

USAGE = {"input_tokens": 1000, "output_tokens": 500, "total_tokens": 1500}


def noted(log: CallLog) -> list[object]:
    frame = log.to_frame(annotations=True).astype(object)
    return frame[["rating", "note"]].where(frame.notna(), None).to_numpy().tolist()


def test_a_note_stands_on_each_call_of_its_run_and_what_is_left_out_stays(
    log: CallLog, make_row: MakeRow
) -> None:
    log.put(make_row("1", run_id="abcdef12"))
    log.put(make_row("2", run_id="abcdef12", attempt=2))
    log.put(make_row("3", run_id="other"))
    log.annotate("abcdef12", rating=4)
    log.annotate("abcdef", note="too long")
    assert noted(log) == [[4, "too long"], [4, "too long"], [None, None]]
    log.annotate("abcdef12", rating=None)
    assert noted(log)[0] == [None, "too long"]
    log.annotate("abcdef12", note=None)
    assert noted(log)[0] == [None, None]
    assert log.sql("select count(*) as n from annotations")["n"].item() == 0
    assert list(log.to_frame(annotations=True).columns[-2:]) == ["rating", "note"]
    assert "rating" not in log.to_frame()


def test_an_unknown_run_is_an_error_that_offers_the_nearest(
    log: CallLog, make_row: MakeRow
) -> None:
    log.put(make_row("1", run_id="abcdef12"))
    log.put(make_row("2", run_id="abcdef99"))
    with pytest.raises(UnknownRunError, match=r"no run 'abcdfe12'.*'abcdef12'"):
        log.annotate("abcdfe12", rating=1)
    with pytest.raises(UnknownRunError, match="several runs that begin with 'abcdef'"):
        log.annotate("abcdef", rating=1)
    with pytest.raises(UnknownRunError, match="no run 'abcde'"):
        log.annotate("abcde", rating=1)


@pytest.mark.parametrize("rating", [math.nan, math.inf, True, "5"])
def test_a_rating_is_a_number(log: CallLog, make_row: MakeRow, rating: object) -> None:
    log.put(make_row("1"))
    with pytest.raises(InvalidRequestError, match="rating is a number"):
        log.annotate("run of 1", rating=rating)
    with pytest.raises(InvalidRequestError, match="note is a text"):
        log.annotate("run of 1", note=5)


def test_a_key_in_a_note_is_taken_out(
    log: CallLog, make_row: MakeRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_API_KEY", "tomatosoup42")
    log.put(make_row("1"))
    log.annotate("run of 1", note="used tomatosoup42")
    assert noted(log) == [[None, "used [key removed]"]]


def test_pruning_takes_all_that_belongs_to_a_call_and_leaves_what_still_streams(
    log: CallLog, make_row: MakeRow
) -> None:
    log.put(make_row("old", started_at=1))
    log.put(make_row("open", started_at=2, state="streaming"))
    log.put(make_row("new", started_at=3))
    log.annotate("run of old", rating=1)
    log.annotate("run of new", rating=2)
    assert log.count_prunable(before="1970-01-01T00:00:00.000003") == 1
    assert log.prune(before="1970-01-01T00:00:00.000003") == 1
    assert log.to_frame()["call_id"].tolist() == ["open", "new"]
    assert log.sql("select run_id from annotations")["run_id"].tolist() == ["run of new"]
    assert log.prune(until="1970-01-02", state="completed") == 1


def test_pruning_without_a_filter_is_refused(log: CallLog, make_row: MakeRow) -> None:
    log.put(make_row("1"))
    with pytest.raises(InvalidRequestError, match="Say what to delete"):
        log.prune()
    with pytest.raises(InvalidRequestError, match="give one of them"):
        log.prune(before="1d", until="2d")
    with pytest.raises(InvalidRequestError, match="before must be"):
        log.prune(before="long ago")
    assert log.prune(before="0s") == 1


def test_repricing_asks_what_the_price_was_when_the_call_was_made(
    log: CallLog, make_row: MakeRow
) -> None:
    """A million tokens of input cost $10 until 2025-06-10, and $2 since then."""
    before, after = (datetime(2025, month, 1, 12, tzinfo=UTC) for month in (6, 7))
    usage = {"input_tokens": 1_000_000, "output_tokens": 0, "request_model": "o3"}
    log.put(make_row("before", **usage, started_at=microseconds(before)))
    log.put(make_row("after", **usage, started_at=microseconds(after)))
    assert log.reprice().set_index("call_id")["cost_usd"].to_dict() == {
        "before": pytest.approx(10),
        "after": pytest.approx(2),
    }


def test_repricing_tells_what_is_another_today_and_writes_only_when_told(
    log: CallLog, make_row: MakeRow
) -> None:
    now, source = catalog.price(Target("openai", "gpt-5-mini"), Usage(1000, None, None, 500))
    assert now > 0
    log.put(make_row("dearer", **USAGE, cost_usd=now / 2, price_source="old prices"))
    log.put(make_row("same", **USAGE, cost_usd=now, price_source=source))
    log.put(make_row("new", **USAGE))
    log.put(make_row("unknown", **USAGE, request_model="nobody-knows", cost_usd=1.0))
    log.put(make_row("no usage"))
    told = log.reprice()
    assert told["call_id"].tolist() == ["dearer", "new"]
    assert told["cost_usd"].tolist() == [now, now]
    assert told["cost_before_usd"][0] == now / 2
    assert math.isnan(told["cost_before_usd"][1])
    assert told["price_source_before"][0] == "old prices"
    assert log.to_frame()["cost_usd"].tolist()[0] == now / 2
    assert log.reprice(apply=True).equals(told)
    written = log.to_frame().set_index("call_id")
    assert written["cost_usd"]["dearer"] == now
    assert written["price_source"]["new"] == source
    assert written["cost_usd"]["unknown"] == 1.0
    assert len(log.reprice()) == 0
