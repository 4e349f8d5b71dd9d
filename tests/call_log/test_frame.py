from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from stream_widget.call_log import COLUMNS, CONTENT_COLUMNS, CallLog
from stream_widget.clock import utc_now
from stream_widget.errors import InvalidRequestError

if TYPE_CHECKING:
    from conftest import MakeRow

TIMES = {"started_at", "ended_at"}
INTEGERS = {
    "attempt",
    "max_output_tokens",
    "input_tokens",
    "cached_input_tokens",
    "cache_write_tokens",
    "output_tokens",
    "reasoning_tokens",
    "total_tokens",
    "repeat",
}
FLOATS = {"temperature", "cost_usd", "duration_s", "ttft_s", "ttfo_s", "tokens_per_s"}


def dtype_of(column: str) -> str:
    if column in TIMES:
        return "datetime64[us, UTC]"
    if column in INTEGERS:
        return "Int64"
    if column in FLOATS:
        return "float64"
    return {"streamed": "boolean", "tags": "object"}.get(column, "string")


DTYPES = {column: dtype_of(column) for column in COLUMNS}


def at(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def dtypes(frame: pd.DataFrame) -> dict[str, str]:
    return {str(name): str(dtype) for name, dtype in frame.dtypes.items()}


def test_an_empty_log_gives_all_columns_in_order_with_their_dtypes(log: CallLog) -> None:
    frame = log.to_frame()
    assert len(frame) == 0
    assert dtypes(frame) == DTYPES
    assert list(frame.columns) == list(COLUMNS)


def test_the_dtypes_do_not_depend_on_what_the_rows_hold(log: CallLog, make_row: MakeRow) -> None:
    log.put(make_row("bare"))
    assert dtypes(log.to_frame()) == DTYPES
    log.put(
        make_row(
            "full",
            ended_at=at(utc_now()),
            streamed=1,
            output_tokens=2**60 + 1,
            temperature=1,
            cost_usd=0,
            tags='["a", "b"]',
            effort="low",
            repeat=3,
        )
    )
    frame = log.to_frame()
    assert dtypes(frame) == DTYPES
    assert list(frame.columns) == list(COLUMNS)
    assert frame["output_tokens"][1] == 2**60 + 1
    assert frame["tags"].tolist() == [[], ["a", "b"]]
    assert frame["streamed"].tolist() == [pd.NA, True]
    assert frame["cost_usd"][1] == 0
    assert frame["ended_at"].isna().tolist() == [True, False]


def test_times_are_utc_to_the_microsecond(log: CallLog, make_row: MakeRow) -> None:
    moment = datetime(2026, 11, 20, 23, 59, 59, 999_999, tzinfo=UTC)
    log.put(make_row("a", started_at=at(moment)))
    frame = log.to_frame()
    assert frame["started_at"][0].to_pydatetime() == moment
    assert frame["started_at"].dt.hour[0] == 23


def test_rows_come_in_the_order_they_started(log: CallLog, make_row: MakeRow) -> None:
    for call_id, start in (("late", 3), ("early", 1), ("middle", 2)):
        log.put(make_row(call_id, started_at=start))
    assert list(log.to_frame()["call_id"]) == ["early", "middle", "late"]


def test_without_content_the_frame_leaves_out_what_people_and_models_wrote(
    log: CallLog, make_row: MakeRow
) -> None:
    log.put(make_row("a", prompt="Why?"))
    frame = log.to_frame(content=False)
    assert list(frame.columns) == [name for name in COLUMNS if name not in CONTENT_COLUMNS]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["sky", "sea", "old"]),
        ({"tag": "blue"}, ["sky", "sea"]),
        ({"tag": "wide"}, ["sea"]),
        ({"tag": "blu"}, []),
        ({"name": "one"}, ["sky"]),
        ({"provider": "xai"}, ["sea"]),
        ({"state": "failed"}, ["old"]),
        ({"model": "gpt-5-mini"}, ["sky", "old"]),
        ({"model": "gpt-5-mini-2025-08-07"}, ["sky"]),
        ({"model": "xai:grok-4.3"}, ["sea"]),
        ({"tag": "blue", "provider": "openai"}, ["sky"]),
        ({"name": "x' or 1=1 --"}, []),
    ],
)
def test_each_filter_keeps_the_calls_it_names_and_all_hold_together(
    filters: dict[str, str], found: list[str], log: CallLog, make_row: MakeRow
) -> None:
    log.put(make_row("sky", tags='["blue"]', name="one", response_model="gpt-5-mini-2025-08-07"))
    log.put(make_row("sea", tags='["blue", "wide"]', provider="xai", request_model="grok-4.3"))
    log.put(make_row("old", state="failed"))
    frame = log.to_frame(**filters)
    assert list(frame["call_id"]) == found
    assert dtypes(frame) == DTYPES


def test_since_keeps_its_own_moment_and_until_leaves_it_out(
    log: CallLog, make_row: MakeRow
) -> None:
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    for hour in (-1, 0, 1):
        log.put(make_row(str(hour), started_at=at(noon + timedelta(hours=hour))))
    assert list(log.to_frame(since=noon)["call_id"]) == ["0", "1"]
    assert list(log.to_frame(until=noon)["call_id"]) == ["-1"]
    assert list(log.to_frame(since="2026-11-20T11:00", until="2026-11-20T13:00")["call_id"]) == [
        "-1",
        "0",
    ]


def test_a_span_reaches_back_from_now(log: CallLog, make_row: MakeRow) -> None:
    for hours in (1, 30):
        log.put(make_row(str(hours), started_at=at(utc_now() - timedelta(hours=hours))))
    assert list(log.to_frame(since="24h")["call_id"]) == ["1"]
    assert list(log.to_frame(since="7d")["call_id"]) == ["30", "1"]


@pytest.mark.parametrize("name", ["since", "until"])
def test_a_moment_that_cannot_be_read_is_an_error_before_any_disk_is_touched(
    name: str, log: CallLog
) -> None:
    with pytest.raises(InvalidRequestError, match=f"{name} must be a time ago"):
        log.to_frame(**{name: "last week"})
    assert log.path is not None
    assert not log.path.exists()


def test_the_tags_of_one_call_are_not_those_of_another(log: CallLog, make_row: MakeRow) -> None:
    for name in ("1", "2"):
        log.put(make_row(name, tags='["a"]', tool_calls='[{"id": "x"}]'))
        log.put(make_row(f"no {name}"))
    frame = log.to_frame(tool_calls=True)
    frame["tags"].iloc[0].append("b")
    frame["tags"].iloc[1].append("c")
    frame["tool_calls"].iloc[0][0]["id"] = "y"
    assert frame["tags"].tolist() == [["a", "b"], ["c"], ["a"], []]
    assert frame["tool_calls"].tolist() == [[{"id": "y"}], [], [{"id": "x"}], []]


def test_whole_numbers_are_exact_whatever_is_missing_beside_them(
    log: CallLog, make_row: MakeRow
) -> None:
    whole = [2**53 + 1, None, -(2**63), 2**63 - 1]
    for at, number in enumerate(whole):
        log.put(make_row(str(at), total_tokens=number))
    found = log.to_frame()["total_tokens"]
    assert str(found.dtype) == "Int64"
    assert [None if cell is pd.NA else int(cell) for cell in found] == whole
