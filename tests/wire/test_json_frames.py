"""The JSON inside a frame."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from stream_widget.wire import DamagedFrameError, read_json


def test_an_object_is_a_dict() -> None:
    assert read_json('{"type": "x", "delta": "\\ud83d"}  ') == {"type": "x", "delta": "\ud83d"}


@pytest.mark.parametrize("data", ["[DONE]", " [DONE] "])
def test_the_done_mark_is_none(data: str) -> None:
    assert read_json(data) is None


@pytest.mark.parametrize("data", ["", "  "])
def test_blank_data_is_an_empty_dict(data: str) -> None:
    assert read_json(data) == {}


@pytest.mark.parametrize(
    "data",
    [
        '{"a": 1',
        "[1]",
        "null",
        "12",
        '"text"',
        "<html>",
        "[" * 100_000,
        '{"a": ' + "9" * 5000 + "}",
    ],
    ids=lambda data: data[:8],
)
def test_what_is_no_object_is_damaged(data: str) -> None:
    with pytest.raises(DamagedFrameError):
        read_json(data)


def test_the_error_holds_the_beginning_of_the_data_and_not_all_of_it() -> None:
    with pytest.raises(DamagedFrameError) as caught:
        read_json("{" + "x" * 1000)
    assert caught.value.excerpt == "{" + "x" * 118 + "…"
    assert caught.value.excerpt in str(caught.value)


@given(data=st.text())
def test_any_text_is_a_dict_or_done_or_damaged(data: str) -> None:
    try:
        value = read_json(data)
    except DamagedFrameError:
        return
    assert value is None or isinstance(value, dict)
