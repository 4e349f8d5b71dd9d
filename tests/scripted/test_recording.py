"""Recorded answers, played to the byte on the wire they belong to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from recorded_wire import WIRE, needs_recordings
from scripted.wires import MESSAGES, NO_CERTIFICATES, PATHS, WIRES, ask, request_body
from stream_widget.scripted import Cut, Recording, Scenario, recorded_answers
from stream_widget.scripted.recording import read_recording

if TYPE_CHECKING:
    from pathlib import Path

    from stream_widget.scripted import ScriptedServer

CHAT_STREAM = b'data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":null}]}\n\n'
FILES = sorted((WIRE / "recorded").glob("*.*"))
"""``provider__wire__what.sse`` or ``.json``; the wire is ``error`` for HTTP errors."""


def scenarios(path: Path, **how: Any) -> list[Scenario]:
    return [Scenario(answer, **how) for answer in recorded_answers(path)]


@needs_recordings
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_recorded_answer_is_played_to_the_byte_on_its_wire(
    server: ScriptedServer, path: Path
) -> None:
    server.play("recorded", scenarios(path))
    wire = path.name.split("__")[1]
    wires = WIRES if wire == "error" else (wire,)
    for each in wires:
        body = request_body(each, model="recorded", stream=path.suffix == ".sse" or wire == "error")
        url = server.base_url + PATHS[each]
        answer = httpx2.post(url, json=body, verify=NO_CERTIFICATES)
        if wire == "error":
            held = json.loads(path.read_bytes())
            assert answer.status_code == held["status"]
            for name in held["headers"].keys() - {"date", "server"}:
                assert answer.headers[name] == held["headers"][name]
            is_text = isinstance(held["body"], str)
            assert (answer.text if is_text else answer.json()) == held["body"]
        else:
            assert (answer.status_code, answer.content) == (200, path.read_bytes())


@needs_recordings
@pytest.mark.parametrize(
    "path", [path for path in FILES if "__error__" not in path.name], ids=lambda path: path.name
)
def test_the_wire_of_every_recording_is_found_by_looking(path: Path) -> None:
    assert read_recording(Recording(path)).wire == path.name.split("__")[1]


@pytest.mark.parametrize(("wire", "status"), [("chat", 200), ("responses", 400), ("messages", 400)])
def test_a_recording_of_another_wire_is_refused_with_the_right_path(
    server: ScriptedServer, tmp_path: Path, wire: str, status: int
) -> None:
    path = tmp_path / "recorded.sse"
    path.write_bytes(CHAT_STREAM)
    server.play("fast", scenarios(path))
    received = ask(server, wire)
    assert received.status == status
    assert (b"ask POST /v1/chat/completions" in received.raw) == (status == 400)


def test_a_body_is_not_played_as_a_stream_nor_a_stream_as_a_body(
    server: ScriptedServer, tmp_path: Path
) -> None:
    stream, body = tmp_path / "a.sse", tmp_path / "b.json"
    stream.write_bytes(CHAT_STREAM)
    body.write_text('{"choices": []}')
    server.play("stream", scenarios(stream))
    server.play("body", scenarios(body))
    assert ask(server, "chat", model="stream").raw == CHAT_STREAM
    assert ask(server, "chat", model="stream", stream=False).status == 400
    assert ask(server, "chat", model="body").status == 400
    assert ask(server, "chat", model="body", stream=False).raw == b'{"choices": []}'


def test_an_exchange_of_several_answers_is_played_in_order(
    server: ScriptedServer, tmp_path: Path
) -> None:
    path = tmp_path / "exchange.json"
    refused = {"status": 429, "headers": {"Retry-After": "2"}, "body": {"error": "slow down"}}
    page = {"status": 502, "headers": {"content-type": "text/html"}, "body": "<h1>Bad</h1>"}
    stream = {
        "status": 200,
        "headers": {"content-type": "text/event-stream", "content-length": "5", "x-a": "b"},
        "body": CHAT_STREAM.decode(),
    }
    path.write_text(json.dumps([refused, page, stream]))
    server.play("fast", scenarios(path, write_bytes=4, tokens_per_s=10_000))
    first, second, third, last = (ask(server, "chat") for _ in range(4))
    assert (first.status, first.headers["retry-after"]) == (429, "2")
    assert json.loads(first.raw) == {"error": "slow down"}
    assert (second.status, second.headers["content-type"]) == (502, "text/html")
    assert second.raw == b"<h1>Bad</h1>"
    assert (third.status, third.raw, third.headers["x-a"]) == (200, CHAT_STREAM, "b")
    assert last.raw == CHAT_STREAM


def test_a_recording_can_be_cut_at_a_place_in_its_story(
    server: ScriptedServer, tmp_path: Path
) -> None:
    path = tmp_path / "recorded.sse"
    end = b'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
    path.write_bytes(CHAT_STREAM + end)
    server.play("fast", scenarios(path, faults=(Cut(at="end"),)))
    assert ask(server, "chat").raw == CHAT_STREAM


@pytest.mark.parametrize(
    ("text", "says"),
    [("[]", "holds 0 answers"), ("[5]", "must have a 'status'"), ("{", "Expecting")],
)
def test_a_file_that_is_no_recording_is_refused(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "none.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=says):
        recorded_answers(path)


def test_an_answer_that_a_file_does_not_hold_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text('{"status": 500, "headers": {}, "body": "No."}')
    assert read_recording(Recording(path)).body == b"No."
    with pytest.raises(ValueError, match="none has the number 1"):
        read_recording(Recording(path, number=1))


def test_what_does_not_say_its_wire_is_played_on_every_wire(
    server: ScriptedServer, tmp_path: Path
) -> None:
    path = tmp_path / "recorded.sse"
    path.write_bytes(b": hello\n\ndata: [1]\n\ndata: {\n\ndata: [DONE]\n\n")
    server.play("fast", scenarios(path))
    for wire in WIRES:
        assert ask(server, wire, messages=MESSAGES).raw == path.read_bytes()
