"""Which part of a request was refused, and whether the whole may be tried again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from stream_widget.providers.failures import failure_in_stream, http_failure

if TYPE_CHECKING:
    from stream_widget.errors import ProviderError

TARGET = "openai:gpt-5-mini"


def refused(status: int, body: object, headers: dict[str, str] | None = None) -> ProviderError:
    return http_failure(
        target=TARGET,
        status=status,
        headers=headers or {},
        body=body if isinstance(body, str) else json.dumps(body),
        key_place="OPENAI_API_KEY",
    )


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ({"error": {"message": "Your organization must be verified to stream this model.",
                    "param": "stream", "code": "unsupported_value"}}, "stream"),
        ({"error": {"message": "Your organization must be verified to stream it."}}, "stream"),
        ({"error": {"message": "You must be verified to generate reasoning summaries.",
                    "param": "reasoning.summary", "code": "unsupported_value"}}, "summary"),
        ({"error": {"message": "Unsupported value: 'concise' is not supported with 'gpt-5'.",
                    "param": "reasoning.summary", "code": "unsupported_value"}}, "summary"),
        ({"error": {"message": "Invalid value: 'xhigh'. Supported values are: 'low' and 'high'.",
                    "param": "reasoning.effort", "code": "invalid_value"}}, "effort"),
        ({"code": "invalid-argument",
          "error": "Model grok-4 does not support parameter reasoningEffort."}, "effort"),
        ({"error": {"message": "`reasoning_effort` must be one of `none` or `default`"}}, "effort"),
        ({"message": "body.reasoning_effort: property 'body.reasoning_effort' is unsupported",
          "param": "validation_error", "code": "wrong_api_format"}, "effort"),
        ({"error": '"llama3.2" does not support thinking'}, "effort"),
        ({"type": "error", "error": {"type": "invalid_request_error",
          "message": "This model does not support the effort parameter."}}, "effort"),
        ({"type": "error", "error": {"type": "invalid_request_error",
          "message": "adaptive thinking is not supported on this model"}}, "effort"),
        ({"type": "error", "error": {"type": "invalid_request_error",
          "message": "thinking.type.enabled is not supported."}}, "summary"),
        ({"type": "error", "error": {"type": "invalid_request_error",
          "message": "`temperature` may only be set to 1 with thinking on."}}, "temperature"),
        ({"error": {"message": "Unsupported parameter: 'temperature' is not supported.",
                    "param": "temperature", "code": "unsupported_parameter"}}, "temperature"),
        ({"error": {"message": "Unsupported value: 'low' is not supported.",
                    "param": "text.verbosity", "code": "unsupported_value"}}, "verbosity"),
        ({"detail": [{"type": "extra_forbidden", "loc": ["body", "verbosity"],
                      "msg": "Extra inputs are not permitted"}]}, "verbosity"),
        ({"error": {"message": "Unrecognized request argument: reasoning_effort"}}, "effort"),
        # Not these:
        ({"error": {"message": "Unsupported parameter: 'top_p' with reasoning effort high.",
                    "param": "top_p", "code": "unsupported_parameter"}}, None),
        ({"error": {"message": "temperature: Input should be less than 1", "param": "temperature",
                    "code": "invalid_value"}}, None),
        ({"error": {"message": "stream_options is not supported"}}, None),
        ({"error": {"message": "Reasoning models cost more."}}, None),
        ({"error": {"message": "Image input is not supported."}}, None),
        ({"error": {"message": "The model `gpt-5-mini-thinking-2507` is deprecated."}}, None),
    ],
)  # fmt: skip
def test_a_part_of_the_request_that_was_refused_is_named(body: object, part: str | None) -> None:
    error = refused(400, body)
    assert (error.kind, error.refused) == ("bad_request", part)
    assert error.may_retry is (False if part else None)


@pytest.mark.parametrize(
    ("target", "status", "body", "part"),
    [
        ("vllm:Qwen/Qwen3-4B-Thinking-2507", 400,
         {"error": {"message": "The requested model 'Qwen/Qwen3-4B-Thinking-2507' is not supported "
                               "by any provider you have enabled.",
                    "code": "model_not_supported", "param": "model"}}, None),
        ("xai:grok-4-fast-reasoning", 404,
         {"error": "The model grok-4-fast-reasoning is not available for your team."}, None),
        ("xai:grok-4-fast", 404, {"error": "Model grok-4-fast-reasoning is not available."}, None),
        ("openrouter:x/y:thinking", 400, {"error": "x/y:thinking is not available."}, None),
        ("vllm:kimi", 400, {"error": {"message": "Kimi thinking is not available for you.",
                                      "code": "model_not_available"}}, None),
        ("vllm:kimi", 404, {"error": {"message": "Kimi Thinking is not supported.",
                                      "type": "not_found_error"}}, None),
        # The model's name hides nothing:
        ("ollama:qwen3-thinking", 400, {"error": '"qwen3-thinking" does not support thinking'},
         "effort"),
        ("vllm:t", 400, {"error": "temperature is not supported"}, "temperature"),
    ],
)  # fmt: skip
def test_a_models_name_is_no_part_of_the_request(
    target: str, status: int, body: object, part: str | None
) -> None:
    error = http_failure(
        target=target, status=status, headers={}, body=json.dumps(body), key_place=None
    )
    assert error.refused == part


def test_only_an_answer_about_the_request_refuses_a_part_of_it() -> None:
    body = {"error": {"message": "temperature is not supported", "param": "temperature"}}
    assert refused(500, body).refused is None
    assert failure_in_stream(body, target=TARGET).refused == "temperature"


# What may be tried again


@pytest.mark.parametrize(
    ("status", "body", "headers", "may_retry"),
    [
        (503, "", {}, None),
        (503, "", {"X-Should-Retry": "false"}, False),
        (400, "", {"x-should-retry": "true"}, True),
        (400, "", {"x-should-retry": "perhaps"}, None),
        (429, {"error": {"code": "insufficient_quota"}}, {"x-should-retry": "true"}, False),
    ],
)
def test_what_the_provider_says_of_trying_again_is_kept_unless_it_cannot_help(
    status: int, body: object, headers: dict[str, str], *, may_retry: bool | None
) -> None:
    assert refused(status, body, headers).may_retry is may_retry


def test_an_empty_account_waits_for_nothing() -> None:
    body = {"error": {"code": "insufficient_quota", "message": "You exceeded your current quota."}}
    error = refused(429, body, {"retry-after": "3"})
    assert (error.kind, error.retry_after_s, error.may_retry) == ("quota", None, False)
