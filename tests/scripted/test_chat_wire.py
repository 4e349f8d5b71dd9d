"""The real SDK reads what the scripted server says over the Chat Completions wire."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx2
import openai
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
    from openai.types.chat import ChatCompletion, ChatCompletionChunk

SKY = built_in_script("sky").script
USAGE = {"include_usage": True}


def client_of(server: ScriptedServer) -> openai.OpenAI:
    return openai.OpenAI(api_key="sk-secret", base_url=server.base_url, max_retries=0)


def stream_sdk(server: ScriptedServer, **fields: Any) -> list[ChatCompletionChunk]:
    with (
        client_of(server) as client,
        client.chat.completions.create(
            messages=MESSAGES, stream=True, **{"model": "fast", **fields}
        ) as stream,
    ):
        return [*stream]


def ask_sdk(server: ScriptedServer, **fields: Any) -> ChatCompletion:
    with client_of(server) as client:
        return client.chat.completions.create(messages=MESSAGES, **{"model": "fast", **fields})


def joined(chunks: list[ChatCompletionChunk], name: str) -> str:
    deltas = [choice.delta for chunk in chunks for choice in chunk.choices]
    return "".join(getattr(delta, name, None) or "" for delta in deltas)


def test_the_typed_stream_takes_every_chunk_and_the_text_is_the_script(
    server: ScriptedServer,
) -> None:
    server.play("fast", Scenario(SKY))
    chunks = stream_sdk(server, reasoning_effort="high", stream_options=USAGE)
    assert joined(chunks, "content") == SKY.answer
    assert joined(chunks, "reasoning_content") == "\n\n".join(SKY.reasoning)
    assert [chunk.usage for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)
    usage = chunks[-1].usage
    assert usage is not None
    assert chunks[-1].choices == []
    assert usage.completion_tokens_details is not None
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    assert 0 < (usage.completion_tokens_details.reasoning_tokens or 0) < usage.completion_tokens
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert len({chunk.id for chunk in chunks}) == 1


def test_the_sdks_own_accumulator_gives_what_an_unstreamed_answer_holds(
    server: ScriptedServer,
) -> None:
    call = ToolCall("weather", json.dumps({"location": "Zürich 🌧"}))
    server.play("fast", Scenario(Script(answer="Let me look.", tool_calls=(call, call))))
    with (
        client_of(server) as client,
        client.chat.completions.stream(model="fast", messages=MESSAGES) as stream,
    ):
        streamed = stream.get_final_completion().choices[0]
    whole = ask_sdk(server).choices[0]
    assert streamed.message.content == whole.message.content == "Let me look."
    assert streamed.finish_reason == whole.finish_reason == "tool_calls"
    for choice in (streamed, whole):
        calls = choice.message.tool_calls or []
        assert [(c.function.name, c.function.arguments) for c in calls] == [
            (call.name, call.arguments)
        ] * 2
        assert len({c.id for c in calls}) == 2


def test_usage_is_left_out_unless_it_is_asked_for(server: ScriptedServer) -> None:
    server.play("fast", Scenario(SKY))
    assert not any("usage" in body for body in ask(server, "chat").bodies)
    assert ask_sdk(server).usage is not None


@pytest.mark.parametrize(
    ("place", "in_chunks"), [("last_chunk", 1), ("finish_chunk", 1), ("never", 0), ("x_groq", 0)]
)
def test_a_manner_says_where_usage_is(server: ScriptedServer, place: Any, in_chunks: int) -> None:
    script = Script(answer="Yes indeed.", manner=Manner(chat_usage=place))
    server.play("fast", Scenario(script))
    bodies = ask(server, "chat").bodies
    assert sum(bool(body.get("usage")) for body in bodies) == in_chunks
    assert sum("x_groq" in body for body in bodies) == (place == "x_groq")
    assert (ask_sdk(server).usage is None) == (place == "never")


def test_usage_may_grow_with_every_chunk(server: ScriptedServer) -> None:
    script = Script(answer="Yes indeed it is.", manner=Manner(chat_usage="every_chunk"))
    server.play("fast", Scenario(script))
    counts = [body["usage"]["completion_tokens"] for body in ask(server, "chat").bodies]
    assert counts == sorted(counts)
    assert (counts[0], counts[-1]) == (0, len(counts) - 2)


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        ("reasoning_content", {"reasoning_content"}),
        ("reasoning", {"reasoning"}),
        ("reasoning_details", {"reasoning", "reasoning_details"}),
        ("hidden", set()),
    ],
)
def test_a_manner_says_which_field_has_the_reasoning(
    server: ScriptedServer, form: Any, fields: set[str]
) -> None:
    script = Script(answer="Yes.", reasoning=("One.", "Two."), manner=Manner(chat_reasoning=form))
    server.play("fast", Scenario(script))
    bodies = ask(server, "chat", stream_options=USAGE).bodies
    deltas = [choice["delta"] for body in bodies for choice in body["choices"]]
    found = {name for delta in deltas for name in delta if name.startswith("reasoning")}
    assert found == fields
    for name in fields - {"reasoning_details"}:
        assert "".join(delta.get(name, "") for delta in deltas) == "One.\n\nTwo."
    assert bodies[-1]["usage"]["completion_tokens_details"]["reasoning_tokens"] == 4
    message = ask_sdk(server).choices[0].message
    assert {name for name in message.to_dict() if name.startswith("reasoning")} == fields


def test_reasoning_may_stand_in_tags_in_the_content(server: ScriptedServer) -> None:
    script = Script(answer="Yes.", reasoning=("Hm.",), manner=Manner(chat_reasoning="think_tags"))
    server.play("fast", Scenario(script))
    chunks = stream_sdk(server)
    text = "<think>\nHm.\n</think>\n\nYes."
    assert joined(chunks, "content") == text
    assert ask_sdk(server).choices[0].message.content == text


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"reasoning_format": "parsed"}, "reasoning"),
        ({"reasoning_format": "raw"}, None),
        ({"reasoning_format": "hidden"}, None),
        ({"include_reasoning": False}, None),
        ({"reasoning": {"exclude": True}}, None),
    ],
)
def test_a_request_may_say_how_it_wants_the_reasoning(
    server: ScriptedServer, fields: dict[str, Any], field: str | None
) -> None:
    server.play("fast", Scenario(Script(answer="Yes.", reasoning=("Hm.",))))
    chunks = stream_sdk(server, extra_body=fields)
    assert joined(chunks, "reasoning") == ("Hm." if field else "")
    assert joined(chunks, "reasoning_content") == ""
    assert ("<think>" in joined(chunks, "content")) == (fields.get("reasoning_format") == "raw")


def test_reasoning_that_is_not_shown_is_a_silence(server: ScriptedServer) -> None:
    manner = Manner(chat_reasoning="hidden")
    script = Script(answer="Yes.", reasoning=("Hm.",), silent_reasoning_s=0.01, manner=manner)
    server.play("fast", Scenario(script, tokens_per_s=10_000))
    assert joined(stream_sdk(server), "content") == "Yes."


def test_a_refusal_has_a_field_of_its_own(server: ScriptedServer) -> None:
    refusal = built_in_script("refusal").script
    server.play("fast", Scenario(refusal))
    chunks = stream_sdk(server)
    assert joined(chunks, "refusal") == refusal.refusal
    assert chunks[-1].choices[0].finish_reason == "stop"
    message = ask_sdk(server).choices[0].message
    assert (message.refusal, message.content) == (refusal.refusal, None)


@pytest.mark.parametrize(
    ("finish", "limit", "word"),
    [
        (Incomplete(), None, "length"),
        (Incomplete("content_filter"), None, "content_filter"),
        (None, 3, "length"),
    ],
)
def test_an_incomplete_answer_says_why(
    server: ScriptedServer, finish: Incomplete | None, limit: int | None, word: str
) -> None:
    words = "One two three four five."
    script = Script(answer=words) if finish is None else Script(answer=words, finish=finish)
    server.play("fast", Scenario(script))
    limits = {} if limit is None else {"max_completion_tokens": limit}
    chunks = stream_sdk(server, **limits)
    assert chunks[-1].choices[0].finish_reason == word
    assert ask_sdk(server, **limits).choices[0].finish_reason == word


def test_a_failure_is_an_error_between_the_chunks(server: ScriptedServer) -> None:
    server.play("fast", Scenario(Script(answer="Half", finish=Failed(message="It broke."))))
    received = ask(server, "chat", stream_options=USAGE)
    assert received.raw.endswith(b"data: [DONE]\n\n")
    error, usage = received.bodies[-2:]
    assert error["error"] == {
        "message": "It broke.",
        "type": "server_error",
        "param": None,
        "code": None,
    }
    assert usage["usage"]["total_tokens"] == 0
    with pytest.raises(openai.APIError, match="It broke"):
        stream_sdk(server)
    with pytest.raises(openai.InternalServerError, match="It broke"):
        ask_sdk(server)


@pytest.mark.parametrize(
    ("fields", "param", "says"),
    [
        ({"model": None}, None, "you must provide a model parameter"),
        ({"model": 5}, "model", "a string"),
        ({"messages": None}, "messages", "Missing required parameter: 'messages'"),
        ({"messages": "Why?"}, "messages", "a list"),
        ({"messages": []}, "messages", "empty array"),
        ({"messages": ["Why?"]}, "messages[0]", "an object"),
        ({"messages": [{"content": "Why?"}]}, "messages[0].role", "Missing"),
        ({"messages": [{"role": "boss"}]}, "messages[0].role", "'assistant'"),
        ({"temperature": 3}, "temperature", "above the maximum 2"),
        ({"max_tokens": 0}, "max_tokens", "below the minimum 1"),
        ({"max_tokens": 5, "max_completion_tokens": 5}, "max_tokens", "at the same time"),
        ({"reasoning_effort": "huge"}, "reasoning_effort", "'medium'"),
        ({"stream_options": {"include_usage": True}}, "stream_options", "only allowed when"),
    ],
)
def test_a_wrong_request_is_a_400_that_names_the_field(
    server: ScriptedServer, fields: dict[str, Any], param: str | None, says: str
) -> None:
    body = {"model": "sky", "messages": MESSAGES} | fields
    answer = httpx2.post(f"{server.base_url}/chat/completions", json=body)
    error = answer.json()["error"]
    assert (answer.status_code, error["type"]) == (400, "invalid_request_error")
    assert (error["param"], says in error["message"]) == (param, True)


def test_an_unknown_model_is_a_404(server: ScriptedServer) -> None:
    with pytest.raises(openai.NotFoundError, match="'sky'") as caught:
        ask_sdk(server, model="gpt-99")
    assert caught.value.code == "model_not_found"
