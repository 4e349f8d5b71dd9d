"""The real SDK reads what the scripted server says over the Responses wire."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from openai import AsyncOpenAI, BadRequestError

from stream_widget.scripted import (
    Failed,
    Incomplete,
    Manner,
    Scenario,
    Script,
    ScriptedServer,
    ToolCall,
    built_in_script,
)
from stream_widget.wire import FrameDecoder, read_json

if TYPE_CHECKING:
    from openai.types.responses import Response, ResponseStreamEvent

SKY = built_in_script("sky").script
ALL = {"effort": "high", "summary": "detailed"}


def ask_sdk(server: ScriptedServer, **fields: Any) -> Response:
    async def ask() -> Response:
        async with AsyncOpenAI(
            api_key="sk-secret", base_url=server.base_url, max_retries=0
        ) as client:
            return await client.responses.create(input="Why?", **fields)

    return asyncio.run(ask())


def stream_sdk(server: ScriptedServer, **fields: Any) -> list[ResponseStreamEvent]:
    async def ask() -> list[ResponseStreamEvent]:
        async with (
            AsyncOpenAI(api_key="sk-secret", base_url=server.base_url, max_retries=0) as client,
            await client.responses.create(input="Why?", stream=True, **fields) as stream,
        ):
            return [event async for event in stream]

    return asyncio.run(ask())


def joined(events: list[Any], kind: str) -> str:
    return "".join(event.delta for event in events if event.type == kind)


def stream_raw(server: ScriptedServer, **fields: Any) -> list[dict[str, Any]]:
    body = {"input": "Why?", "stream": True, **fields}
    answer = httpx2.post(f"{server.base_url}/responses", json=body)
    assert answer.headers["content-type"].startswith("text/event-stream")
    decoder = FrameDecoder()
    frames = [*decoder.feed(answer.content), *decoder.close()]
    bodies = [read_json(frame.data) for frame in frames]
    assert [body and body["type"] for body in bodies] == [frame.event for frame in frames]
    return [body for body in bodies if body]


def test_the_typed_stream_takes_every_event_and_the_text_is_the_script(
    server: ScriptedServer,
) -> None:
    server.play("fast", Scenario(SKY))
    events = stream_sdk(server, model="fast", reasoning=ALL)
    kinds = [event.type for event in events]
    assert kinds[:4] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.reasoning_summary_part.added",
    ]
    assert kinds[-4:] == [
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert joined(events, "response.output_text.delta") == SKY.answer
    assert joined(events, "response.reasoning_summary_text.delta") == "".join(SKY.reasoning)


def test_the_final_response_holds_what_was_streamed(server: ScriptedServer) -> None:
    server.play("fast", Scenario(SKY))
    final = stream_sdk(server, model="fast", reasoning=ALL)[-1]
    assert final.type == "response.completed"
    assert final.response.output_text == SKY.answer
    usage = final.response.usage
    assert usage is not None
    assert usage.total_tokens == usage.input_tokens + usage.output_tokens
    assert 0 < usage.output_tokens_details.reasoning_tokens < usage.output_tokens
    assert usage.input_tokens_details.cached_tokens == 0
    assert len(SKY.answer + "".join(SKY.reasoning)) / usage.output_tokens == pytest.approx(4, abs=1)


def test_an_unstreamed_response_is_the_final_one_of_the_stream(server: ScriptedServer) -> None:
    server.play("fast", Scenario(SKY))
    whole = ask_sdk(server, model="fast", reasoning=ALL)
    final = stream_sdk(server, model="fast", reasoning=ALL)[-1]
    assert final.type == "response.completed"
    assert whole.output_text == final.response.output_text == SKY.answer
    assert whole.usage == final.response.usage
    assert whole.status == "completed"


def test_the_same_request_gives_the_same_deltas(server: ScriptedServer) -> None:
    server.play("fast", Scenario(SKY))
    first, second = (stream_raw(server, model="fast", reasoning=ALL) for _ in range(2))
    assert [frame.get("delta") for frame in first] == [frame.get("delta") for frame in second]


@pytest.mark.parametrize(
    ("effort", "parts"),
    [("none", 0), ("minimal", 0), ("low", 1), ("medium", 2), (None, 2), ("high", 4)],
)
def test_effort_says_how_many_parts_of_reasoning_are_shown(
    server: ScriptedServer, effort: str | None, parts: int
) -> None:
    server.play("fast", Scenario(SKY))
    reasoning = {"summary": "auto"} if effort is None else {"effort": effort, "summary": "auto"}
    frames = stream_raw(server, model="fast", reasoning=reasoning)
    texts = [f["text"] for f in frames if f["type"] == "response.reasoning_summary_text.done"]
    assert texts == list(SKY.reasoning[:parts])
    usage = frames[-1]["response"]["usage"]
    assert (usage["output_tokens_details"]["reasoning_tokens"] > 0) == (parts > 0)


def test_without_a_summary_reasoning_is_silent_but_counted(server: ScriptedServer) -> None:
    server.play("fast", Scenario(SKY))
    frames = stream_raw(server, model="fast", reasoning={"effort": "high"})
    assert [f["item"]["type"] for f in frames if f["type"] == "response.output_item.done"] == [
        "reasoning",
        "message",
    ]
    assert not any("summary" in frame["type"] for frame in frames)
    assert frames[-1]["response"]["usage"]["output_tokens_details"]["reasoning_tokens"] > 0


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("summary", "response.reasoning_summary_text.delta"),
        ("text", "response.reasoning_text.delta"),
        ("hidden", None),
    ],
)
def test_a_manner_says_how_reasoning_is_shown_whatever_is_asked(
    server: ScriptedServer, form: Any, kind: str | None
) -> None:
    manner = Manner(responses_reasoning=form)
    script = Script(answer="Yes.", reasoning=("One.", "Two."), manner=manner)
    server.play("fast", Scenario(script))
    for reasoning in ({"effort": "high"}, ALL):
        events = stream_sdk(server, model="fast", reasoning=reasoning)
        deltas = [event for event in events if event.type.startswith("response.reasoning")]
        assert {e.type for e in deltas if e.type.endswith("delta")} == ({kind} if kind else set())
        assert joined(events, kind or "") == ("One.Two." if kind else "")
        assert joined(events, "response.output_text.delta") == "Yes."


@pytest.mark.parametrize("limit", [1, 50, 400, 600])
def test_a_token_limit_makes_the_response_incomplete_at_that_number(
    server: ScriptedServer, limit: int
) -> None:
    server.play("fast", Scenario(SKY))
    frames = stream_raw(server, model="fast", reasoning=ALL, max_output_tokens=limit)
    final = frames[-1]
    assert final["type"] == "response.incomplete"
    assert final["response"]["incomplete_details"] == {"reason": "max_output_tokens"}
    assert final["response"]["usage"]["output_tokens"] == limit
    deltas = [frame["delta"] for frame in frames if "delta" in frame]
    assert len(deltas) == limit
    assert ("".join(SKY.reasoning) + SKY.answer).startswith("".join(deltas))


def test_a_limit_above_the_script_changes_nothing(server: ScriptedServer) -> None:
    server.play("fast", Scenario(SKY))
    assert ask_sdk(server, model="fast", max_output_tokens=100_000).status == "completed"


def test_a_refusal_is_content_of_a_completed_response(server: ScriptedServer) -> None:
    refusal = built_in_script("refusal").script
    server.play("fast", Scenario(refusal))
    events = stream_sdk(server, model="fast")
    assert joined(events, "response.refusal.delta") == refusal.refusal
    assert events[-1].type == "response.completed"


def test_a_tool_call_streams_its_arguments(server: ScriptedServer) -> None:
    call = ToolCall("weather", json.dumps({"location": "Zürich 🌧", "days": 3}))
    server.play("fast", Scenario(Script(tool_calls=(call, call))))
    events = stream_sdk(server, model="fast")
    assert joined(events, "response.function_call_arguments.delta") == call.arguments * 2
    final = events[-1]
    assert final.type == "response.completed"
    items = [item for item in final.response.output if item.type == "function_call"]
    assert [(item.name, item.arguments) for item in items] == [(call.name, call.arguments)] * 2
    assert len({item.call_id for item in items}) == 2


def test_a_failure_comes_as_error_and_failed_after_the_text(server: ScriptedServer) -> None:
    script = Script(answer="Half an ans", finish=Failed("server_error", "It broke."))
    server.play("fast", Scenario(script))
    frames = stream_raw(server, model="fast")
    assert [frame["type"] for frame in frames[-2:]] == ["error", "response.failed"]
    assert frames[-2]["error"]["message"] == "It broke."
    assert frames[-1]["response"]["error"] == {"code": "server_error", "message": "It broke."}
    assert frames[-1]["response"]["usage"] is None
    assert "".join(frame.get("delta", "") for frame in frames) == "Half an ans"


def test_a_failure_in_an_answer_is_the_last_that_is_told(server: ScriptedServer) -> None:
    call = ToolCall("get_weather", '{"city": "Oslo"}')
    script = Script(answer="Half", refusal="No.", tool_calls=(call,), finish=Failed())
    server.play("fast", Scenario(script))
    frames = stream_raw(server, model="fast", reasoning={"effort": "none"})
    added = [frame for frame in frames if frame["type"] == "response.output_item.added"]
    assert [(frame["output_index"], frame["item"]["type"]) for frame in added] == [(0, "message")]
    assert frames[-1]["response"]["output"] == []


def test_a_script_can_end_incomplete_for_a_reason_of_its_own(server: ScriptedServer) -> None:
    server.play("fast", Scenario(Script(answer="No", finish=Incomplete("content_filter"))))
    final = stream_raw(server, model="fast")[-1]["response"]
    assert final["incomplete_details"] == {"reason": "content_filter"}
    assert final["status"] == "incomplete"


def test_obfuscation_is_there_unless_the_request_declines_it(server: ScriptedServer) -> None:
    server.play("fast", Scenario(Script(answer="Yes.")))
    declined = {"include_obfuscation": False}
    with_it = stream_raw(server, model="fast")
    without = stream_raw(server, model="fast", stream_options=declined)
    assert [len(f["delta"] + f["obfuscation"]) % 16 for f in with_it if "delta" in f] == [0, 0]
    assert not any("obfuscation" in frame for frame in without)


@pytest.mark.parametrize(
    ("fields", "param", "says"),
    [
        ({"model": "sly"}, "model", "'sky', 'sort', 'refusal'"),
        ({"reasoning": {"effort": "huge"}}, "reasoning.effort", "'minimal', 'low', 'medium'"),
        ({"reasoning": {"summary": "long"}}, "reasoning.summary", "'concise'"),
        ({"reasoning": "high"}, "reasoning", "an object"),
        ({"text": {"verbosity": "loud"}}, "text.verbosity", "'medium'"),
        ({"max_output_tokens": -1}, "max_output_tokens", "below the minimum 1"),
        ({"max_output_tokens": 1.5}, "max_output_tokens", "an integer"),
        ({"max_output_tokens": True}, "max_output_tokens", "a number"),
        ({"stream": "yes"}, "stream", "a boolean"),
        ({"input": 5}, "input", "a string or an array"),
        ({"input": None}, "input", "Missing"),
        ({"model": None}, "model", "Missing"),
        ({"model": 5}, "model", "a string"),
        ({"scripted": {"tokens": 4}}, "scripted.tokens", "Did you mean 'tokens_per_s'?"),
        ({"scripted": {"tokens_per_s": 0}}, "scripted.tokens_per_s", "below the minimum"),
        ({"scripted": {"start_delay_s": 10**400}}, "scripted.start_delay_s", "a number"),
        ({"scripted": {"fault": "cut"}}, "scripted.fault", "cut:BYTES"),
        ({"scripted": {"fault": {}}}, "scripted.fault.type", "http, cut, stall"),
        ({"scripted": {"fault": {"type": "fire"}}}, "scripted.fault.type", "'http', 'cut'"),
    ],
)
def test_a_wrong_request_is_a_400_that_names_the_field(
    server: ScriptedServer, fields: dict[str, Any], param: str, says: str
) -> None:
    body = {"model": "sky", "input": "Why?"} | fields
    answer = httpx2.post(f"{server.base_url}/responses", json=body)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["param"] == param
    assert error["type"] == "invalid_request_error"
    assert says in error["message"]


def test_the_sdk_reads_the_error_of_an_unknown_model(server: ScriptedServer) -> None:
    with pytest.raises(BadRequestError, match="'sky'") as caught:
        ask_sdk(server, model="gpt-99")
    assert caught.value.code == "model_not_found"
