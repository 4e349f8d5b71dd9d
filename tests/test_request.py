from __future__ import annotations

import dataclasses
from typing import Any, get_args

import pytest

from stream_widget.errors import InvalidRequestError
from stream_widget.request import (
    Effort,
    Request,
    Summary,
    Target,
    Timeouts,
    Verbosity,
    prompt_text,
)


@pytest.mark.parametrize(
    "prompt",
    [
        "Why?",
        [{"role": "user", "content": "Why?"}],
        ({"role": "user", "content": "Why?"},),
        [{"type": "function_call_output", "call_id": "call_1", "output": "4"}],
    ],
)
def test_a_prompt_is_a_text_or_messages(prompt: object) -> None:
    assert Request(prompt).prompt is prompt


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("", "The prompt is empty"),
        ("  \n", "The prompt is empty"),
        ([], "The list of messages is empty"),
        ({"role": "user"}, "must be a string or a list of messages .*not dict"),
        (7, "not int"),
        (b"Why?", "not bytes"),
        (["Why?"], "Message 0 is not a mapping"),
        ([{"content": "Why?"}], "Message 0 is not a mapping with a 'role'"),
    ],
)
def test_a_prompt_that_cannot_be_sent_is_refused(prompt: object, message: str) -> None:
    with pytest.raises(InvalidRequestError, match=message):
        Request(prompt)


@pytest.mark.parametrize(
    ("field", "choices"),
    [("effort", get_args(Effort)), ("summary", get_args(Summary)),
     ("verbosity", get_args(Verbosity))],
)  # fmt: skip
def test_a_choice_is_one_of_its_words(field: str, choices: tuple[str, ...]) -> None:
    for choice in (None, *choices):
        assert getattr(Request("Why?", **{field: choice}), field) == choice
    for wrong in ("", "HIGH", "highest", 1, True):
        with pytest.raises(InvalidRequestError, match=f"{field} must be one of {choices[0]}, "):
            Request("Why?", **{field: wrong})


@pytest.mark.parametrize(
    ("field", "right", "wrong"),
    [
        ("max_output_tokens", [1, 10**6, None], [0, -1, 1.0, "5", True, float("nan")]),
        ("temperature", [0, 0.0, 2, 1.5, None], [-0.01, 2.01, "1", True, float("nan")]),
        ("stream", [True, False, "auto"], ["yes", None, 2]),
        ("tags", [(), ("a", "b")], [("",), (1,), ("a", None)]),
        ("tools", [(), ({"type": "function"},)], [("search",), (None,)]),
    ],
)
def test_a_value_out_of_its_range_is_named(
    field: str, right: list[object], wrong: list[object]
) -> None:
    for value in right:
        assert getattr(Request("Why?", **{field: value}), field) == value
    for value in wrong:
        with pytest.raises(InvalidRequestError, match=f"{field} must be"):
            Request("Why?", **{field: value})


def test_a_timeout_is_seconds_of_silence_or_names_each_limit() -> None:
    assert Timeouts.of(None) == Timeouts(10.0, 600.0, 300.0)
    assert Timeouts.of(60) == Timeouts(10.0, 60, 60)
    assert Timeouts.of(2.5) == Timeouts(2.5, 2.5, 2.5)
    assert Timeouts.of({"silence": 20}) == Timeouts(10.0, 600.0, 20)
    assert Timeouts.of({"connect": 1, "first_delta": 2}) == Timeouts(1, 2, 300.0)


@pytest.mark.parametrize("wrong", [0, -1, "1", True, float("nan")])
def test_a_timeout_out_of_its_range_is_named(wrong: Any) -> None:
    with pytest.raises(InvalidRequestError, match=r"timeout must be a number from 0\.001"):
        Timeouts.of(wrong)
    with pytest.raises(InvalidRequestError, match=r"timeout \(connect\) must be"):
        Timeouts.of({"connect": wrong})
    with pytest.raises(InvalidRequestError, match="timeout knows connect, first_delta, silence"):
        Timeouts.of({"total": 5})


def test_an_invalid_request_is_a_value_error() -> None:
    assert issubclass(InvalidRequestError, ValueError)


def test_a_request_does_not_change_and_has_no_place_for_a_key() -> None:
    request = Request("Why?")
    with pytest.raises(dataclasses.FrozenInstanceError):
        request.prompt = "How?"
    names = {field.name for field in dataclasses.fields(request)}
    assert not {name for name in names if "key" in name or "header" in name}


@pytest.mark.parametrize("model", ["gpt-5", "qwen3:8b", "openai/gpt-oss-20b"])
def test_a_target_is_written_with_a_colon(model: str) -> None:
    assert str(Target("ollama", model)) == f"ollama:{model}"


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        ("Why?", "Why?"),
        (
            [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Why?"}],
            "system: Be brief.\n\nuser: Why?",
        ),
        (
            [
                {
                    "role": "user",
                    "content": [
                        {"type": "input_text", "text": "What is "},
                        {"type": "input_image", "image_url": "data:…"},
                        "this",
                    ],
                }
            ],
            "user: What is [input_image][content]",
        ),
        ([{"role": "user", "content": 7}], "user: 7"),
        ([{"type": "item_reference"}], "None: "),
    ],
)
def test_a_prompt_as_text_has_a_paragraph_for_each_message(prompt: object, text: str) -> None:
    assert prompt_text(prompt) == text
