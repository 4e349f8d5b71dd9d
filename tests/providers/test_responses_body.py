from __future__ import annotations

import pytest

from providers.takes import TAKES_ALL, TAKES_NONE
from stream_widget.catalog import Capabilities, capabilities
from stream_widget.providers.responses_body import responses_body
from stream_widget.request import Request, Target, Timeouts

TARGET = Target("openai", "gpt-5-mini")


def body(capabilities: Capabilities = TAKES_ALL, **fields: object) -> dict[str, object]:
    return responses_body(Request("Why?", **fields), TARGET, capabilities)


def test_effort_summary_and_verbosity_are_said_even_when_nobody_chose_them() -> None:
    assert body() == {
        "model": "gpt-5-mini",
        "input": "Why?",
        "stream": True,
        "reasoning": {"effort": "medium", "summary": "auto"},
        "text": {"verbosity": "medium"},
    }


def test_what_was_chosen_is_said() -> None:
    sent = body(effort="high", summary="detailed", verbosity="low", temperature=0.0)
    assert sent["reasoning"] == {"effort": "high", "summary": "detailed"}
    assert (sent["text"], sent["temperature"]) == ({"verbosity": "low"}, 0.0)


def test_a_model_that_takes_none_of_them_is_sent_none_of_them() -> None:
    chosen = {"effort": "high", "summary": "auto", "verbosity": "low", "temperature": 1.0}
    assert body(TAKES_NONE, **chosen) == {"model": "gpt-5-mini", "input": "Why?", "stream": True}


@pytest.mark.parametrize("model", ["gpt-5", "gpt-5-mini", "gpt-5-nano", "gpt-5-mini-2025-08-07"])
def test_models_that_reason_are_told_how_much_and_how_to_show_it(model: str) -> None:
    target = Target("openai", model)
    sent = responses_body(Request("Why?"), target, capabilities(target))
    assert sent["reasoning"] == {"effort": "medium", "summary": "auto"}
    assert sent["text"] == {"verbosity": "medium"}


@pytest.mark.parametrize("model", ["gpt-4.1", "gpt-4o"])
def test_models_that_do_not_reason_are_not_asked_to(model: str) -> None:
    target = Target("openai", model)
    request = Request("Why?", effort="high", summary="auto", verbosity="low")
    sent = responses_body(request, target, capabilities(target))
    assert not {"reasoning", "text"} & set(sent)


def test_a_model_nobody_knows_is_sent_what_was_chosen_and_nothing_else() -> None:
    target = Target("vllm", "my-model")
    known = capabilities(target)
    assert "reasoning" not in responses_body(Request("Why?"), target, known)
    sent = responses_body(Request("Why?", effort="low"), target, known)
    assert sent["reasoning"] == {"effort": "low"}


def test_a_form_of_the_answer_and_its_length_go_together() -> None:
    schema = {"type": "json_schema", "name": "Answer", "schema": {}}
    assert body(text_format=schema)["text"] == {"verbosity": "medium", "format": schema}
    assert body(TAKES_NONE, text_format=schema)["text"] == {"format": schema}


@pytest.mark.parametrize(("stream", "sent"), [("auto", True), (True, True), (False, False)])
def test_streaming_is_asked_for_unless_it_was_declined(*, stream: object, sent: bool) -> None:
    assert body(stream=stream)["stream"] is sent


def test_messages_are_sent_as_they_are() -> None:
    messages = [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "Because."}]
    sent = responses_body(Request(messages), TARGET, TAKES_ALL)
    assert sent["input"] == messages


def test_all_else_goes_where_the_api_wants_it() -> None:
    tool = {"type": "function", "name": "now"}
    sent = body(
        instructions="Be brief.",
        max_output_tokens=50,
        tools=[tool],
        background=True,
        extra={"store": False},
    )
    assert (sent["instructions"], sent["max_output_tokens"]) == ("Be brief.", 50)
    assert (sent["tools"], sent["background"]) == ([tool], True)
    assert sent["extra_body"] == {"store": False}


def test_what_is_ours_alone_is_not_sent() -> None:
    assert body(name="sky", tags=("a",), timeouts=Timeouts.of(5.0)) == body()
