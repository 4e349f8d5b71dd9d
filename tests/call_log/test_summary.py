from __future__ import annotations

import math
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from stream_widget.call_log.filters import Filters
from stream_widget.call_log.summary import read_summary
from stream_widget.errors import InvalidRequestError

if TYPE_CHECKING:
    from conftest import MakeRow
    from stream_widget.call_log import CallLog

USAGE = {"usage_source": "reported", "input_tokens": 10, "output_tokens": 5, "total_tokens": 15}


def test_a_run_counts_once_in_the_group_of_its_last_call_and_all_its_calls_are_billed(
    log: CallLog, make_row: MakeRow
) -> None:
    first = {"run_id": "r", "request_model": "a", "state": "failed", "ended_at": 1}
    log.put(make_row("1", **first, **USAGE, cost_usd=0.25))
    log.put(make_row("2", run_id="r", attempt=2, request_model="b", **USAGE, cost_usd=0.5))
    log.put(make_row("3", run_id="s", request_model="a", **USAGE, cost_usd=0.125))
    found = log.summary("request_model")
    assert found.index.tolist() == ["b", "a"]
    assert found["calls"].to_dict() == {"a": 2, "b": 1}
    assert found["runs"].to_dict() == {"a": 1, "b": 1}
    assert found["retried"].to_dict() == {"a": 1, "b": 0}
    assert found["failed_share"].to_dict() == {"a": 0.0, "b": 0.0}
    assert found["cost_usd"].to_dict() == {"a": 0.375, "b": 0.5}
    whole = log.summary(None)
    assert len(whole) == 1
    assert whole[["calls", "runs", "retried", "input_tokens"]].to_numpy().tolist() == [
        [3, 2, 1, 30]
    ]
    assert whole["cost_usd"].item() == 0.875


def test_a_filter_decides_which_call_is_a_runs_last(log: CallLog, make_row: MakeRow) -> None:
    log.put(make_row("1", run_id="r", provider="xai", state="failed", ended_at=1))
    log.put(make_row("2", run_id="r", attempt=2, provider="openai"))
    found = log.summary("provider", provider="xai")
    assert found["runs"].to_dict() == {"xai": 1}
    assert found["failed_share"].to_dict() == {"xai": 1.0}


def test_an_unknown_cost_is_counted_and_a_call_that_was_refused_has_none(
    log: CallLog, make_row: MakeRow
) -> None:
    log.put(make_row("known", **USAGE, cost_usd=0.5))
    log.put(make_row("unknown", **USAGE))
    log.put(make_row("refused", state="failed", ended_at=1))
    log.put(make_row("broken off", state="failed", ended_at=1, **USAGE))
    log.put(make_row("under way", state="streaming"))
    found = log.summary(None)
    assert found["cost_usd"].item() == 0.5
    assert found["cost_unknown"].item() == 2
    assert found["cost_unknown_share"].item() == pytest.approx(2 / 5)


def test_tokens_that_nobody_reported_are_missing_and_not_0(log: CallLog, make_row: MakeRow) -> None:
    log.put(make_row("1", reasoning_tokens=0))
    log.put(make_row("2", reasoning_tokens=None))
    found = log.summary(None)
    assert found["reasoning_tokens"].item() == 0
    assert found["input_tokens"].isna().item()
    assert math.isnan(found["cost_usd"].item())
    assert math.isnan(found["estimated_share"].item())


def test_medians_are_of_the_calls_that_were_answered_to_their_end(
    log: CallLog, make_row: MakeRow
) -> None:
    for at, seconds in enumerate([0.1, 0.2, 0.3, 0.4, 1.123456]):
        log.put(make_row(str(at), duration_s=seconds, ttft_s=seconds / 2))
    log.put(make_row("cut", state="cancelled", duration_s=900.0, ttft_s=900.0))
    log.put(make_row("short", state="incomplete", duration_s=0.3, ttft_s=0.15))
    found = log.summary(None)
    assert found["duration_s_median"].item() == pytest.approx(0.3)
    assert found["ttft_s_median"].item() == pytest.approx(0.15)
    assert 0.4 < found["duration_s_p95"].item() <= 1.123456
    assert math.isnan(found["tokens_per_s_median"].item())


def test_shares_of_estimates_are_of_the_calls_with_usage(log: CallLog, make_row: MakeRow) -> None:
    log.put(make_row("1", **USAGE))
    log.put(make_row("2", **USAGE | {"usage_source": "estimated"}))
    log.put(make_row("3", state="failed", ended_at=1))
    assert log.summary(None)["estimated_share"].item() == 0.5


def test_by_tag_a_call_counts_under_each_of_its_own(log: CallLog, make_row: MakeRow) -> None:
    log.put(make_row("1", tags='["sky", "blue"]'))
    log.put(make_row("2", tags='["sky"]'))
    log.put(make_row("3"))
    assert log.summary("tag")["calls"].to_dict() == {"sky": 2, "blue": 1}
    assert log.summary("tag", tag="blue")["calls"].to_dict() == {"sky": 1, "blue": 1}


def test_by_day_and_by_several_columns(log: CallLog, make_row: MakeRow) -> None:
    day = 86_400_000_000
    log.put(make_row("1", started_at=day - 1, effort="low"))
    log.put(make_row("2", started_at=day, effort="low"))
    log.put(make_row("3", started_at=2 * day - 1))
    log.put(make_row("4", started_at=-1))
    found = log.summary("day").sort_index()
    assert [str(at)[:10] for at in found.index] == ["1969-12-31", "1970-01-01", "1970-01-02"]
    assert str(found.index.dtype) == "datetime64[us, UTC]"
    assert found["calls"].tolist() == [1, 1, 2]
    both = log.summary(["effort", "state"])
    assert both.index.names == ["effort", "state"]
    assert both["calls"].sum() == 4


def test_an_empty_log_has_columns_and_no_groups_and_one_row_of_nothing_in_all(
    log: CallLog, make_row: MakeRow
) -> None:
    empty = log.summary()
    whole = log.summary(None)
    assert whole["calls"].item() == 0
    log.put(make_row("1"))
    full = log.summary()
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()
    assert len(empty) == 0


@pytest.mark.parametrize(
    ("by", "offer"),
    [("response_modl", "'response_model'"), ("prompt", "There are"), (["state", "x"], "'x'")],
)
def test_what_one_cannot_group_by_is_said_with_what_one_can(
    log: CallLog, by: str | list[str], offer: str
) -> None:
    with pytest.raises(InvalidRequestError, match=offer):
        log.summary(by)


def test_an_unknown_filter_offers_the_nearest(log: CallLog) -> None:
    with pytest.raises(TypeError, match=r"no filter 'sinc'. Did you mean 'since'"):
        log.summary(sinc="7d")
    with pytest.raises(InvalidRequestError, match="since must be"):
        log.summary(since="yesterday")


INDEXED = ["provider", "request_model", "response_model", "state", "effort", "name", "tag", "day"]


@pytest.mark.parametrize("keys", [[], *([key] for key in INDEXED), ["day", "effort"]])
@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(since="1970-01-01", until="2999-01-01"),
        Filters(provider="openai", model="m", state="completed", name="n", tag="t"),
    ],
)
def test_the_usual_groups_come_from_an_index_without_a_look_at_the_table_or_a_sort(
    log: CallLog, make_row: MakeRow, keys: list[str], filters: Filters
) -> None:
    log.put(make_row("1"))
    log.flush()
    assert log.path is not None
    with closing(sqlite3.connect(log.path, isolation_level=None)) as db:
        asked: list[str] = []
        db.set_trace_callback(asked.append)
        read_summary(db, filters, keys)
        db.set_trace_callback(None)
        (query,) = (text for text in asked if text.startswith("select"))
        plan = [row[3] for row in db.execute(f"explain query plan {query}")]
    assert plan[0] == "SCAN calls USING COVERING INDEX calls_summary"
    assert "USE TEMP B-TREE FOR GROUP BY" not in plan


def test_attempts_that_followed_another_are_found_by_an_index(
    log: CallLog, make_row: MakeRow
) -> None:
    log.put(make_row("1", run_id="r", state="failed", ended_at=1))
    log.put(make_row("2", run_id="r", attempt=2))
    log.flush()
    assert log.path is not None
    with closing(sqlite3.connect(log.path, isolation_level=None)) as db:
        asked: list[str] = []
        db.set_trace_callback(asked.append)
        read_summary(db, Filters(), [])
        db.set_trace_callback(None)
        query = [text for text in asked if text.startswith("select")][-1]
        plan = [row[3] for row in db.execute(f"explain query plan {query}")]
    assert "SCAN calls USING COVERING INDEX calls_retried" in plan
    assert not any(step.startswith("SCAN calls") and "INDEX" not in step for step in plan)


@pytest.mark.parametrize("by", [None, *INDEXED, "usage_source", "error_kind", ["day", "tag"]])
@pytest.mark.parametrize("filters", [{}, {"state": "failed"}, {"provider": "xai", "tag": "b"}])
def test_a_summary_is_the_same_with_and_without_the_indexes(
    log: CallLog, make_row: MakeRow, by: str | list[str] | None, filters: dict[str, Any]
) -> None:
    for at in range(150):
        log.put(
            make_row(
                str(at),
                run_id=f"run {at // 3 * 3 if at % 5 else at}",
                attempt=1 + (at % 3 if at % 5 else 0),
                started_at=at * 20_000_000_000,
                ended_at=1,
                provider=("openai", "xai")[at % 2],
                request_model=f"m{at % 4}",
                effort=(None, "low", "high")[at % 3],
                state=("completed", "failed", "cancelled")[at % 5 // 2],
                usage_source=("reported", None, "estimated")[at % 11 % 3],
                cost_usd=None if at % 13 == 0 else at / 64,
                input_tokens=at,
                duration_s=at / 8,
                ttft_s=at / 16,
                name=(None, "n")[at % 2],
                tags=("[]", '["a"]', '["a", "b"]', '["b", "b"]')[at // 3 % 4],
                error_kind=(None, "timeout")[at % 2],
            )
        )
    found = log.summary(by, **filters)
    assert found["retried"].sum() > 0
    assert log.path is not None
    log.close()
    with closing(sqlite3.connect(log.path, isolation_level=None)) as db:
        db.execute("drop index calls_summary")
        db.execute("drop index calls_retried")
    pd.testing.assert_frame_equal(log.summary(by, **filters), found)
