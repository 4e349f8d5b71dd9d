"""Responses that go on at the server: resumed, retrieved and cancelled by the real SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx2
import openai
import pytest

from scripted.wires import ask
from stream_widget.scripted import (
    Cut,
    ErrorEvent,
    Gate,
    HangUp,
    HttpError,
    KeepAlive,
    Malformed,
    NoEnd,
    Scenario,
    Script,
    ScriptedServer,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT = Script(answer="The quick brown fox. " * 20, reasoning=("Thinking of foxes. " * 5,))
BACKGROUND = {"background": True}


@pytest.fixture
def client(server: ScriptedServer) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(api_key="sk", base_url=server.base_url, max_retries=0) as client:
        yield client


def resume(client: openai.OpenAI, response_id: str, **fields: Any) -> list[Any]:
    with client.responses.retrieve(response_id, stream=True, **fields) as stream:
        return [*stream]


def text_of(events: list[Any]) -> str:
    return "".join(event.delta for event in events if event.type == "response.output_text.delta")


def test_a_background_stream_is_queued_first_and_numbered(server: ScriptedServer) -> None:
    server.play("fast", Scenario(SCRIPT))
    received = ask(server, "responses", **BACKGROUND)
    kinds = [body["type"] for body in received.bodies[:3]]
    assert kinds == ["response.created", "response.queued", "response.in_progress"]
    numbers = [body["sequence_number"] for body in received.bodies]
    assert numbers == [*range(len(numbers))]
    assert received.bodies[0]["response"]["background"] is True
    assert (received.answer, received.is_over) == (SCRIPT.answer, True)


@pytest.mark.parametrize("at", ["start", "reasoning", "answer", "end", 1])
@pytest.mark.parametrize("fault", [Cut, NoEnd])
def test_a_dropped_stream_resumes_at_its_cursor(
    server: ScriptedServer, client: openai.OpenAI, fault: Any, at: Any
) -> None:
    server.play("fast", Scenario(SCRIPT, faults=(fault(at=at),)))
    dropped = ask(server, "responses", **BACKGROUND)
    assert not dropped.is_over
    cursor = dropped.bodies[-1]["sequence_number"]
    rest = resume(client, dropped.bodies[0]["response"]["id"], starting_after=cursor)
    assert rest[0].sequence_number == cursor + 1
    assert dropped.answer + text_of(rest) == SCRIPT.answer
    assert rest[-1].type == "response.completed"
    exchange = server.requests[-1]
    assert (exchange.method, exchange.body["starting_after"]) == ("GET", str(cursor))


def test_without_a_cursor_the_whole_stream_comes_again(
    server: ScriptedServer, client: openai.OpenAI
) -> None:
    server.play("fast", Scenario(SCRIPT))
    first = ask(server, "responses", **BACKGROUND)
    again = resume(client, first.bodies[0]["response"]["id"])
    assert [event.sequence_number for event in again] == [*range(len(first.bodies))]


def test_the_response_goes_on_when_its_client_has_left(
    server: ScriptedServer, client: openai.OpenAI
) -> None:
    gate = Gate()
    server.play("fast", Scenario(SCRIPT, gates={"answer": gate}, tokens_per_s=20_000))
    with client.responses.create(
        model="fast", input="Why?", stream=True, background=True
    ) as stream:
        seen = [next(stream)]
        gate.wait_until_reached()
    response_id = seen[0].response.id
    assert server.requests[0].wait_until_over() == "closed_by_client"
    waiting = client.responses.retrieve(response_id)
    assert (waiting.status, waiting.output) == ("in_progress", [])
    gate.open()
    rest = resume(client, response_id, starting_after=0)
    assert text_of(rest) == SCRIPT.answer
    whole = client.responses.retrieve(response_id)
    assert (whole.status, whole.output_text, whole.id) == (
        "completed",
        SCRIPT.answer,
        response_id,
    )


def test_a_resumed_stream_may_fail_in_its_turn(
    server: ScriptedServer, client: openai.OpenAI
) -> None:
    resumes = ((HttpError(503),), (HangUp(),), (Cut(at="answer"),))
    server.play("fast", Scenario(SCRIPT, faults=(Cut(at="start"),), resume_faults=resumes))
    first = ask(server, "responses", **BACKGROUND)
    response_id = first.bodies[0]["response"]["id"]
    with pytest.raises(openai.InternalServerError):
        resume(client, response_id, starting_after=0)
    with pytest.raises(openai.APIConnectionError):
        resume(client, response_id, starting_after=0)
    with pytest.raises(openai.APIConnectionError):
        resume(client, response_id, starting_after=0)
    assert text_of(resume(client, response_id, starting_after=0)) == SCRIPT.answer


def test_an_unstreamed_one_is_polled(server: ScriptedServer, client: openai.OpenAI) -> None:
    gate = Gate()
    server.play("fast", Scenario(SCRIPT, gates={"end": gate}))
    queued = client.responses.create(model="fast", input="Why?", background=True)
    assert (queued.status, queued.output) == ("queued", [])
    gate.wait_until_reached()
    assert client.responses.retrieve(queued.id).status == "in_progress"
    with pytest.raises(openai.BadRequestError, match="cannot be streamed"):
        resume(client, queued.id)
    gate.open()
    while (whole := client.responses.retrieve(queued.id)).status != "completed":
        pass
    assert whole.output_text == SCRIPT.answer


def test_cancelling_ends_the_making_and_every_stream_of_it(
    server: ScriptedServer, client: openai.OpenAI
) -> None:
    gate = Gate()
    server.play("fast", Scenario(SCRIPT, gates={"answer": gate}))
    with client.responses.create(
        model="fast", input="Why?", stream=True, background=True
    ) as stream:
        response_id = next(stream).response.id
        gate.wait_until_reached()
        cancelled = client.responses.cancel(response_id)
        rest = [*stream]
    assert (cancelled.id, cancelled.status) == (response_id, "cancelled")
    assert server.cancelled == [response_id]
    assert rest[-1].type == "response.output_text.delta"
    assert client.responses.cancel(response_id).status == "cancelled"
    assert server.cancelled == [response_id]
    assert client.responses.retrieve(response_id).status == "cancelled"


def test_what_is_over_cannot_be_cancelled(server: ScriptedServer, client: openai.OpenAI) -> None:
    server.play("fast", Scenario(SCRIPT))
    over = ask(server, "responses", **BACKGROUND).bodies[0]["response"]["id"]
    with pytest.raises(openai.BadRequestError, match="Cannot cancel a completed response"):
        client.responses.cancel(over)
    assert server.cancelled == []


def test_a_failure_and_signs_of_life_are_part_of_the_response(
    server: ScriptedServer, client: openai.OpenAI
) -> None:
    faults = (KeepAlive(0.02, every_s=0.01), ErrorEvent(at="answer"), Cut(at="start"))
    server.play("fast", Scenario(SCRIPT, faults=faults))
    response_id = ask(server, "responses", **BACKGROUND).bodies[0]["response"]["id"]
    raw = httpx2.get(f"{server.base_url}/responses/{response_id}?stream=true").text
    assert raw.count("event: keepalive") == 2
    assert "event: response.failed" in raw
    assert client.responses.retrieve(response_id).status == "failed"


def test_signs_of_life_after_the_end_do_not_change_the_response(
    server: ScriptedServer, client: openai.OpenAI
) -> None:
    server.play("fast", Scenario(SCRIPT, faults=(KeepAlive(0.01, every_s=0.01, at=10_000),)))
    received = ask(server, "responses", **BACKGROUND)
    assert (received.status, received.bodies[-1]["type"]) == (200, "keepalive")
    assert server.requests[-1].wait_until_over() == "finished"
    whole = client.responses.retrieve(received.bodies[0]["response"]["id"])
    assert (whole.status, whole.output_text) == ("completed", SCRIPT.answer)


def test_resuming_after_the_last_frame_finds_nothing_to_damage(
    server: ScriptedServer, client: openai.OpenAI
) -> None:
    server.play("fast", Scenario(SCRIPT, resume_faults=((Malformed(),),)))
    told = ask(server, "responses", **BACKGROUND).bodies
    response_id = told[0]["response"]["id"]
    assert resume(client, response_id, starting_after=told[-1]["sequence_number"]) == []
    assert server.requests[-1].wait_until_over() == "finished"


def test_a_response_that_cannot_be_made_fails_alone(
    server: ScriptedServer, client: openai.OpenAI, caplog: pytest.LogCaptureFixture
) -> None:
    endless = Script(reasoning=("Hm.",), silent_reasoning_s=10**400)
    server.play("broken", Scenario(endless, tokens_per_s=1000))
    server.play("fast", Scenario(SCRIPT))
    broken = ask(server, "responses", model="broken", reasoning={}, **BACKGROUND)
    assert not broken.is_over
    response = client.responses.retrieve(broken.bodies[0]["response"]["id"])
    assert response.status == "failed"
    assert response.error is not None
    assert response.error.code == "server_error"
    assert "OverflowError" in caplog.text
    assert ask(server, "responses").answer == SCRIPT.answer


@pytest.mark.parametrize(
    ("path", "method"), [("/responses/resp_x", "GET"), ("/responses/resp_x/cancel", "POST")]
)
def test_a_response_that_is_not_there_is_a_404(
    server: ScriptedServer, path: str, method: str
) -> None:
    answer = httpx2.request(method, server.base_url + path)
    assert answer.status_code == 404
    assert "'resp_x' not found" in answer.json()["error"]["message"]


def test_only_background_responses_are_kept(server: ScriptedServer) -> None:
    server.play("fast", Scenario(SCRIPT))
    response_id = ask(server, "responses").bodies[0]["response"]["id"]
    assert httpx2.get(f"{server.base_url}/responses/{response_id}").status_code == 404


def test_a_wrong_cursor_and_an_unstored_background_are_refused(server: ScriptedServer) -> None:
    server.play("fast", Scenario(SCRIPT))
    response_id = ask(server, "responses", **BACKGROUND).bodies[0]["response"]["id"]
    url = f"{server.base_url}/responses/{response_id}?stream=true&starting_after=-1"
    assert httpx2.get(url).json()["error"]["param"] == "starting_after"
    refused = ask(server, "responses", background=True, store=False)
    assert refused.status == 400


def test_a_key_guards_the_response_too() -> None:
    with ScriptedServer(require_key="ok", scenarios={"fast": Scenario(SCRIPT)}) as server:
        assert httpx2.get(f"{server.base_url}/responses/resp_x").status_code == 401
        assert httpx2.post(f"{server.base_url}/responses/resp_x/cancel").status_code == 401


def test_stopping_the_server_ends_what_is_still_being_made() -> None:
    gate = Gate()
    with ScriptedServer(scenarios={"fast": Scenario(SCRIPT, gates={"answer": gate})}) as server:
        body = {"model": "fast", "input": "Why?", "background": True}
        response_id = httpx2.post(f"{server.base_url}/responses", json=body).json()["id"]
        gate.wait_until_reached()
    server.start()
    assert httpx2.get(f"{server.base_url}/responses/{response_id}").status_code == 404
    server.stop()
