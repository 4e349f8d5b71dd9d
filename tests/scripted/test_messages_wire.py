"""The real SDK reads what the scripted server says over Anthropic's Messages wire."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import anthropic
import httpx2
import pytest

from scripted.wires import MESSAGES, ask
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

if TYPE_CHECKING:
    from anthropic.types import Message

SKY = built_in_script("sky").script
THINKING = {"type": "adaptive", "display": "summarized"}


def fields_of(fields: dict[str, Any]) -> dict[str, Any]:
    return {"model": "fast", "max_tokens": 100_000, "messages": MESSAGES, **fields}


def client_of(server: ScriptedServer) -> Any:
    return anthropic.Anthropic(api_key="sk-secret", base_url=server.root_url, max_retries=0)


def stream_sdk(server: ScriptedServer, **fields: Any) -> tuple[list[Any], Message]:
    with client_of(server) as client, client.messages.stream(**fields_of(fields)) as stream:
        return [*stream], stream.get_final_message()


def ask_sdk(server: ScriptedServer, **fields: Any) -> Message:
    with client_of(server) as client:
        return client.messages.create(**fields_of({"max_tokens": 20_000, **fields}))


def joined(message: Message, kind: str) -> str:
    return "".join(getattr(block, kind) for block in message.content if block.type == kind)


def test_the_typed_stream_takes_every_event_and_the_text_is_the_script(
    server: ScriptedServer,
) -> None:
    server.play("fast", Scenario(SKY))
    events, message = stream_sdk(server, thinking=THINKING)
    assert joined(message, "thinking") == "\n\n".join(SKY.reasoning)
    assert joined(message, "text") == SKY.answer
    assert [block.type for block in message.content] == ["thinking", "text"]
    assert message.content[0].type == "thinking"
    assert message.content[0].signature
    assert (events[-1].type, message.stop_reason) == ("message_stop", "end_turn")
    details = message.usage.output_tokens_details
    assert details is not None
    assert 0 < details.thinking_tokens < message.usage.output_tokens


def test_an_unstreamed_message_is_what_the_stream_gives(server: ScriptedServer) -> None:
    call = ToolCall("weather", json.dumps({"location": "Zürich 🌧", "days": 3}))
    script = Script(answer="I look.", reasoning=("Hm.",), tool_calls=(call, call))
    server.play("fast", Scenario(script))
    _, streamed = stream_sdk(server, thinking=THINKING)
    whole = ask_sdk(server, thinking=THINKING)
    assert [block.type for block in whole.content] == ["thinking", "text", "tool_use", "tool_use"]
    for message in (streamed, whole):
        assert message.stop_reason == "tool_use"
        calls = [block for block in message.content if block.type == "tool_use"]
        assert [(c.name, c.input) for c in calls] == [("weather", json.loads(call.arguments))] * 2
        assert len({c.id for c in calls}) == 2
    assert whole.usage.output_tokens == streamed.usage.output_tokens
    assert joined(whole, "thinking") == joined(streamed, "thinking") == "Hm."


def test_a_call_without_arguments_is_an_empty_object(server: ScriptedServer) -> None:
    server.play("fast", Scenario(Script(tool_calls=(ToolCall("now", "{}"),))))
    [block] = stream_sdk(server)[1].content
    assert block.type == "tool_use"
    assert block.input == {}


@pytest.mark.parametrize(
    ("thinking", "shown", "counted"),
    [
        (None, False, False),
        ({"type": "disabled"}, False, False),
        ({"type": "enabled", "budget_tokens": 2000}, True, True),
        ({"type": "adaptive"}, True, True),
        ({"type": "adaptive", "display": "omitted"}, False, True),
    ],
)
def test_thinking_is_shown_as_it_is_asked_for(
    *, server: ScriptedServer, thinking: dict[str, Any] | None, shown: bool, counted: bool
) -> None:
    server.play("fast", Scenario(SKY))
    fields = {} if thinking is None else {"thinking": thinking}
    _, message = stream_sdk(server, **fields)
    assert bool(joined(message, "thinking")) == shown
    assert (message.content[0].type == "thinking") == counted
    details = message.usage.output_tokens_details
    assert details is not None
    assert (details.thinking_tokens > 0) == counted


@pytest.mark.parametrize(
    ("form", "kind", "text"),
    [("thinking", "thinking", "Hm."), ("omitted", "thinking", ""), ("redacted", "", "")],
)
def test_a_manner_says_what_becomes_of_the_thinking(
    server: ScriptedServer, form: Any, kind: str, text: str
) -> None:
    manner = Manner(messages_reasoning=form)
    server.play("fast", Scenario(Script(answer="Yes.", reasoning=("Hm.",), manner=manner)))
    for message in (stream_sdk(server)[1], ask_sdk(server)):
        assert message.content[0].type == (kind or "redacted_thinking")
        assert joined(message, "thinking") == text
        assert joined(message, "text") == "Yes."


def test_effort_says_how_much_is_thought(server: ScriptedServer) -> None:
    server.play("fast", Scenario(SKY))
    _, low = stream_sdk(server, thinking=THINKING, output_config={"effort": "low"})
    assert joined(low, "thinking") == SKY.reasoning[0]


def test_a_refusal_stops_the_message_with_its_explanation(server: ScriptedServer) -> None:
    refusal = built_in_script("refusal").script
    server.play("fast", Scenario(refusal))
    for message in (stream_sdk(server)[1], ask_sdk(server)):
        assert (message.content, message.stop_reason) == ([], "refusal")
        assert message.stop_details is not None
        assert message.stop_details.explanation == refusal.refusal


@pytest.mark.parametrize(
    ("finish", "limit", "word"),
    [
        (Incomplete(), 5000, "max_tokens"),
        (Incomplete("pause_turn"), 5000, "pause_turn"),
        (Incomplete("content_filter"), 5000, "refusal"),
        (None, 3, "max_tokens"),
    ],
)
def test_an_incomplete_message_says_why(
    server: ScriptedServer, finish: Incomplete | None, limit: int, word: str
) -> None:
    words = "One two three four five."
    script = Script(answer=words) if finish is None else Script(answer=words, finish=finish)
    server.play("fast", Scenario(script))
    assert stream_sdk(server, max_tokens=limit)[1].stop_reason == word
    assert ask_sdk(server, max_tokens=limit).stop_reason == word


def test_a_limit_inside_a_call_leaves_its_arguments_unread(server: ScriptedServer) -> None:
    call = ToolCall("weather", json.dumps({"location": "Zürich, Switzerland"}))
    server.play("fast", Scenario(Script(tool_calls=(call,))))
    [block] = ask_sdk(server, max_tokens=4).content
    assert block.type == "tool_use"
    assert block.input == {}


def test_a_failure_ends_the_stream_with_an_error(server: ScriptedServer) -> None:
    failed = Failed("server_is_overloaded", "Overloaded")
    server.play("fast", Scenario(Script(answer="Half", finish=failed)))
    received = ask(server, "messages")
    assert received.bodies[-2]["delta"]["text"] == "Half"
    assert received.bodies[-1]["error"]["type"] == "overloaded_error"
    with pytest.raises(anthropic.APIStatusError, match="Overloaded") as caught:
        stream_sdk(server)
    assert caught.value.status_code == 200
    with pytest.raises(anthropic.APIStatusError) as unstreamed:
        ask_sdk(server)
    assert unstreamed.value.status_code == 529


def test_frames_are_padded_as_the_real_ones_are(server: ScriptedServer) -> None:
    server.play("fast", Scenario(SKY))
    lines = [line for line in ask(server, "messages").raw.splitlines() if line[:5] == b"data:"]
    assert len({len(line) - len(line[:-1].rstrip()) - 1 for line in lines}) > 10


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"model": None}, "model: Field required"),
        ({"max_tokens": None}, "max_tokens: Field required"),
        ({"max_tokens": 0}, "max_tokens: Input should be greater than or equal to 1"),
        ({"max_tokens": "5"}, "max_tokens: Input should be a valid number"),
        ({"messages": None}, "messages: Field required"),
        ({"messages": "Why?"}, "messages: Input should be a valid list"),
        ({"messages": []}, "messages: at least one"),
        ({"messages": [{"role": "system", "content": "x"}]}, "'user' or 'assistant'"),
        ({"messages": [{"content": "Why?"}]}, "messages[0].role: Field required"),
        ({"messages": [{"role": "user"}]}, "messages[0].content"),
        ({"temperature": 2}, "temperature: Input should be less than or equal to 1"),
        ({"thinking": {"budget_tokens": 5}}, "thinking.type: Field required"),
        ({"thinking": {"type": "enabled"}}, "budget_tokens: Field required"),
        ({"thinking": {"type": "enabled", "budget_tokens": 9}}, "equal to 1024"),
        ({"thinking": {"type": "enabled", "budget_tokens": 5000}}, "must be greater than"),
        ({"thinking": {"type": "adaptive"}, "temperature": 0.5}, "may only be set to 1"),
        ({"output_config": {"effort": "none"}}, "'low', 'medium', 'high', 'xhigh' or 'max'"),
        ({"stream": "yes"}, "stream: Input should be a valid boolean"),
    ],
)
def test_a_wrong_request_is_a_400_that_names_the_field(
    server: ScriptedServer, fields: dict[str, Any], says: str
) -> None:
    body = {"model": "sky", "max_tokens": 4096, "messages": MESSAGES} | fields
    answer = httpx2.post(f"{server.base_url}/messages", json=body)
    error = answer.json()["error"]
    assert (answer.status_code, error["type"]) == (400, "invalid_request_error")
    assert says in error["message"]


def test_an_unknown_model_and_a_wrong_path_are_errors_of_the_sdk(server: ScriptedServer) -> None:
    with pytest.raises(anthropic.NotFoundError, match="'sky'"):
        ask_sdk(server, model="claude-99")
    with client_of(server) as client, pytest.raises(anthropic.NotFoundError) as caught:
        client.messages.count_tokens(model="sky", messages=MESSAGES)
    assert caught.value.body["error"]["type"] == "not_found_error"


def test_the_sdk_lists_the_scenarios_as_models(server: ScriptedServer) -> None:
    with client_of(server) as client:
        assert [model.id for model in client.models.list()] == server.models
