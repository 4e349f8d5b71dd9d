"""Server-sent events, split anywhere, by the standard's rules."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies as st

from recorded_wire import WIRE, needs_recordings
from stream_widget.wire import Frame, FrameDecoder, OversizedFrameError, read_json

if TYPE_CHECKING:
    from pathlib import Path

EVERYTHING = (
    b"\xef\xbb\xbf: hello\n"
    b"event: first\ndata: one\n\n"
    b"data: two\r\ndata: lines\r\n\r\n"
    b"id: 7\rdata:no space\r\r"
    b"retry: 1500\ndata:  two spaces\n\n"
    b"\n\n: alive\n\n"
    b"event: nothing to say\n\n" + "data: 天空 🌈 é\u2028\x0b\n\n".encode() + b"data\n\n"
    b"unknown: field\nnocolon\ndata: {}\n\n"
    b"data: bad \xff\xe2\x82 bytes\n\n"
    b"id: a\0b\nid\ndata: [DONE]"
)
EVERY_FRAME = [
    Frame("first", "one", ""),
    Frame("message", "two\nlines", ""),
    Frame("message", "no space", "7"),
    Frame("message", " two spaces", "7"),
    Frame("message", "天空 🌈 é\u2028\x0b", "7"),
    Frame("message", "", "7"),
    Frame("message", "{}", "7"),
    Frame("message", "bad \ufffd\ufffd bytes", "7"),
    Frame("message", "[DONE]", ""),
]


def decode(chunks: list[bytes]) -> tuple[list[Frame], FrameDecoder]:
    decoder = FrameDecoder()
    frames = [frame for chunk in chunks for frame in decoder.feed(chunk)]
    return [*frames, *decoder.close()], decoder


def split_at(raw: bytes, size: int) -> list[bytes]:
    return [raw[i : i + size] for i in range(0, len(raw), size)]


def test_a_whole_stream_gives_its_frames_comments_and_retry_time() -> None:
    frames, decoder = decode([EVERYTHING])
    assert frames == EVERY_FRAME
    assert decoder.comments == 2
    assert decoder.retry_s == 1.5


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_frames_do_not_depend_on_the_size_of_chunks(size: int) -> None:
    frames, decoder = decode(split_at(EVERYTHING, size))
    assert frames == EVERY_FRAME
    assert decoder.comments == 2
    assert decoder.retry_s == 1.5


def test_frames_do_not_depend_on_where_the_bytes_are_split_in_two() -> None:
    for place in range(len(EVERYTHING) + 1):
        frames, _ = decode([EVERYTHING[:place], b"", EVERYTHING[place:]])
        assert frames == EVERY_FRAME, f"split at {place}"


@given(
    raw=st.lists(
        st.sampled_from(
            [
                *(b"data", b"event", b"id", b"retry", b":", b" ", b"\n", b"\r", b"\r\n", b"1"),
                *(b"{}", b"[DONE]", b"\xef\xbb\xbf", "é🌈".encode(), b"\xff", b"\0"),
            ]
        ),
        max_size=40,
    ).map(b"".join),
    cuts=st.lists(st.integers(0, 200), max_size=8),
)
def test_any_bytes_split_anywhere_give_the_same_frames(raw: bytes, cuts: list[int]) -> None:
    places = sorted({min(cut, len(raw)) for cut in cuts} | {0, len(raw)})
    chunks = [raw[a:b] for a, b in pairwise(places)]
    whole, by_whole = decode([raw])
    split, by_split = decode(chunks)
    assert split == whole
    assert (by_split.comments, by_split.retry_s) == (by_whole.comments, by_whole.retry_s)


@given(data=st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"])))
def test_a_data_line_comes_back_as_it_was(data: str) -> None:
    frames, _ = decode([b"data: ", data.encode(), b"\n\n"])
    assert frames == [Frame("message", data, "")]


def test_a_frame_is_there_as_soon_as_its_blank_line_is() -> None:
    decoder = FrameDecoder()
    assert decoder.feed(b"data: a\r\n\r") == [Frame("message", "a", "")]
    assert decoder.feed(b"\ndata: b\n\n") == [Frame("message", "b", "")]


@pytest.mark.parametrize(
    "tail",
    [b'data: {"a": 1}', b'data: {"a": 1}\n', b'data: {"a": 1}  \r\n', b'data: {"a": 1}\nevent: x'],
)
def test_a_last_frame_that_is_whole_counts_without_its_blank_line(tail: bytes) -> None:
    frames, _ = decode([tail])
    assert [read_json(frame.data) for frame in frames] == [{"a": 1}]


@pytest.mark.parametrize(
    "tail", [b'data: {"a": 1', b"data: 12", b"data: ", b"event: x\n", b"dat", b": [DONE]", b""]
)
def test_a_last_frame_that_may_be_cut_is_dropped(tail: bytes) -> None:
    frames, _ = decode([tail])
    assert frames == []


def test_a_bom_alone_before_an_unfinished_frame_is_not_data() -> None:
    frames, _ = decode([b"\xef\xbb\xbfdata: [DONE]"])
    assert frames == [Frame("message", "[DONE]", "")]


def test_closing_twice_gives_the_last_frame_once() -> None:
    decoder = FrameDecoder()
    decoder.feed(b"data: [DONE]")
    assert len(decoder.close()) == 1
    assert decoder.close() == []


@pytest.mark.parametrize("retry", [b"retry: soon", b"retry: -1", b"retry:", b"retry: 99999999999"])
def test_a_retry_time_that_is_no_time_is_ignored(retry: bytes) -> None:
    _, decoder = decode([retry + b"\n\n"])
    assert decoder.retry_s is None


@pytest.mark.parametrize(
    "chunks",
    [
        [b"data: " + b"x" * 200 + b"\n\n"],
        [b"data: xxxxxxxxxx" for _ in range(20)],
        [b"data: xxxxxxxxxx\n" for _ in range(20)],
        [b": xxxxxxxxxx" for _ in range(20)],
    ],
    ids=["one chunk", "a line in many chunks", "many lines", "an endless comment"],
)
def test_what_would_not_fit_is_refused_with_the_limit(chunks: list[bytes]) -> None:
    decoder = FrameDecoder(max_frame_bytes=100)

    def feed_all() -> None:
        for chunk in chunks:
            decoder.feed(chunk)

    with pytest.raises(OversizedFrameError, match="larger than 100 bytes") as caught:
        feed_all()
    assert caught.value.max_frame_bytes == 100


def recorded_streams() -> list[Path]:
    return sorted((WIRE / "recorded").glob("*.sse"))


@needs_recordings
@pytest.mark.parametrize("path", recorded_streams(), ids=lambda path: getattr(path, "stem", "none"))
def test_a_recorded_stream_has_its_events_and_comments_whole_and_byte_by_byte(path: Path) -> None:
    expected = json.loads((WIRE / "EXPECTED.json").read_text())[path.name]
    raw = path.read_bytes()
    whole, decoder = decode([raw])
    split, _ = decode(split_at(raw, 1))
    assert split == whole
    assert (len(whole), decoder.comments) == (expected["events"], expected["comments"])
    bodies = [read_json(frame.data) for frame in whole]
    assert (None in bodies) == expected["done_marker"]
