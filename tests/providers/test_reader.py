from __future__ import annotations

import asyncio
import json
import threading
from typing import TYPE_CHECKING

import pytest

from providers.recordings import TARGET, fold, read, reader
from stream_widget.errors import MalformedStreamError, StreamInterruptedError
from stream_widget.events import HeartbeatReceived, ResponseFinished, UsageReported
from stream_widget.providers import in_thread
from stream_widget.providers.openai_chat import ChatDecoder
from stream_widget.providers.openai_responses import ResponsesDecoder
from stream_widget.providers.reader import StreamReader, late_chunks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


def frame(kind: str, **fields: object) -> bytes:
    return f"data: {json.dumps({'type': kind, **fields})}\n\n".encode()


HELLO = frame("response.output_text.delta", delta="Hello")
COMPLETED = frame("response.completed", response={"id": "resp_1", "status": "completed"})
KEY = "planted-0123456789-secret"


def test_a_comment_is_a_heartbeat_and_many_in_one_chunk_are_one() -> None:
    reading = reader()
    assert reading.feed(b": PROCESSING\n\n" * 3) == [HeartbeatReceived()]
    assert reading.feed(HELLO) == reading.feed(HELLO)


def test_a_blank_frame_is_a_heartbeat_and_done_is_nothing() -> None:
    assert reader().feed(b"data: \n\n") == [HeartbeatReceived()]
    assert reader().feed(b"data: [DONE]\n\n") == []


def test_done_alone_is_no_end() -> None:
    with pytest.raises(StreamInterruptedError):
        read([HELLO, b"data: [DONE]\n\n"])


def test_a_last_frame_without_its_blank_line_is_taken() -> None:
    assert isinstance(read([HELLO, COMPLETED.rstrip()])[-1], ResponseFinished)


def test_an_answer_of_no_bytes_is_interrupted() -> None:
    with pytest.raises(StreamInterruptedError, match="after 0 bytes"):
        read([])


@pytest.mark.parametrize("damage", [b'data: {"type": "resp\n\n', b"data: [1]\n\n", b"data: 7\n\n"])
def test_what_came_before_a_damaged_frame_is_handed_on(damage: bytes) -> None:
    reading = reader()
    events = reading.feed(HELLO + damage + HELLO)
    assert fold(events).output_text == "Hello"
    assert isinstance(reading.error, MalformedStreamError)
    assert (reading.error.kind, reading.error.target) == ("malformed", TARGET)
    assert reading.error.received_bytes == len(HELLO + damage + HELLO)


def test_damage_after_the_end_takes_nothing_from_it() -> None:
    reading = reader()
    reading.feed(HELLO + COMPLETED + b'data: {"type": "resp\n\n')
    assert reading.error is None
    assert list(reading.close()) == []


def test_damage_after_the_end_takes_nothing_from_the_usage_behind_it() -> None:
    reading = StreamReader(ChatDecoder(target=TARGET), target=TARGET)
    end = b'data: {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}\n\n'
    usage = b'data: {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}}\n\n'
    events = reading.feed(end + b"data: {bad\n\n" + usage + b"data: [DONE]\n\n")
    assert [event.usage.output_tokens for event in events if isinstance(event, UsageReported)] == [
        4
    ]


def test_a_frame_too_large_to_hold_ends_the_reading() -> None:
    reading = reader()
    chunk = b"x" * (4 * 1024 * 1024)
    reading.feed(HELLO + b"data: ")
    for _ in range(5):
        reading.feed(chunk)
    assert isinstance(reading.error, MalformedStreamError)
    assert len(str(reading.error)) < 500


def test_a_key_in_a_damaged_frame_is_not_repeated() -> None:
    reading = StreamReader(ResponsesDecoder(target=TARGET), target=TARGET, keys=(KEY,))
    reading.feed(f'data: {{"key": "{KEY}\n\n'.encode())
    assert "planted" not in str(reading.error)


@pytest.mark.parametrize("at", range(90, 130, 3))
def test_a_key_in_a_damaged_frame_is_blanked_before_the_frame_is_cut(at: int) -> None:
    reading = StreamReader(ResponsesDecoder(target=TARGET), target=TARGET, keys=(KEY,))
    reading.feed(f'data: {{"{"x" * at}{KEY}{"y" * 99}\n\n'.encode())
    assert "plan" not in str(reading.error)


@pytest.mark.parametrize("at", range(130, 170, 3))
def test_a_key_in_a_page_is_blanked_before_the_page_is_cut(at: int) -> None:
    reading = StreamReader(ResponsesDecoder(target=TARGET), target=TARGET, keys=(KEY,))
    page = f"{'x' * at}{KEY}{'y' * 99}".encode()
    error = reading.not_an_answer(page, status=200, content_type="text/html")
    assert "plan" not in str(error)


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("text/event-stream", True),
        ("Text/Event-Stream; charset=UTF-8", True),
        ("", True),
        ("text/html", False),
        ("application/json", False),
    ],
)
def test_only_an_event_stream_or_no_word_at_all_is_read(
    *, content_type: str, expected: bool
) -> None:
    assert reader().expects(content_type) is expected


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b"\xff\xfe", b"[DONE]"])
def test_an_unstreamed_body_that_is_no_object_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedStreamError):
        reader().read_whole(body)


class Chunks:
    """Gives some chunks, then waits for ever."""

    def __init__(self, *chunks: bytes) -> None:
        self._left = [*reversed(chunks)]

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if self._left:
            return self._left.pop()
        await asyncio.Event().wait()
        raise StopAsyncIteration


def test_once_the_response_is_over_a_server_that_does_not_hang_up_is_left() -> None:
    async def main() -> list[bytes]:
        return [chunk async for chunk in late_chunks(Chunks(b"one", b"two"), reader())]

    assert asyncio.run(main()) == [b"one", b"two"]


# Loading the SDK on a thread


def test_a_call_in_a_thread_gives_its_result_or_raises_its_error() -> None:
    assert asyncio.run(in_thread(lambda: threading.current_thread().name)) == (
        "stream_widget warm-up"
    )
    with pytest.raises(ZeroDivisionError):
        asyncio.run(in_thread(lambda: 1 / 0))


@pytest.mark.parametrize("outcome", [1, 0])
def test_a_call_that_nobody_waits_for_any_more_ends_quietly(outcome: int) -> None:
    goes_on, threads = threading.Event(), []

    def call() -> float:
        threads.append(threading.current_thread())
        started.set()
        goes_on.wait(20)
        return 1 / outcome

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(in_thread(call))
            await asyncio.to_thread(started.wait, 20)
            task.cancel()

    started = threading.Event()
    asyncio.run(main())
    goes_on.set()
    threads[0].join(20)
    assert not threads[0].is_alive()
