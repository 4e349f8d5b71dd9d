"""What cannot be sent is an error at the call, in the caller's words, before any request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openai
import pytest

import stream_widget as sw
from compose.asked import kernel
from stream_widget.errors import InvalidRequestError, MissingKeyError, UnknownModelError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stream_widget.scripted import ScriptedServer

Ask = "Callable[..., StreamWidget]"


@pytest.fixture(autouse=True)
def nobody_is_asked(server: ScriptedServer) -> Iterator[None]:
    """Nor is there a row in the log or a thread of the engine."""
    yield
    assert server.requests == []
    assert sw.log.to_frame().empty
    assert kernel()._engine is None


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"effort": "hihg"}, "effort must be one of none, minimal, low, .*not 'hihg'"),
        ({"summary": "short"}, "summary must be one of auto, concise, detailed"),
        ({"verbosity": 3}, "verbosity must be one of low, medium, high"),
        ({"max_output_tokens": 0}, "max_output_tokens must be a whole number from 1"),
        ({"max_output_tokens": -5}, "max_output_tokens must be a whole number from 1"),
        ({"max_output_tokens": 1.5}, "max_output_tokens must be a whole number from 1"),
        ({"max_output_tokens": True}, "max_output_tokens must be a whole number from 1"),
        ({"temperature": -0.1}, "temperature must be a number from 0 to 2"),
        ({"temperature": 2.1}, "temperature must be a number from 0 to 2"),
        ({"temperature": "hot"}, "temperature must be a number from 0 to 2"),
        ({"timeout": 0}, "timeout must be a number"),
        ({"timeout": -1}, "timeout must be a number"),
        ({"timeout": "1 min"}, "timeout must be a number"),
        ({"retries": -1}, "retries must be a whole number from 0 to 10"),
        ({"retries": 11}, "retries must be a whole number from 0 to 10"),
        ({"retries": 1.0}, "retries must be a whole number from 0 to 10"),
        ({"retries": True}, "retries must be a whole number from 0 to 10"),
        ({"stream": "yes"}, "stream must be True, False or 'auto'"),
        ({"tags": [""]}, "tags must be non-empty strings"),
        ({"tags": [1]}, "tags must be non-empty strings"),
        ({"tools": ["search"]}, "tools must be a list of mappings"),
        ({"tools": {"type": "function"}}, "tools must be a list of mappings"),
        ({"text_format": "json"}, "text_format must be a mapping"),
        ({"text_format": int}, "text_format must be a mapping"),
        ({"base_url": "127.0.0.1:80"}, "base_url must begin with http"),
        ({"api": "telegraph"}, "api must be one of responses, chat, messages .*, not 'telegraph'"),
        ({"model": ""}, "The model's name is empty"),
        ({"effort": ""}, "effort must be one of"),
        ({"model": 5}, "A model is named by a text"),
        ({"model": "opanai:gpt-5"}, "No provider named 'opanai' is known.*'openai:gpt-5'"),
        ({"timeout": 0}, "timeout must be a number from 0.001"),
        ({"timeout": {"conect": 5}}, "timeout knows connect, first_delta, silence, not 'conect'"),
        ({"timeout": {"silence": -1}}, r"timeout \(silence\) must be a number from 0.001"),
        ({"fallback": ["gtp-5-mini"]}, "No model named 'gtp-5-mini' is known"),
        ({"fallback": [5]}, "A model is named by a text"),
        ({"api_key": "planted-sécret"}, "has a character that no key has"),
        ({"client": "client"}, "client= takes an openai"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else None,
)
def test_a_wrong_argument_is_named_with_what_it_may_be(
    ask: Ask, wrong: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidRequestError, match=message):
        ask(**wrong)


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("", "The prompt is empty"),
        (" \n\t", "The prompt is empty"),
        ([], "The list of messages is empty"),
        (None, "must be a string or a list of messages .*not NoneType"),
        (7, "must be a string or a list of messages .*not int"),
        (b"Why?", "must be a string or a list of messages .*not bytes"),
        (["Why?"], "Message 0 is not a mapping with a 'role'"),
        ([{"role": "user", "content": "Why?"}, {"content": "Hm"}], "Message 1 is not"),
    ],
)
def test_a_prompt_that_cannot_be_sent_is_refused(
    server: ScriptedServer, prompt: object, message: str
) -> None:
    with pytest.raises(InvalidRequestError, match=message):
        sw.stream(prompt, model="openai:gpt-5", base_url=server.base_url, api_key="x")


def test_an_azure_client_of_the_blocking_kind_is_refused_with_the_one_to_pass(ask: Ask) -> None:
    client = openai.AzureOpenAI(api_key="x", azure_endpoint="http://127.0.0.1", api_version="1")
    with pytest.raises(InvalidRequestError, match="Pass an AsyncAzureOpenAI"):
        ask(client=client)


def test_an_unknown_model_comes_with_the_nearest_names(ask: Ask) -> None:
    with pytest.raises(UnknownModelError, match=r"Did you mean .*'openai:gpt-5-mini'") as caught:
        ask(model="gtp-5-mini")
    assert "openai:gpt-5-mini" in caught.value.nearest
    assert "name its provider: 'openai:gtp-5-mini'" in str(caught.value)


@pytest.mark.parametrize(
    ("wrong", "offer"),
    [
        ({"efort": "high"}, "Did you mean 'effort'"),
        ({"max_tokens": 5}, "Did you mean 'max_output_tokens'"),
        ({"zzz": 5}, "It takes prompt, model, fallback"),
    ],
)
def test_an_unknown_keyword_comes_with_the_nearest_one(
    ask: Ask, wrong: dict[str, Any], offer: str
) -> None:
    with pytest.raises(TypeError, match=f"stream\\(\\) has no argument .*{offer}"):
        ask(**wrong)


def test_configure_offers_the_nearest_keyword_too() -> None:
    with pytest.raises(TypeError, match=r"configure\(\) has no argument 'verbose'.*'verbosity'"):
        sw.configure(verbose="low")


@pytest.mark.parametrize(
    ("model", "variable"), [("openai:gpt-5", "OPENAI_API_KEY"), ("xai:grok-4", "XAI_API_KEY")]
)
def test_a_missing_key_is_named_with_how_to_set_it(model: str, variable: str) -> None:
    with pytest.raises(MissingKeyError, match=variable) as caught:
        sw.stream("Why?", model=model)
    assert caught.value.variable == variable
    assert "scripted:sky" in str(caught.value)


def test_a_missing_key_of_a_fallback_is_an_error_at_the_call_too(ask: Ask) -> None:
    with pytest.raises(MissingKeyError, match="XAI_API_KEY"):
        ask(fallback=["xai:grok-4"])


def test_a_default_of_the_machine_that_cannot_be_names_its_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patched:
        patched.setenv("STREAM_WIDGET_EFFORT", "hihg")
        with pytest.raises(InvalidRequestError, match="STREAM_WIDGET_EFFORT cannot be 'hihg'"):
            sw.stream("Why?", model="scripted:sky")
