"""What a provider refuses is left out, remembered and said; what passes is waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from compose.asked import ANSWER, REASONING, WAIT_S, scenario, wait_until
from stream_widget.scripted import (
    ANY_MODEL,
    HttpError,
    KeepAlive,
    NotAnEventStream,
    ScriptedServer,
    UnsupportedParameter,
    UnverifiedOrganization,
)

if TYPE_CHECKING:
    from stream_widget.widget import StreamWidget

Ask = "Callable[..., StreamWidget]"
WHOLE_REASONING = "\n\n".join(REASONING)


def notices(w: StreamWidget) -> list[str]:
    return [notice["text"] for notice in w.to_dict()["notices"]]


@pytest.mark.parametrize("wire", ["responses", "chat", "messages"])
def test_an_organization_that_may_not_stream_gets_the_whole_answer(
    ask: Ask, server: ScriptedServer, wire: str
) -> None:
    server.play("m", scenario(UnverifiedOrganization()))
    for number in range(2):
        w = ask(model="scripted:m", api=wire).wait(WAIT_S)
        assert (w.state, w.output_text, w.reasoning_text) == (
            "completed",
            ANSWER,
            WHOLE_REASONING,
        )
        # The second run knows: no request is spent on being refused again.
        assert list(w.calls["streamed"]) == ([True, False] if number == 0 else [False])
        assert "streaming" in notices(w)[0]
    w = ask(model="scripted:m", api=wire, stream=True).wait(WAIT_S)
    assert w.state == "failed"
    assert "verified" in str(w.error)


@pytest.mark.parametrize("name", ["summary", "effort", "verbosity", "temperature"])
def test_a_refused_parameter_is_left_out_and_the_row_says_so(
    ask: Ask, server: ScriptedServer, name: str
) -> None:
    server.play("m", scenario(UnsupportedParameter(name)))
    asked = {"effort": "low", "summary": "auto", "verbosity": "low", "temperature": 1.0}
    w = ask(model="scripted:m", **asked).wait(WAIT_S)
    assert (w.state, w.output_text) == ("completed", ANSWER)
    rows = w.calls
    assert len(rows) == 2
    assert rows[name][0] == asked[name]
    assert rows[name].isna()[1]
    assert list(rows["error_kind"].fillna("")) == ["bad_request", ""]
    assert f"'{name}'" in notices(w)[0]
    again = ask(model="scripted:m", **asked).wait(WAIT_S)
    assert len(again.calls) == 1
    assert "refused that before" in notices(again)[0]


def test_what_one_server_refuses_is_sent_to_another(ask: Ask, server: ScriptedServer) -> None:
    server.play("m", scenario(UnsupportedParameter("summary")))
    ask(model="scripted:m").wait(WAIT_S)
    with ScriptedServer(scenarios={ANY_MODEL: scenario()}) as other:
        w = ask(model="scripted:m", base_url=other.base_url).wait(WAIT_S)
        assert w.calls["summary"][0] == "auto"


def test_a_wait_can_be_seen_and_cut_short(ask: Ask, server: ScriptedServer) -> None:
    server.play("m", scenario(HttpError(429, headers={"retry-after": "30"})))
    w = ask(model="scripted:m", retries=2)
    wait_until(w, lambda: w.to_dict()["wait"])
    wait = w.to_dict()["wait"]
    assert wait["kind"] == "retry"
    assert wait["until_s"] - wait["since_s"] == pytest.approx(30, abs=0.01)
    assert "asking again in 30.0 s" in notices(w)[0]
    w.cancel()
    assert w.wait(WAIT_S).state == "cancelled"
    assert w.to_dict()["wait"] is None


def test_each_step_from_the_first_target_to_the_next_is_said_and_is_a_row(
    ask: Ask, server: ScriptedServer
) -> None:
    server.play("m", scenario(HttpError(429, headers={"retry-after-ms": "10"})))
    server.play("n", scenario())
    w = ask(model="scripted:m", fallback=["scripted:n"], retries=1).wait(WAIT_S)
    assert (w.state, w.output_text) == ("completed", ANSWER)
    assert list(w.calls["request_model"]) == ["m", "m", "n"]
    assert notices(w) == [
        "scripted:m failed (HTTP 429); asking again in 0.0 s.",
        "scripted:m failed (HTTP 429); asking scripted:n instead.",
    ]


def test_an_empty_account_is_not_asked_again_whatever_the_header_says(
    ask: Ask, server: ScriptedServer
) -> None:
    body = {"error": {"message": "You exceeded your quota.", "code": "insufficient_quota"}}
    headers = {"x-should-retry": "true", "retry-after": "0"}
    server.play("m", scenario(HttpError(429, headers=headers, body=body)))
    w = ask(model="scripted:m", retries=3).wait(WAIT_S)
    assert (w.error.kind, len(w.calls)) == ("quota", 1)


@pytest.mark.parametrize(("header", "attempts"), [("false", 1), ("true", 2)])
def test_a_provider_that_says_whether_to_ask_again_is_heeded(
    ask: Ask, server: ScriptedServer, header: str, attempts: int
) -> None:
    headers = {"x-should-retry": header, "retry-after": "0"}
    server.play("m", scenario(HttpError(500, headers=headers)))
    w = ask(model="scripted:m", retries=1).wait(WAIT_S)
    assert len(w.calls) == attempts


def test_signs_of_life_are_no_silence(ask: Ask, server: ScriptedServer) -> None:
    server.play("m", scenario(KeepAlive(2.0, every_s=0.1)))
    wires = ("responses", "chat", "messages")
    for w in [ask(model="scripted:m", api=wire, timeout=1.5) for wire in wires]:
        w.wait(WAIT_S)
        assert (w.state, w.output_text) == ("completed", ANSWER)


@pytest.mark.parametrize("wire", ["responses", "chat", "messages"])
def test_an_answer_asked_for_at_once_comes_as_the_same_events(
    ask: Ask, server: ScriptedServer, wire: str
) -> None:
    streamed = ask(model="scripted:plain", api=wire).wait(WAIT_S)
    whole = ask(model="scripted:plain", api=wire, stream=False).wait(WAIT_S)
    assert not whole.calls["streamed"][0]
    for each in (streamed, whole):
        assert (each.state, each.reasoning_text, each.output_text) == (
            "completed",
            WHOLE_REASONING,
            ANSWER,
        )
    assert (whole.usage, whole.finish_reason) == (streamed.usage, streamed.finish_reason)


@pytest.mark.parametrize(
    ("wire", "body"),
    [
        ("responses", {"id": "r", "object": "response", "status": "completed", "model": "m",
            "output": [{"type": "message", "content": [{"type": "output_text", "text": "Hi"}]}]}),
        ("chat", {"id": "c", "model": "m", "choices": [
            {"index": 0, "message": {"content": "Hi"}, "finish_reason": "stop"}]}),
        ("messages", {"id": "m", "type": "message", "model": "m", "stop_reason": "end_turn",
            "content": [{"type": "text", "text": "Hi"}]}),
    ],
)  # fmt: skip
def test_a_server_that_passes_over_stream_is_understood(
    ask: Ask, server: ScriptedServer, wire: str, body: dict[str, object]
) -> None:
    server.play("m", scenario(NotAnEventStream(body)))
    w = ask(model="scripted:m", api=wire).wait(WAIT_S)
    assert (w.state, w.output_text) == ("completed", "Hi")


@pytest.mark.parametrize("wire", ["responses", "chat", "messages"])
def test_an_error_that_comes_as_a_success_is_an_error(
    ask: Ask, server: ScriptedServer, wire: str
) -> None:
    body = {"error": {"message": "The model is overloaded.", "code": "overloaded"}}
    server.play("m", scenario(NotAnEventStream(body)))
    w = ask(model="scripted:m", api=wire).wait(WAIT_S)
    assert (w.state, w.error.kind) == ("failed", "overloaded")


@pytest.mark.parametrize("wire", ["responses", "chat", "messages"])
def test_a_page_instead_of_an_answer_is_shown(ask: Ask, server: ScriptedServer, wire: str) -> None:
    server.play("m", scenario(NotAnEventStream()))
    for stream, wanted in ((True, "an event stream"), (False, "a JSON answer")):
        w = ask(model="scripted:m", api=wire, stream=stream).wait(WAIT_S)
        assert w.error.kind == "malformed"
        assert f"text/html; charset=utf-8 instead of {wanted}" in str(w.error)
        assert "Sign in to the proxy" in str(w.error)
