from __future__ import annotations

from dataclasses import replace

import pytest

from stream_widget.catalog import capabilities
from stream_widget.providers import as_sent
from stream_widget.providers.asking import less_refused
from stream_widget.providers.messages_body import messages_body
from stream_widget.request import Request, Target


def body(
    model: str = "claude-sonnet-5", prompt: object = "Why?", **fields: object
) -> dict[str, object]:
    without = fields.pop("without", ())
    target = Target("anthropic", model)
    known = capabilities(target)
    request = as_sent(replace(Request(prompt, **fields), without=frozenset(without)), known)
    return messages_body(request, target, less_refused(known, request))


def test_effort_and_thinking_are_said_even_when_nobody_chose_them() -> None:
    assert body() == {
        "model": "claude-sonnet-5",
        "max_tokens": 32_000,
        "messages": [{"role": "user", "content": "Why?"}],
        "stream": True,
        "thinking": {"type": "adaptive", "display": "summarized"},
        "output_config": {"effort": "medium"},
    }


@pytest.mark.parametrize(
    ("effort", "sent"), [("minimal", "low"), ("low", "low"), ("xhigh", "xhigh"), ("max", "max")]
)
def test_an_effort_is_said_in_their_words(effort: str, sent: str) -> None:
    assert body(effort=effort)["output_config"] == {"effort": sent}


def test_no_effort_is_no_thinking() -> None:
    sent = body(effort="none")
    assert sent["thinking"] == {"type": "disabled"}
    assert "output_config" not in sent


@pytest.mark.parametrize(
    ("fields", "thinking"),
    [
        ({}, None),
        ({"summary": "auto"}, 8192),
        ({"effort": "minimal"}, 1024),
        ({"effort": "high"}, 16_384),
        ({"effort": "max"}, 30_000),
        ({"effort": "max", "max_output_tokens": 4000}, 2976),
        ({"effort": "max", "max_output_tokens": 2000}, None),
        ({"effort": "none"}, None),
    ],
)
def test_models_that_take_no_effort_are_given_tokens_to_think_with(
    fields: dict[str, object], thinking: int | None
) -> None:
    sent = body("claude-sonnet-4-5", **fields)
    budget = {"type": "enabled", "budget_tokens": thinking}
    assert sent.get("thinking") == (None if thinking is None else budget)
    assert "output_config" not in sent


def test_a_model_that_takes_an_effort_and_cannot_measure_itself_gets_both() -> None:
    sent = body("claude-opus-4-5", effort="low")
    assert sent["output_config"] == {"effort": "low"}
    assert sent["thinking"] == {"type": "enabled", "budget_tokens": 4096}


def test_a_model_that_does_not_reason_is_not_asked_to() -> None:
    sent = body("claude-3-5-haiku", effort="high", summary="auto", verbosity="low")
    assert set(sent) == {"model", "max_tokens", "messages", "stream"}
    assert sent["max_tokens"] == 8192


@pytest.mark.parametrize(
    ("model", "most"),
    [
        ("claude-3-haiku-20240307", 4096),
        ("claude-3-opus-latest", 4096),
        ("claude-3-sonnet-20240229", 4096),
        ("claude-2.1", 4096),
        ("claude-instant-1.2", 4096),
        ("claude-3-5-haiku-latest", 8192),
        ("claude-3-5-sonnet-20241022", 8192),
        ("claude-3-7-sonnet-20250219", 32_000),
        ("claude-opus-4-1", 32_000),
        ("claude-haiku-4-5", 32_000),
        ("a-model-of-tomorrow", 32_000),
    ],
)
def test_the_limit_that_nobody_chose_is_one_that_the_model_takes(model: str, most: int) -> None:
    assert body(model)["max_tokens"] == most


@pytest.mark.parametrize(
    ("model", "without", "thinking", "effort"),
    [
        ("claude-sonnet-5", {"effort"}, {"type": "adaptive", "display": "summarized"}, None),
        ("claude-sonnet-5", {"summary"}, {"type": "adaptive"}, "medium"),
        ("claude-sonnet-5", {"effort", "summary"}, None, None),
        ("claude-haiku-5-5", set(), {"type": "adaptive", "display": "summarized"}, "high"),
        ("claude-haiku-5-5", {"effort"}, {"type": "enabled", "budget_tokens": 8192}, None),
        ("claude-haiku-5-5", {"effort", "summary"}, None, None),
        ("claude-sonnet-4-5", {"summary"}, None, None),
    ],
)
def test_what_was_refused_is_not_said_again(
    model: str, without: set[str], thinking: object, effort: str | None
) -> None:
    chosen = {} if model == "claude-sonnet-5" else {"effort": "high", "summary": "auto"}
    sent = body(model, without=without, **chosen)
    assert sent.get("thinking") == thinking
    assert sent.get("output_config") == (None if effort is None else {"effort": effort})


def test_a_temperature_goes_where_the_sdk_has_no_name_for_it() -> None:
    assert body("claude-opus-4-6", temperature=0.0)["extra_body"] == {"temperature": 0.0}
    assert "extra_body" not in body("claude-opus-4-6", temperature=0.0, without={"temperature"})
    assert "extra_body" not in body("claude-sonnet-5", temperature=0.0)
    extra = {"top_k": 5, "temperature": 1.0}
    assert body("claude-opus-4-6", temperature=0.0, extra=extra)["extra_body"] == extra


def test_a_limit_is_always_said_and_a_stream_unless_it_was_declined() -> None:
    assert body(max_output_tokens=50)["max_tokens"] == 50
    assert body(stream=False)["stream"] is False


def test_tools_are_put_into_their_form() -> None:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}}
    weather = {"name": "weather", "description": "Now.", "parameters": schema, "strict": True}
    native = {"type": "web_search_20250305", "name": "web_search"}
    sent = body(
        tools=[
            {"type": "function", **weather},
            {"type": "function", "function": weather},
            {"type": "function", "name": "now", "parameters": None},
            native,
        ]
    )
    theirs = {"name": "weather", "description": "Now.", "strict": True, "input_schema": schema}
    now = {"name": "now", "input_schema": {"type": "object", "properties": {}}}
    assert sent["tools"] == [theirs, theirs, now, native]


def test_the_schema_of_an_answer_is_closed_as_the_api_wants_it() -> None:
    schema = {
        "type": "object",
        "properties": {
            "type": {"type": "string"},
            "steps": {"type": "array", "items": {"type": "object", "properties": {}}},
        },
        "$defs": {"A": {"anyOf": [{"type": "object"}, {"type": "null"}]}},
    }
    sent = body(text_format={"type": "json_schema", "name": "Answer", "schema": schema})
    assert sent["output_config"] == {
        "effort": "medium",
        "format": {
            "type": "json_schema",
            "schema": {
                "type": "object",
                "properties": {
                    "type": {"type": "string"},
                    "steps": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {},
                            "additionalProperties": False,
                        },
                    },
                },
                "$defs": {
                    "A": {
                        "anyOf": [{"type": "object", "additionalProperties": False},
                                  {"type": "null"}]
                    }
                },
                "additionalProperties": False,
            },
        },
    }  # fmt: skip
    assert "additionalProperties" not in schema
    assert "format" not in body(text_format={"type": "text"})["output_config"]


# Conversations


def test_system_texts_are_said_apart() -> None:
    sent = body(
        prompt=[
            {"role": "developer", "content": [{"type": "input_text", "text": "No jokes."}]},
            {"role": "user", "content": "Why?"},
            {"role": "system", "content": "In French."},
        ],
        instructions="Be brief.",
    )
    assert sent["system"] == "Be brief.\n\nNo jokes.\n\nIn French."
    assert sent["messages"] == [{"role": "user", "content": "Why?"}]
    assert body(instructions="Be brief.")["system"] == "Be brief."


def test_messages_are_put_into_their_form() -> None:
    sent = body(
        prompt=[
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "Look:"},
                    {"type": "input_image", "image_url": "data:image/png;base64,AAAA"},
                    {"type": "input_image", "image_url": "https://example.org/a.png"},
                    {"type": "input_file", "file_data": "data:application/pdf;base64,BBBB"},
                    {"type": "text", "text": "!", "cache_control": {"type": "ephemeral"}},
                ],
            },
            {
                "type": "message",
                "role": "assistant",
                "id": "msg_1",
                "content": [{"type": "output_text", "text": "A cat.", "annotations": []}],
            },
            {"type": "reasoning", "summary": []},
        ]
    )
    image = {"type": "base64", "media_type": "image/png", "data": "AAAA"}
    pdf = {"type": "base64", "media_type": "application/pdf", "data": "BBBB"}
    assert sent["messages"] == [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Look:"},
                {"type": "image", "source": image},
                {"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}},
                {"type": "document", "source": pdf},
                {"type": "text", "text": "!", "cache_control": {"type": "ephemeral"}},
            ],
        },
        {"role": "assistant", "content": [{"type": "text", "text": "A cat."}]},
    ]


def test_calls_and_their_results_are_put_into_their_form() -> None:
    call = {"type": "function_call", "call_id": "c1", "name": "now", "arguments": '{"tz": "CET"}'}
    sent = body(
        prompt=[
            {"role": "user", "content": "When?"},
            {"role": "assistant", "content": "I look."},
            call,
            {**call, "call_id": "c2", "arguments": "{broken"},
            {"type": "function_call_output", "call_id": "c1", "output": "noon"},
            {"type": "function_call_output", "call_id": "c2", "output": {"at": 12}},
        ]
    )
    use = {"type": "tool_use", "name": "now"}
    assert sent["messages"] == [
        {"role": "user", "content": "When?"},
        {
            "role": "assistant",
            "content": [
                {"type": "text", "text": "I look."},
                {**use, "id": "c1", "input": {"tz": "CET"}},
                {**use, "id": "c2", "input": {}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "c1", "content": "noon"},
                {"type": "tool_result", "tool_use_id": "c2", "content": '{"at": 12}'},
            ],
        },
    ]
