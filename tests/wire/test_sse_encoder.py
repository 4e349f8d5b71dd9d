"""What is encoded can be decoded."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from stream_widget.wire import (
    DONE,
    FrameDecoder,
    encode_comment,
    encode_frame,
    encode_text_frame,
    read_json,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters()),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=8,
)


@given(
    body=st.dictionaries(st.text(), JSON),
    event=st.none() | st.text("abc._", min_size=1),
    ascii_only=st.booleans(),
    padding=st.integers(0, 5),
)
def test_a_dict_comes_back_from_its_bytes(
    *, body: dict[str, object], event: str | None, ascii_only: bool, padding: int
) -> None:
    raw = encode_frame(body, event=event, ascii_only=ascii_only, padding=padding)
    [frame] = FrameDecoder().feed(raw)
    assert read_json(frame.data) == body
    assert frame.event == (event or "message")
    assert raw.isascii() or not ascii_only


def test_the_bytes_are_those_of_a_provider() -> None:
    assert encode_frame({"a": "é"}, event="x") == 'event: x\ndata: {"a":"é"}\n\n'.encode()
    assert encode_frame({"a": "é"}, ascii_only=True) == b'data: {"a":"\\u00e9"}\n\n'
    assert encode_frame({"a": 1}, padding=3) == b'data: {"a":1   }\n\n'


def test_half_a_utf16_pair_is_sent_as_an_escape() -> None:
    assert encode_frame({"a": "\ud83d"}) == b'data: {"a":"\\ud83d"}\n\n'


def test_text_of_many_lines_is_one_frame() -> None:
    [frame] = FrameDecoder().feed(encode_text_frame("a\r\nb\rc\n", event="x"))
    assert (frame.event, frame.data) == ("x", "a\nb\nc\n")


def test_a_comment_is_counted_and_no_frame() -> None:
    decoder = FrameDecoder()
    assert decoder.feed(encode_comment("alive")) == []
    assert decoder.comments == 1


def test_the_done_mark_is_read_as_done() -> None:
    [frame] = FrameDecoder().feed(DONE)
    assert read_json(frame.data) is None


def test_a_name_of_two_lines_is_refused() -> None:
    with pytest.raises(ValueError, match="one line"):
        encode_text_frame("x", event="a\nb")
    with pytest.raises(ValueError, match="one line"):
        encode_comment("a\rb")
