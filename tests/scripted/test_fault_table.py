"""Every fault on every wire, over a real socket."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from scripted.wires import PATHS, WIRES, ask, error_of, request_body
from stream_widget.scripted import (
    Cut,
    ErrorEvent,
    Failed,
    Fault,
    Gate,
    HangUp,
    HttpError,
    KeepAlive,
    Malformed,
    NoEnd,
    NotAnEventStream,
    Scenario,
    Script,
    ScriptedServer,
    Stall,
    UnsupportedParameter,
    UnverifiedOrganization,
)

if TYPE_CHECKING:
    from stream_widget.scripted import Position

SCRIPT = Script(answer="The quick brown fox. " * 20, reasoning=("Thinking of foxes. " * 5,))

pytestmark = pytest.mark.parametrize("wire", WIRES)


def play(server: ScriptedServer, *faults: Fault, script: Script = SCRIPT, **how: Any) -> None:
    server.play("fast", Scenario(script, faults=faults, **how))


def test_the_same_script_is_told_on_every_wire(server: ScriptedServer, wire: str) -> None:
    play(server)
    received = ask(server, wire)
    assert (received.status, received.error) == (200, None)
    assert received.headers["content-type"].startswith("text/event-stream")
    assert (received.reasoning, received.answer) == (SCRIPT.reasoning[0], SCRIPT.answer)
    assert received.is_over


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503, 529])
def test_an_http_error_has_its_headers_and_the_wires_own_body(
    server: ScriptedServer, wire: str, status: int
) -> None:
    play(server, HttpError(status, {"retry-after": "2", "x-should-retry": "true"}))
    received = ask(server, wire)
    assert (received.status, received.headers["retry-after"]) == (status, "2")
    error = error_of(received)
    assert error["message"]
    if wire == "messages":
        body = json.loads(received.raw)
        assert (body["type"], "code" in error) == ("error", False)
        assert body["request_id"] == received.headers["request-id"]
    else:
        assert error.keys() == {"message", "type", "param", "code"}
        assert received.headers["x-request-id"]


@pytest.mark.parametrize(
    ("at", "extents"),
    [
        ("start", ("none", "none")),
        ("reasoning", ("part", "none")),
        ("answer", ("whole", "part")),
        ("end", ("whole", "whole")),
    ],
)
@pytest.mark.parametrize("fault", [Cut, NoEnd, ErrorEvent])
def test_an_early_end_comes_at_its_place_and_never_says_it_is_over(
    server: ScriptedServer, wire: str, fault: Any, at: Position, extents: tuple[str, str]
) -> None:
    play(server, fault(at=at))
    received = ask(server, wire)
    reasoning = _extent(received.reasoning, SCRIPT.reasoning[0])
    assert (reasoning, _extent(received.answer, SCRIPT.answer)) == extents
    assert not received.is_over
    assert isinstance(received.error, httpx2.RemoteProtocolError) == (fault is Cut)


def _extent(text: str, whole: str) -> str:
    assert whole.startswith(text)
    return "whole" if text == whole else "part" if text else "none"


@pytest.mark.parametrize("after_bytes", [0, 1, 777])
def test_a_cut_comes_after_exactly_these_bytes(
    server: ScriptedServer, wire: str, after_bytes: int
) -> None:
    play(server, Cut(after_bytes=after_bytes))
    assert len(ask(server, wire).raw) == after_bytes


def test_a_malformed_frame_is_the_only_one(server: ScriptedServer, wire: str) -> None:
    play(server)
    whole = ask(server, wire)
    play(server, Malformed())
    damaged = ask(server, wire)
    assert len(damaged.raw) == len(whole.raw)
    assert len(damaged.bodies) == len(whole.bodies) - 1
    assert damaged.is_over


def test_a_proxys_page_comes_with_status_200(server: ScriptedServer, wire: str) -> None:
    play(server, NotAnEventStream())
    received = ask(server, wire)
    assert (received.status, received.raw[:9]) == (200, b"<!doctype")
    assert received.headers["content-type"].startswith("text/html")


def test_a_stall_loses_nothing(server: ScriptedServer, wire: str) -> None:
    play(server, Stall(seconds=0.01))
    assert ask(server, wire).answer == SCRIPT.answer


def test_a_connection_may_end_before_any_header(server: ScriptedServer, wire: str) -> None:
    for resets in (True, False):
        play(server, HangUp(resets=resets))
        with pytest.raises((httpx2.ReadError, httpx2.RemoteProtocolError)):
            ask(server, wire)
        assert server.requests[-1].wait_until_over() == "cut"


def test_an_error_event_has_the_wires_own_form(server: ScriptedServer, wire: str) -> None:
    play(server, ErrorEvent())
    bodies = ask(server, wire).bodies
    if wire == "responses":
        error, failed = bodies[-2:]
        assert (error["type"], error["error"]["code"]) == ("error", "server_is_overloaded")
        assert failed["response"]["error"]["code"] == "server_is_overloaded"
        assert [body["sequence_number"] for body in bodies] == [*range(len(bodies))]
    elif wire == "chat":
        assert bodies[-1]["error"]["message"] == "Overloaded"
    else:
        error = {"details": None, "type": "overloaded_error", "message": "Overloaded"}
        assert bodies[-1] == {"type": "error", "error": error}


@pytest.mark.parametrize(
    ("code", "statuses"),
    [
        ("server_is_overloaded", {"responses": 200, "chat": 503, "messages": 529}),
        ("rate_limit_exceeded", {"responses": 200, "chat": 429, "messages": 429}),
        ("server_error", {"responses": 200, "chat": 500, "messages": 500}),
    ],
)
def test_an_unstreamed_failure_has_a_status_where_the_wire_gives_it_one(
    server: ScriptedServer, wire: str, code: str, statuses: dict[str, int]
) -> None:
    for faults, finish in [((ErrorEvent(code, "No."),), None), ((), Failed(code, "No."))]:
        script = Script(answer="Yes") if finish is None else Script(answer="Yes", finish=finish)
        play(server, *faults, script=script)
        received = ask(server, wire, stream=False)
        assert received.status == statuses[wire]
        assert error_of(received)["message"] == "No."


def test_signs_of_life_come_in_the_wires_form_and_change_no_text(
    server: ScriptedServer, wire: str
) -> None:
    forms = {"responses": b"event: keepalive\n", "chat": b": keep-alive\n", "messages": b": ping\n"}
    play(server)
    without = ask(server, wire).raw.count(forms[wire])
    play(server, KeepAlive(0.05, every_s=0.01), KeepAlive(0.02, every_s=0.01, at="answer"))
    received = ask(server, wire)
    assert received.raw.count(forms[wire]) == without + 7
    assert (received.reasoning, received.answer) == (SCRIPT.reasoning[0], SCRIPT.answer)
    if wire == "responses":
        numbers = [body["sequence_number"] for body in received.bodies]
        assert numbers == [*range(len(numbers))]


def test_an_unverified_organization_gets_its_answer_unstreamed(
    server: ScriptedServer, wire: str
) -> None:
    play(server, UnverifiedOrganization())
    refused = ask(server, wire)
    assert refused.status == 400
    assert "must be verified to stream this model" in error_of(refused)["message"]
    if wire != "messages":
        assert error_of(refused)["param"] == "stream"
        assert error_of(refused)["code"] == "unsupported_value"
    whole = ask(server, wire, stream=False)
    assert whole.status == 200
    assert SCRIPT.answer in whole.raw.decode()


_CARRYING: dict[str, dict[str, dict[str, Any]]] = {
    "responses": {
        "summary": {"reasoning": {"summary": "auto"}},
        "effort": {"reasoning": {"effort": "low"}},
        "verbosity": {"text": {"verbosity": "low"}},
        "temperature": {"temperature": 0.5},
    },
    "chat": {
        "effort": {"reasoning_effort": "low"},
        "verbosity": {"verbosity": "low"},
        "temperature": {"temperature": 0.5},
    },
    "messages": {
        "summary": {"thinking": {"type": "adaptive", "display": "summarized"}},
        "effort": {"output_config": {"effort": "low"}},
        "temperature": {"temperature": 0.5, "thinking": {"type": "disabled"}},
    },
}
_BARE: dict[str, dict[str, Any]] = {
    "responses": {"reasoning": {}},
    "chat": {"reasoning_effort": None},
    "messages": {"thinking": {"type": "disabled"}},
}


@pytest.mark.parametrize("name", ["summary", "effort", "verbosity", "temperature"])
def test_a_refused_parameter_is_refused_only_while_the_request_carries_it(
    server: ScriptedServer, wire: str, name: Any
) -> None:
    play(server, UnsupportedParameter(name))
    assert ask(server, wire, **_BARE[wire]).status == 200
    if name not in _CARRYING[wire]:
        return
    refused = ask(server, wire, **{**_BARE[wire], **_CARRYING[wire][name]})
    assert refused.status == 400
    if wire != "messages":
        error = error_of(refused)
        assert error["code"] == "unsupported_parameter"
        assert error["message"].startswith(f"Unsupported parameter: '{error['param']}' is not")


def test_a_parameter_may_be_refused_for_its_value(server: ScriptedServer, wire: str) -> None:
    play(server, UnsupportedParameter("effort", takes=("low", "medium")))
    place = {"responses": "reasoning", "chat": "", "messages": "output_config"}[wire]
    for effort, status in [("low", 200), ("high", 400)]:
        fields = {place: {"effort": effort}} if place else {"reasoning_effort": effort}
        received = ask(server, wire, **fields)
        assert received.status == status
    assert "'high' is not supported" in error_of(received)["message"]


def test_a_summary_may_need_a_verified_organization(server: ScriptedServer, wire: str) -> None:
    play(server, UnverifiedOrganization("summary"))
    assert ask(server, wire, **_BARE[wire]).status == 200
    refused = ask(server, wire)
    assert refused.status == (200 if wire == "chat" else 400)
    assert (b"generate reasoning summaries" in refused.raw) == (wire != "chat")


@pytest.mark.parametrize("at", ["start", "reasoning", "answer", "end"])
def test_a_gate_holds_the_stream_at_its_place(
    server: ScriptedServer, wire: str, at: Position
) -> None:
    gate = Gate()
    play(server, gates={at: gate})
    url = server.base_url + PATHS[wire]
    with httpx2.stream("POST", url, json=request_body(wire)) as answer:
        gate.wait_until_reached()
        assert server.requests[-1].outcome == "open"
        gate.open()
        answer.read()
    assert server.requests[-1].wait_until_over() == "finished"


def test_bytes_may_be_sent_a_few_at_a_time(server: ScriptedServer, wire: str) -> None:
    play(server, script=Script(answer="Grüße 🌈"), write_bytes=3)
    url = server.base_url + PATHS[wire]
    with httpx2.stream("POST", url, json=request_body(wire)) as answer:
        chunks = [*answer.iter_raw()]
    assert max(map(len, chunks)) <= 3


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"authorization": "Bearer sk-wrong"}, 401),
        ({"x-api-key": "sk-wrong"}, 401),
        ({"authorization": "Bearer ok"}, 200),
        ({"x-api-key": "ok"}, 200),
    ],
)
def test_a_key_is_read_where_each_api_has_it(
    wire: str, headers: dict[str, str], status: int
) -> None:
    if "x-api-key" in headers and wire != "messages":
        status = 401
    with ScriptedServer(require_key="ok", scenarios={"fast": Scenario(SCRIPT)}) as server:
        url = server.base_url + PATHS[wire]
        answer = httpx2.post(url, json=request_body(wire), headers=headers)
    assert answer.status_code == status
    assert "sk-wrong" not in answer.text
    if status == 401 and wire == "messages":
        assert answer.json()["error"]["type"] == "authentication_error"
    elif status == 401:
        assert answer.json()["error"]["code"] == "invalid_api_key"


@pytest.mark.parametrize("base", ["", "/v1", "/v1/v1"])
def test_a_base_url_may_have_the_version_or_not(
    server: ScriptedServer, wire: str, base: str
) -> None:
    play(server)
    url = server.root_url + base + PATHS[wire]
    assert httpx2.post(url, json=request_body(wire)).status_code == 200
