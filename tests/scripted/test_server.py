"""The server: gates, attempts, keys, and a clean end."""

from __future__ import annotations

import json
import socket
import threading
from typing import TYPE_CHECKING

import httpx2
import pytest

from scripted.asking import PLAIN, SCRIPT, deltas, frames_of, post, receive, request_body
from stream_widget.scripted import (
    ANY_MODEL,
    Cut,
    Gate,
    HttpError,
    Malformed,
    Recording,
    Scenario,
    ScriptedServer,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_a_gate_holds_the_stream_before_its_frame_until_it_is_opened(
    server: ScriptedServer,
) -> None:
    gate = Gate()
    server.play("fast", Scenario(SCRIPT, gates={6: gate}))
    received = bytearray()
    with httpx2.stream("POST", f"{server.base_url}/responses", json=request_body()) as answer:
        chunks = answer.iter_raw()
        while len(frames_of(bytes(received))) < 6:
            received += next(chunks)
        gate.wait_until_reached()
        assert len(frames_of(bytes(received))) == 6
        gate.open()
        for chunk in chunks:
            received += chunk
    assert deltas(bytes(received)) == SCRIPT.reasoning[0] + SCRIPT.answer


def test_an_open_gate_holds_nothing(server: ScriptedServer) -> None:
    gate = Gate()
    gate.open()
    server.play("fast", Scenario(SCRIPT, gates={"answer": gate}))
    assert receive(server)[1] is None
    assert gate.is_open


def test_a_gate_that_nothing_reaches_is_a_timeout() -> None:
    with pytest.raises(TimeoutError, match="No stream reached"):
        Gate().wait_until_reached(timeout_s=0)


def test_attempts_are_played_in_order_and_the_last_goes_on(server: ScriptedServer) -> None:
    refused = Scenario(SCRIPT, faults=(HttpError(429),))
    server.play("fast", [refused, PLAIN])
    assert [post(server).status_code for _ in range(4)] == [429, 200, 200, 200]


def test_nothing_to_play_is_refused() -> None:
    with pytest.raises(ValueError, match="Nothing to play"):
        ScriptedServer(scenarios={"empty": []})


def test_any_model_can_have_a_scenario(server: ScriptedServer) -> None:
    server.play(ANY_MODEL, PLAIN)
    assert post(server, model="gpt-99").status_code == 200
    assert ANY_MODEL not in server.models


def test_a_model_may_be_named_with_its_provider(server: ScriptedServer) -> None:
    server.play("fast", PLAIN)
    assert post(server, model="scripted:fast").status_code == 200


def test_a_paced_stream_is_the_same_text(server: ScriptedServer) -> None:
    server.play("paced", Scenario(SCRIPT, tokens_per_s=20_000, start_delay_s=0.001))
    assert deltas(receive(server, model="paced")[0]) == SCRIPT.reasoning[0] + SCRIPT.answer


def test_a_request_may_choose_its_pace_and_fault(server: ScriptedServer) -> None:
    scripted = {"tokens_per_s": 50_000, "start_delay_s": 0, "fault": "cut:1500"}
    received, error = receive(server, model="sky", scripted=scripted)
    assert (len(received), error is None) == (1500, False)


def test_a_recording_is_played_to_the_byte(server: ScriptedServer, tmp_path: Path) -> None:
    raw = ': hi\r\n\r\ndata: {"delta":"🌈"}\r\n\r\nevent: x\ndata: {}\n\n\ndata: [DONE]'.encode()
    path = tmp_path / "recorded.sse"
    path.write_bytes(raw)
    server.play("recorded", Scenario(Recording(path), tokens_per_s=10_000))
    assert post(server, model="recorded").content == raw
    refused = post(server, model="recorded", stream=False)
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "stream")


def test_a_recording_that_is_not_there_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no recording"):
        Recording(tmp_path / "none.sse")


def test_what_was_asked_is_kept_without_the_key(server: ScriptedServer) -> None:
    server.play("fast", PLAIN)
    httpx2.post(
        f"{server.base_url}/responses",
        json=request_body(),
        headers={"Authorization": "Bearer sk-planted"},
    )
    [exchange] = server.requests
    assert exchange.wait_until_over() == "finished"
    assert (exchange.method, exchange.path, exchange.model) == ("POST", "/v1/responses", "fast")
    assert exchange.body == request_body()
    assert "authorization" in exchange.header_names
    assert "sk-planted" not in repr(vars(exchange))


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), ({"Authorization": "Bearer sk-wrong"}, 401), ({"Authorization": "Bearer ok"}, 200)],
)
def test_a_required_key_is_the_only_one_taken(headers: dict[str, str], status: int) -> None:
    with ScriptedServer(require_key="ok", scenarios={"fast": PLAIN}) as server:
        url = f"{server.base_url}/responses"
        answer = httpx2.post(url, json=request_body(), headers=headers)
    assert answer.status_code == status
    assert "sk-wrong" not in answer.text
    assert ("invalid_api_key" in answer.text) == (status == 401)


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b"[" * 100_000])
def test_a_body_that_is_no_object_is_a_400(server: ScriptedServer, raw: bytes) -> None:
    answer = httpx2.post(f"{server.base_url}/responses", content=raw)
    assert answer.status_code == 400
    assert "JSON" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/responses", 405), ("POST", "/nothing", 404), ("GET", "/", 404)],
)
def test_a_wrong_path_or_method_is_an_error_in_the_wire_s_shape(
    server: ScriptedServer, method: str, path: str, status: int
) -> None:
    answer = httpx2.request(method, server.base_url + path)
    assert answer.status_code == status
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_the_scenarios_are_listed_as_models(server: ScriptedServer) -> None:
    listed = httpx2.get(f"{server.base_url}/models").json()["data"]
    assert [model["id"] for model in listed] == ["sky", "sort", "refusal"] == server.models


def test_faults_also_happen_to_unstreamed_answers(server: ScriptedServer) -> None:
    server.play("fast", Scenario(SCRIPT, faults=(Cut(after_bytes=100),)))
    received, error = receive(server, stream=False)
    assert (len(received), error is None) == (100, False)
    server.play("fast", Scenario(SCRIPT, faults=(Malformed(),)))
    with pytest.raises(json.JSONDecodeError):
        post(server, stream=False).json()


def test_stopping_ends_streams_that_are_held_and_leaves_no_thread_or_socket() -> None:
    before = threading.enumerate()
    gate = Gate()
    server = ScriptedServer(scenarios={"fast": Scenario(SCRIPT, gates={"answer": gate})}).start()
    port = int(server.base_url.split(":")[2].split("/")[0])
    with httpx2.stream("POST", f"{server.base_url}/responses", json=request_body()) as answer:
        gate.wait_until_reached()
        server.stop()
        with pytest.raises(httpx2.RemoteProtocolError):
            answer.read()
    gate.open()
    assert server.requests[-1].outcome == "server_stopped"
    assert server.open_connections == 0
    assert threading.enumerate() == before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_stopping_twice_does_nothing_more() -> None:
    server = ScriptedServer().start()
    server.stop()
    server.stop()
    with pytest.raises(RuntimeError, match="not running"):
        _ = server.base_url


class FatalGate(Gate):
    """Ends the thread in which it is reached."""

    def reach(self, wake: Callable[[], object]) -> None:  # noqa: ARG002 - nobody will be woken
        raise SystemExit


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_server_whose_thread_has_ended_can_be_stopped() -> None:
    before = threading.enumerate()
    server = ScriptedServer(scenarios={"fast": Scenario(SCRIPT, gates={0: FatalGate()})}).start()
    [thread] = [each for each in threading.enumerate() if each not in before]
    content = json.dumps(request_body(background=True)).encode()
    head = f"POST /v1/responses HTTP/1.1\r\nhost: us\r\ncontent-length: {len(content)}\r\n\r\n"
    port = int(server.base_url.split(":")[2].split("/")[0])
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(head.encode() + content)
        thread.join()
    server.stop()


def test_a_stopped_server_can_start_again_at_its_address(server: ScriptedServer) -> None:
    address = server.base_url
    server.stop()
    server.start()
    assert server.base_url == address
    assert httpx2.get(f"{address}/models").status_code == 200


def test_starting_twice_is_refused(server: ScriptedServer) -> None:
    with pytest.raises(RuntimeError, match="running already"):
        server.start()


def test_a_port_in_use_is_an_error_at_start(server: ScriptedServer) -> None:
    port = int(server.base_url.split(":")[2].split("/")[0])
    with pytest.raises(OSError, match="in use"):
        ScriptedServer(port=port).start()


def test_a_port_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="0 to 65535"):
        ScriptedServer(port=70_000)


def test_waiting_for_clients_that_stay_is_a_timeout(server: ScriptedServer) -> None:
    with httpx2.Client() as client:
        client.get(f"{server.base_url}/models")
        with pytest.raises(TimeoutError, match="1 connections are still open"):
            server.wait_until_no_connections(timeout_s=0)


def test_many_clients_are_served_at_once(server: ScriptedServer) -> None:
    gate = Gate()
    server.play("held", Scenario(SCRIPT, gates={"answer": gate}))
    server.play("fast", PLAIN)
    results: list[str] = []
    threads = [
        threading.Thread(target=lambda: results.append(deltas(receive(server, model="held")[0])))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    gate.wait_until_reached()
    assert post(server).status_code == 200
    gate.open()
    for thread in threads:
        thread.join()
    assert results == [SCRIPT.reasoning[0] + SCRIPT.answer] * 8
