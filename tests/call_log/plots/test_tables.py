from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from stream_widget.call_log.plots.tables import (
    MOST_MODELS,
    REST,
    cost_table,
    latency_table,
    token_table,
)
from stream_widget.errors import InvalidRequestError


def calls(**columns: object) -> pd.DataFrame:
    """Two calls; the given columns hold the given values."""
    usual = {
        "started_at": pd.to_datetime(["2026-11-30T10:00:30Z", "2026-11-30T10:02:10Z"]),
        "provider": ["openai", "openai"],
        "request_model": ["gpt-5", "gpt-5-mini"],
        "state": ["completed", "completed"],
        "usage_source": ["reported", "estimated"],
        "cost_usd": [0.5, 0.25],
        "input_tokens": [1000, 500],
        "cached_input_tokens": [400, None],
        "cache_write_tokens": [100, None],
        "output_tokens": [300, 50],
        "reasoning_tokens": [200, None],
        "ttft_s": [1.0, 2.0],
        "ttfo_s": [4.0, None],
        "duration_s": [9.0, 3.0],
    }
    frame = pd.DataFrame(usual | columns)
    tokens = [name for name in frame if name.endswith("_tokens")]
    return frame.astype(dict.fromkeys(tokens, "Int64")).astype(
        {"provider": "string", "request_model": "string", "usage_source": "string"}
    )


def test_dollars_are_added_up_by_period_and_model() -> None:
    table = cost_table(calls())
    rows = table.rows.astype({"model": "object"})[["model", "cost_usd", "calls"]]
    assert rows.to_numpy().tolist() == [["openai:gpt-5", 0.5, 1], ["openai:gpt-5-mini", 0.25, 1]]
    assert table.title == "Cost by minute: $0.75 in all"
    assert list(table.remarks) == ["2 calls", "1 estimated"]
    assert (table.rows["until"] - table.rows["period"] == pd.Timedelta("1min")).all()


def test_pieces_of_a_bar_stand_on_each_other() -> None:
    at = pd.to_datetime(["2026-11-30T10:00:30Z"] * 2)
    rows = cost_table(calls(started_at=at)).rows
    assert list(rows["base_usd"]) == [0.0, 0.5]
    assert list(rows["top_usd"]) == [0.5, 0.75]


@pytest.mark.parametrize(
    ("usd", "told"), [(0.0, "$0.00"), (0.0000472, "$0.000047"), (1234.5, "$1,234.50")]
)
def test_small_costs_are_not_rounded_away(usd: float, told: str) -> None:
    assert f": {told} in all" in cost_table(calls(cost_usd=[usd, 0.0])).title


def test_calls_without_a_price_are_counted_and_not_drawn_as_free() -> None:
    table = cost_table(calls(cost_usd=[0.5, float("nan")]))
    assert table.title == "Cost by minute: $0.50 in all"
    assert "1 without a known price left out" in table.remarks
    with pytest.raises(InvalidRequestError, match=r"None of these 2 calls .*openai:gpt-5"):
        cost_table(calls(cost_usd=[float("nan")] * 2))


@pytest.mark.parametrize(
    ("days", "period"),
    [
        (0.02, "minute"),
        (1, "hour"),
        (5, "3 hours"),
        (40, "day"),
        (300, "7 days"),
        (4000, "52 weeks"),
    ],
)
def test_a_longer_time_has_wider_bars(days: float, period: str) -> None:
    start = pd.Timestamp("2020-01-01T00:00:00Z")
    times = pd.Series([start, start + pd.Timedelta(days=days)])
    assert cost_table(calls(started_at=times)).period == period


def test_kinds_of_tokens_add_up_to_what_was_used() -> None:
    rows = token_table(calls()).rows
    one = rows[rows["model"] == "openai:gpt-5"].set_index("kind")["tokens"].to_dict()
    assert one == {
        "input": 500,
        "input from the cache": 400,
        "input written to the cache": 100,
        "reasoning": 200,
        "answer": 100,
    }
    assert int(rows["tokens"].sum()) == 1000 + 500 + 300 + 50


def test_a_call_is_waiting_then_reasoning_then_writing() -> None:
    rows = latency_table(calls()).rows
    medians = rows.pivot_table(index="model", columns="phase", values="median", observed=True)
    assert medians.loc["openai:gpt-5"].to_dict() == {
        "waiting": 1.0, "reasoning": 3.0, "writing": 5.0, "whole": 9.0
    }  # fmt: skip
    # No word of an answer: all after the first sign is reasoning.
    assert medians.loc["openai:gpt-5-mini", "reasoning"] == 1.0
    assert medians.loc["openai:gpt-5-mini", "writing"] == 0.0


def test_failed_calls_say_nothing_of_how_long_an_answer_takes() -> None:
    table = latency_table(calls(state=["completed", "failed"]))
    assert list(table.models) == ["openai:gpt-5"]
    assert "1 not answered to the end left out" in table.remarks


def test_the_less_important_models_are_shown_as_one() -> None:
    count = 20
    frame = pd.concat([calls()] * (count // 2), ignore_index=True)
    frame["request_model"] = pd.array([f"m{number:02}" for number in range(count)], dtype="string")
    frame["cost_usd"] = np.arange(count, 0, -1.0)
    table = cost_table(frame)
    assert len(table.models) == MOST_MODELS
    assert table.models[0] == "openai:m00"
    assert table.models[-1] == REST
    assert table.rows["cost_usd"].sum() == frame["cost_usd"].sum()


def test_tables_stay_small_however_many_calls_there_are() -> None:
    count = 100_000
    frame = calls().sample(count, replace=True, random_state=1).reset_index(drop=True)
    frame["started_at"] = pd.Timestamp("2024-01-01T00:00:00Z") + pd.to_timedelta(
        np.arange(count) * 300, unit="s"
    )
    for table in (cost_table(frame), token_table(frame), latency_table(frame)):
        assert len(table.rows) <= 49 * MOST_MODELS
