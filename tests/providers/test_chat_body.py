from __future__ import annotations

import pytest

from providers.takes import TAKES_ALL, TAKES_NONE
from stream_widget.catalog import Capabilities, capabilities
from stream_widget.providers.chat_body import chat_body
from stream_widget.request import Request, Target

WHY = [{"role": "user", "content": "Why?"}]


def body(
    capabilities: Capabilities = TAKES_ALL, target: str = "openai:gpt-5", **fields: object
) -> dict[str, object]:
    prompt = fields.pop("prompt", "Why?")
    return chat_body(Request(prompt, **fields), Target(*target.split(":", 1)), capabilities)


def test_effort_and_verbosity_are_said_even_when_nobody_chose_them() -> None:
    assert body() == {
        "model": "gpt-5",
        "messages": WHY,
        "stream": True,
        "stream_options": {"include_usage": True},
        "reasoning_effort": "medium",
        "verbosity": "medium",
    }


def test_a_model_that_takes_none_of_them_is_sent_none_of_them() -> None:
    chosen = {"effort": "high", "summary": "auto", "verbosity": "low", "temperature": 1.0}
    assert body(TAKES_NONE, stream=False, **chosen) == {
        "model": "gpt-5",
        "messages": WHY,
        "stream": False,
    }


def test_what_was_chosen_is_said() -> None:
    sent = body(effort="high", verbosity="low", temperature=0.0)
    assert (sent["reasoning_effort"], sent["verbosity"], sent["temperature"]) == ("high", "low", 0)


def test_a_model_nobody_knows_is_sent_what_was_chosen_and_nothing_else() -> None:
    known = capabilities(Target("vllm", "my-model"))
    assert set(body(known, "vllm:my-model")) == {"model", "messages", "stream", "stream_options"}
    assert body(known, "vllm:my-model", effort="low")["reasoning_effort"] == "low"


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("openai:gpt-5", "max_completion_tokens"),
        ("groq:openai/gpt-oss-120b", "max_completion_tokens"),
        ("deepseek:deepseek-reasoner", "max_tokens"),
        ("ollama:qwen3:8b", "max_tokens"),
    ],
)
def test_the_limit_has_the_name_that_the_provider_takes(target: str, name: str) -> None:
    sent = body(target=target, max_output_tokens=50)
    assert {field: sent[field] for field in sent if field.startswith("max_")} == {name: 50}


@pytest.mark.parametrize("model", ["openai/gpt-oss-120b", "qwen/qwen3-32b"])
def test_groq_is_asked_for_reasoning_in_a_field_of_its_own(model: str) -> None:
    known = capabilities(Target("groq", model))
    assert body(known, f"groq:{model}")["extra_body"] == {"reasoning_format": "parsed"}


@pytest.mark.parametrize("model", ["llama-3.3-70b-versatile", "a-model-of-tomorrow"])
def test_groq_is_not_asked_that_of_a_model_that_may_refuse_it(model: str) -> None:
    known = capabilities(Target("groq", model))
    assert "extra_body" not in body(known, f"groq:{model}")


@pytest.mark.parametrize("extra", [{"reasoning_format": "raw"}, {"include_reasoning": False}])
def test_the_callers_word_on_reasoning_counts(extra: dict[str, object]) -> None:
    assert body(target="groq:qwen/qwen3-32b", extra=extra)["extra_body"] == extra


# Messages


def test_instructions_come_first() -> None:
    system = {"role": "system", "content": "Be brief."}
    assert body(instructions="Be brief.")["messages"] == [system, *WHY]
    assert body(prompt=WHY, instructions="Be brief.")["messages"] == [system, *WHY]


def test_contents_in_the_responses_form_are_put_into_the_chat_form() -> None:
    prompt = [
        {
            "type": "message",
            "role": "user",
            "content": [
                {"type": "input_text", "text": "What is this?"},
                {"type": "input_image", "image_url": "data:image/png;base64,AA", "detail": "low"},
                {"type": "input_file", "file_id": "file_1"},
            ],
        },
        {"role": "assistant", "content": [{"type": "output_text", "text": "A dog."}]},
    ]
    image = {"url": "data:image/png;base64,AA", "detail": "low"}
    assert body(prompt=prompt)["messages"] == [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "What is this?"},
                {"type": "image_url", "image_url": image},
                {"type": "file", "file": {"file_id": "file_1"}},
            ],
        },
        {"role": "assistant", "content": [{"type": "text", "text": "A dog."}]},
    ]


def test_messages_in_the_chat_form_stay_as_they_are() -> None:
    prompt = [
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://x.y/z"}}]},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "call_1"}]},
        {"role": "tool", "tool_call_id": "call_1", "content": "12:00"},
    ]
    assert body(prompt=prompt)["messages"] == prompt


def test_tool_calls_and_their_results_become_messages() -> None:
    def called(call_id: str) -> dict[str, object]:
        function = {"name": "now", "arguments": "{}"}
        return {"id": call_id, "type": "function", "function": function}

    prompt = [
        *WHY,
        {"type": "reasoning", "summary": []},
        {"type": "function_call", "call_id": "call_1", "name": "now", "arguments": "{}"},
        {"type": "function_call", "call_id": "call_2", "name": "now", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "call_1", "output": "12:00"},
        {"type": "function_call_output", "call_id": "call_2", "output": [{"a": 1}]},
    ]
    assert body(prompt=prompt)["messages"] == [
        *WHY,
        {"role": "assistant", "content": None, "tool_calls": [called("call_1"), called("call_2")]},
        {"role": "tool", "tool_call_id": "call_1", "content": "12:00"},
        {"role": "tool", "tool_call_id": "call_2", "content": '[{"a": 1}]'},
    ]


# Tools and the form of the answer


def test_a_function_tool_is_put_into_the_chat_form() -> None:
    fields = {"name": "now", "description": "The time.", "parameters": {"type": "object"}}
    chat = {"type": "function", "function": fields}
    assert body(tools=[{"type": "function", **fields}])["tools"] == [chat]
    assert body(tools=[chat, {"type": "web_search"}])["tools"] == [chat, {"type": "web_search"}]


def test_a_schema_is_put_into_the_chat_form() -> None:
    fields = {"name": "Answer", "schema": {"type": "object"}, "strict": True}
    chat = {"type": "json_schema", "json_schema": fields}
    assert body(text_format={"type": "json_schema", **fields})["response_format"] == chat
    assert body(text_format=chat)["response_format"] == chat
    assert body(text_format={"type": "json_object"})["response_format"] == {"type": "json_object"}


def test_all_else_goes_where_the_api_wants_it_and_what_is_ours_alone_is_not_sent() -> None:
    assert body(extra={"top_k": 5})["extra_body"] == {"top_k": 5}
    assert body(name="sky", tags=("a",)) == body()
