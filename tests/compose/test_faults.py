"""Everything that can go wrong between a call and its answer: each gives a clear error, and what
arrived is kept."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

import stream_widget as sw
from compose.asked import ANSWER, KEY, REASONING, WAIT_S, scenario
from stream_widget.scripted import (
    Cut,
    Failed,
    HttpError,
    Malformed,
    NoEnd,
    NotAnEventStream,
    Scenario,
    Script,
    ScriptedServer,
    Stall,
)

if TYPE_CHECKING:
    from stream_widget.scripted import Fault
    from stream_widget.widget import StreamWidget

Ask = "Callable[..., StreamWidget]"
WHOLE_REASONING = "\n\n".join(REASONING)


def check(w: StreamWidget, kind: str, *says: str) -> None:
    """The run failed once, says why and what to do, and the log has it."""
    assert (w.state, w.error.kind) == ("failed", kind)
    message = str(w.error)
    assert message.startswith("openai:gpt-5-mini ")
    for words in says:
        assert words in message
    row = w.calls.iloc[-1]
    assert (row["state"], row["error_kind"], row["error_message"]) == ("failed", kind, message)
    assert w.to_dict()["error"]["message"] == message
    assert message in w.to_markdown().replace("\\", "").replace("\n> ", " ")


# Refused


@pytest.mark.parametrize(
    ("fault", "kind", "advice"),
    [
        (HttpError(400), "bad_request", "Change the request"),
        (HttpError(401), "authentication", "Check the key in api_key=…"),
        (HttpError(402), "quota", "Check its billing"),
        (HttpError(403), "permission", "check what its project may use"),
        (HttpError(404), "not_found", "and base_url"),
        (HttpError(408), "timeout", "Try again"),
        (HttpError(429), "rate_limit", "Wait a little"),
        (HttpError(500), "server", "try again"),
        (HttpError(502, body="<h1>Bad gateway</h1>"), "server", "Bad gateway."),
        (HttpError(503), "overloaded", "try again later or name a fallback=[…]"),
        (HttpError(529), "overloaded", "try again later"),
    ],
    ids=lambda value: str(value.status) if isinstance(value, HttpError) else None,
)
def test_an_http_error_says_what_happened_and_what_to_do(
    ask: Ask, server: ScriptedServer, fault: HttpError, kind: str, advice: str
) -> None:
    server.play("gpt-5-mini", scenario(fault))
    w = ask().wait(WAIT_S)
    check(w, kind, f"answered HTTP {fault.status}", advice)
    assert (w.error.status, len(w.calls), w.usage) == (fault.status, 1, None)
    assert len(server.requests) == 1


def test_a_wait_that_the_provider_names_is_known_and_kept(ask: Ask, server: ScriptedServer) -> None:
    server.play("gpt-5-mini", [scenario(HttpError(429, {"retry-after": "0"})), scenario()])
    w = ask(retries=2).wait(WAIT_S)
    assert (w.state, w.error, w.output_text) == ("completed", None, ANSWER)
    assert list(w.calls["state"]) == ["failed", "completed"]
    assert list(w.calls["attempt"]) == [1, 2]
    assert "asking again in 0.0 s" in w.to_dict()["notices"][0]["text"]


def test_a_wait_that_is_too_long_is_not_sat_out(ask: Ask, server: ScriptedServer) -> None:
    server.play("gpt-5-mini", scenario(HttpError(429, {"retry-after": "3600"})))
    w = ask(retries=2).wait(WAIT_S)
    check(w, "rate_limit")
    assert (w.error.retry_after_s, len(w.calls)) == (3600.0, 1)


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_what_will_not_pass_is_not_asked_again(
    ask: Ask, server: ScriptedServer, status: int
) -> None:
    server.play("gpt-5-mini", scenario(HttpError(status, {"retry-after": "0"})))
    assert ask(retries=2).wait(WAIT_S).state == "failed"
    assert len(server.requests) == 1


def test_the_sdk_does_not_retry_by_itself(ask: Ask, server: ScriptedServer) -> None:
    server.play("gpt-5-mini", scenario(HttpError(500, {"retry-after": "0"})))
    w = ask(retries=2).wait(WAIT_S)
    check(w, "server")
    assert len(w.calls) == len(server.requests) == 3


def test_a_wrong_key_is_an_authentication_error_without_the_key() -> None:
    with ScriptedServer(scenarios={"gpt-5-mini": scenario()}, require_key="another") as server:
        w = sw.stream(
            "Why?", model="gpt-5-mini", fallback=[], base_url=server.base_url, api_key=KEY
        ).wait(WAIT_S)
        assert len(server.requests) == 1
    check(w, "authentication", "Incorrect API key", "Check the key in api_key=…")
    assert w.error.code == "invalid_api_key"
    assert KEY not in str(w.error)


def test_a_model_the_provider_does_not_have_is_not_found() -> None:
    with ScriptedServer() as server:
        w = sw.stream(
            "Why?", model="gpt-5-mini", fallback=[], base_url=server.base_url, api_key=KEY
        ).wait(WAIT_S)
    check(w, "not_found", "does not exist")


# Nobody there


def test_a_server_that_is_not_there_is_a_connection_error_with_its_address() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and not listening
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        w = sw.stream(
            "Why?",
            model="gpt-5-mini",
            fallback=[],
            base_url=f"http://{address}/v1",
            api_key=KEY,
            retries=0,
        ).wait(WAIT_S)
    check(w, "connection", f"could not be reached at {address}", "Check that the server runs")


def test_a_name_that_no_one_has_is_a_connection_error() -> None:
    w = sw.stream(
        "Why?",
        model="gpt-5-mini",
        fallback=[],
        base_url="http://nobody.invalid/v1",
        api_key=KEY,
        retries=0,
    ).wait(WAIT_S)
    assert (w.state, w.error.kind) == ("failed", "connection")
    assert "nobody.invalid" in str(w.error)


# A success that is none


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (NotAnEventStream(), "Sign in to the proxy"),
        (NotAnEventStream({"detail": "hello"}), '{"detail": "hello"}'),
        (NotAnEventStream("plain words"), "plain words"),
    ],
)
def test_a_success_that_is_no_event_stream_shows_what_came(
    ask: Ask, server: ScriptedServer, fault: NotAnEventStream, says: str
) -> None:
    server.play("gpt-5-mini", scenario(fault))
    w = ask().wait(WAIT_S)
    check(w, "malformed", "answered 200", says, "check base_url")
    assert w.output_text == ""


def test_a_page_of_html_is_no_unstreamed_answer_either(ask: Ask, server: ScriptedServer) -> None:
    server.play("gpt-5-mini", scenario(NotAnEventStream()))
    check(ask(stream=False).wait(WAIT_S), "malformed", "Sign in")


# Broken off


@pytest.mark.parametrize(
    ("fault", "has_reasoning", "has_answer"),
    [
        (Cut(at="start"), False, False),
        (Cut(at="reasoning"), True, False),
        (Cut(at="answer"), True, True),
        (Cut(at="end"), True, True),
        (Cut(after_bytes=0), False, False),
        (NoEnd(), True, True),
        (NoEnd(at="answer"), True, True),
    ],
    ids=str,
)
def test_a_stream_that_breaks_off_keeps_its_text_and_is_interrupted(
    ask: Ask, server: ScriptedServer, fault: Fault, *, has_reasoning: bool, has_answer: bool
) -> None:
    server.play("gpt-5-mini", scenario(fault))
    w = ask().wait(WAIT_S)
    check(w, "interrupted", "closed the stream", "run the cell again")
    assert WHOLE_REASONING.startswith(w.reasoning_text)
    assert ANSWER.startswith(w.output_text)
    assert (bool(w.reasoning_text), bool(w.output_text)) == (has_reasoning, has_answer)
    row = w.calls.iloc[-1]
    assert row["output_text"] == w.output_text
    assert (w.usage is None) == (not has_reasoning)
    if has_reasoning:
        assert (row["usage_source"], row["output_tokens"] > 0) == ("estimated", True)
    assert w.output_text in w.to_html().replace("&#x27;", "'")


def test_a_reset_connection_is_interrupted_too(ask: Ask, server: ScriptedServer) -> None:
    server.play("gpt-5-mini", scenario(Cut(at="answer", resets=True)))
    w = ask().wait(WAIT_S)
    check(w, "interrupted")
    assert ANSWER.startswith(w.output_text)


def test_a_stream_that_breaks_off_before_its_first_word_is_asked_for_again(
    ask: Ask, server: ScriptedServer
) -> None:
    server.play("gpt-5-mini", [scenario(Cut(at="start")), scenario()])
    w = ask(retries=1).wait(WAIT_S)
    assert (w.state, w.output_text) == ("completed", ANSWER)
    assert list(w.calls["error_kind"].fillna("")) == ["interrupted", ""]


def test_a_stream_that_breaks_off_after_its_first_word_is_not_started_over(
    ask: Ask, server: ScriptedServer
) -> None:
    server.play("gpt-5-mini", [scenario(Cut(at="reasoning")), scenario()])
    w = ask(retries=2, fallback=["openai:gpt-5-nano"]).wait(WAIT_S)
    check(w, "interrupted")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("at", "timeout"), [("start", {"first_delta": 0.2}), ("answer", {"silence": 0.5})]
)
def test_a_server_that_falls_silent_times_out_and_keeps_the_text(
    ask: Ask, server: ScriptedServer, at: str, timeout: dict[str, float]
) -> None:
    server.play("gpt-5-mini", scenario(Stall(at=at)))
    w = ask(timeout=timeout).wait(WAIT_S)
    check(w, "timeout", "raise timeout=…")
    assert ANSWER.startswith(w.output_text)
    assert bool(w.output_text) == (at == "answer")
    server.wait_until_no_connections()


def test_a_damaged_frame_ends_the_run_with_what_came_before_it(
    ask: Ask, server: ScriptedServer
) -> None:
    server.play("gpt-5-mini", scenario(Malformed(at="answer")))
    w = ask().wait(WAIT_S)
    check(w, "malformed", "damaged frame", "response.output_text.delta")
    assert w.output_text
    assert ANSWER.startswith(w.output_text)
    server.wait_until_no_connections()


def test_a_failure_that_the_provider_announces_keeps_the_text(
    ask: Ask, server: ScriptedServer
) -> None:
    finish = Failed("rate_limit_exceeded", "Too many tokens.")
    server.play("gpt-5-mini", Scenario(Script(answer="The sky", finish=finish)))
    w = ask().wait(WAIT_S)
    check(w, "rate_limit", "failed while it answered", "Too many tokens.")
    assert (w.error.code, w.output_text) == ("rate_limit_exceeded", "The sky")


def test_every_attempt_is_a_row_also_those_of_the_fallback(
    ask: Ask, server: ScriptedServer
) -> None:
    now = {"retry-after": "0"}
    server.play("gpt-5-mini", scenario(HttpError(500, now)))
    server.play("gpt-5-nano", [scenario(HttpError(503, now)), scenario()])
    w = ask(retries=1, fallback=["openai:gpt-5-nano"]).wait(WAIT_S)
    calls = w.calls
    assert list(calls["request_model"]) == ["gpt-5-mini"] * 2 + ["gpt-5-nano"] * 2
    assert list(calls["state"]) == ["failed"] * 3 + ["completed"]
    assert list(calls["attempt"]) == [1, 2, 3, 4]
    assert calls["call_id"].is_unique
    assert (w.state, w.error, w.output_text) == ("completed", None, ANSWER)
