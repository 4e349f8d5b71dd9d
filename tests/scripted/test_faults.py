"""The faults a script can have, on a real socket."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from scripted.asking import SCRIPT, deltas, frames_of, post, receive, request_body
from stream_widget.scripted import (
    Cut,
    HttpError,
    Malformed,
    NoEnd,
    NotAnEventStream,
    Scenario,
    ScriptedServer,
    Stall,
)
from stream_widget.wire import DamagedFrameError, read_json


def test_an_http_error_has_its_status_headers_and_body(server: ScriptedServer) -> None:
    fault = HttpError(429, {"retry-after": "2", "x-should-retry": "true"}, {"error": "slow down"})
    server.play("fast", Scenario(SCRIPT, faults=(fault,)))
    answer = post(server)
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "2"
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {"error": "slow down"}


@pytest.mark.parametrize(
    ("body", "content_type", "sent_as"),
    [
        ("<html>no</html>", None, "text/html; charset=utf-8"),
        ("Too many requests.", None, "text/plain; charset=utf-8"),
        ("Too many requests.", "application/json", "application/json"),
    ],
)
def test_an_http_error_may_be_plain_text_or_html(
    server: ScriptedServer, body: str, content_type: str | None, sent_as: str
) -> None:
    fault = HttpError(529, body=body, content_type=content_type)
    server.play("fast", Scenario(SCRIPT, faults=(fault,)))
    answer = post(server)
    assert (answer.status_code, answer.text) == (529, body)
    assert answer.headers["content-type"] == sent_as


@pytest.mark.parametrize(
    ("status", "kind"), [(400, "invalid_request_error"), (503, "server_error")]
)
def test_an_http_error_without_a_body_has_the_shape_of_the_wire(
    server: ScriptedServer, status: int, kind: str
) -> None:
    server.play("fast", Scenario(SCRIPT, faults=(HttpError(status),)))
    assert post(server).json()["error"]["type"] == kind


@pytest.mark.parametrize("after_bytes", [0, 1, 1000, 20_000])
def test_a_cut_stream_ends_after_exactly_these_bytes(
    server: ScriptedServer, after_bytes: int
) -> None:
    server.play("fast", Scenario(SCRIPT, faults=(Cut(after_bytes=after_bytes),)))
    received, error = receive(server)
    assert len(received) == after_bytes
    assert isinstance(error, httpx2.RemoteProtocolError)
    assert server.requests[-1].wait_until_over() == "cut"


def test_a_cut_beyond_the_end_leaves_the_stream_unterminated(server: ScriptedServer) -> None:
    server.play("fast", Scenario(SCRIPT, faults=(Cut(after_bytes=10**9),)))
    received, error = receive(server)
    assert deltas(received) == SCRIPT.reasoning[0] + SCRIPT.answer
    assert isinstance(error, httpx2.RemoteProtocolError)


def test_a_reset_connection_is_an_error_of_reading(server: ScriptedServer) -> None:
    server.play("fast", Scenario(SCRIPT, faults=(Cut(at="answer", resets=True),)))
    _, error = receive(server)
    assert isinstance(error, httpx2.ReadError | httpx2.RemoteProtocolError)


@pytest.mark.parametrize(
    ("at", "reasoning_is_whole", "answers"),
    [("start", False, False), ("reasoning", False, False), ("answer", True, True)],
)
def test_a_place_may_be_named_by_what_is_being_said(
    *, server: ScriptedServer, at: Any, reasoning_is_whole: bool, answers: bool
) -> None:
    server.play("fast", Scenario(SCRIPT, faults=(Cut(at=at),)))
    received, _ = receive(server)
    text = deltas(received)
    assert (SCRIPT.reasoning[0] in text) == reasoning_is_whole
    assert (len(text) > len(SCRIPT.reasoning[0])) == answers
    assert (text == "") == (at == "start")


def test_a_malformed_frame_is_one_damaged_frame_among_whole_ones(server: ScriptedServer) -> None:
    server.play("fast", Scenario(SCRIPT, faults=(Malformed(at=5),)))
    received, error = receive(server)
    assert error is None
    frames = frames_of(received)
    with pytest.raises(DamagedFrameError):
        read_json(frames.pop(5).data)
    assert [read_json(frame.data) for frame in frames][-1]


def test_a_stream_without_an_end_ends_in_good_order(server: ScriptedServer) -> None:
    server.play("fast", Scenario(SCRIPT, faults=(NoEnd(),)))
    received, error = receive(server)
    assert error is None
    assert deltas(received) == SCRIPT.reasoning[0] + SCRIPT.answer
    assert frames_of(received)[-1].event == "response.output_item.done"


@pytest.mark.parametrize(
    ("fault", "content_type"),
    [(NotAnEventStream(), "text/html"), (NotAnEventStream({"ok": True}), "application/json")],
)
def test_a_success_that_is_no_event_stream_says_so_in_its_type(
    server: ScriptedServer, fault: NotAnEventStream, content_type: str
) -> None:
    server.play("fast", Scenario(SCRIPT, faults=(fault,)))
    answer = post(server)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(content_type)


def test_a_stall_holds_the_stream_until_the_client_leaves(server: ScriptedServer) -> None:
    server.play("fast", Scenario(SCRIPT, faults=(Stall(after_bytes=700),)))
    received = bytearray()
    url = f"{server.base_url}/responses"
    with httpx2.stream("POST", url, json=request_body()) as answer:
        chunks = answer.iter_raw()
        while len(received) < 700:
            received += next(chunks)
        assert server.requests[-1].outcome == "open"
    assert len(received) == 700
    assert server.requests[-1].wait_until_over() == "closed_by_client"
    server.wait_until_no_connections()
    assert server.open_connections == 0


def test_a_stall_of_some_seconds_loses_nothing(server: ScriptedServer) -> None:
    server.play("fast", Scenario(SCRIPT, faults=(Stall(seconds=0.0),)))
    received, error = receive(server)
    assert error is None
    assert deltas(received) == SCRIPT.reasoning[0] + SCRIPT.answer
