"""What providers say when they refuse, in any of their shapes, as one of our errors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from providers.recordings import recorded
from recorded_wire import needs_recordings
from stream_widget.providers.failures import failure_in_stream, http_failure, retry_after_s

if TYPE_CHECKING:
    from stream_widget.errors import ProviderError

TARGET = "openai:gpt-5-mini"
RECORDED = {
    "anthropic__error__401-invalid-key": ("authentication", "authentication_error", None),
    "anthropic__error__429-retry-after": ("rate_limit", "rate_limit_error", 65.0),
    "anthropic__error__529-overloaded": ("overloaded", "overloaded_error", None),
    "azure__error__429-retry-after-ms": ("rate_limit", "RateLimitReached", 0.0),
    "cerebras__error__429-flat-body": ("rate_limit", "request_quota_exceeded", 0.66),
    "deepseek__error__401-invalid-key": ("authentication", "invalid_request_error", None),
    "github-models__error__429-plain-text": ("rate_limit", None, 37.0),
    "groq__error__404-model-not-found": ("not_found", "model_not_found", None),
    "groq__error__429-retry-after": ("rate_limit", "rate_limit_exceeded", 3.0),
    "llamacpp__error__400-context-size": ("bad_request", "exceed_context_size_error", None),
    "mistral__error__401": ("authentication", None, None),
    "ollama__error__401": ("authentication", "api_error", None),
    "openai__error__400-reasoning-summary-unsupported-model": (
        "bad_request",
        "unsupported_parameter",
        None,
    ),
    "openai__error__400-responses-model-not-found": ("not_found", "model_not_found", None),
    "openai__error__400-unverified-org-stream": ("bad_request", "unsupported_value", None),
    "openai__error__401-invalid-key": ("authentication", "invalid_api_key", None),
    "openai__error__404-chat-model-not-found": ("not_found", "model_not_found", None),
    "openai__error__429-tokens-per-minute": ("rate_limit", "rate_limit_exceeded", None),
    "openrouter__error__429-upstream": ("rate_limit", "429", None),
    "together__error__500-server-error": ("server", "server_error", 1.0),
    "xai__error__400-invalid-key": ("authentication", "invalid-argument", None),
}
SAID = {
    "anthropic__error__401-invalid-key": "invalid x-api-key",
    "cerebras__error__429-flat-body": "Requests per second limit exceeded",
    "github-models__error__429-plain-text": "Too many requests.",
    "llamacpp__error__400-context-size": "exceeds the available context size",
    "mistral__error__401": "Invalid API Key",
    "openrouter__error__429-upstream": "google/gemini-2.0-flash-exp:free is temporarily",
    "together__error__500-server-error": "Internal server error",
    "xai__error__400-invalid-key": "Incorrect API key provided.",
}
ADVICE = {
    "authentication": "Check the key in OPENAI_API_KEY",
    "not_found": "Check the model's name",
    "bad_request": "Change the request",
    "rate_limit": "Wait a little",
    "quota": "Check its billing",
    "overloaded": "try again later",
    "server": "try again",
    "permission": "check what its project may use",
    "timeout": "Try again",
}


def refused(
    status: int,
    body: object,
    headers: dict[str, str] | None = None,
    *,
    keys: tuple[str, ...] = (),
    variable: str | None = "OPENAI_API_KEY",
) -> ProviderError:
    return http_failure(
        target=TARGET,
        status=status,
        headers=headers or {},
        body=body if isinstance(body, str) else json.dumps(body),
        key_variable=variable,
        keys=keys,
    )


@needs_recordings
@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_refusal_has_its_kind_its_code_and_its_wait(name: str) -> None:
    answer = json.loads(recorded(f"{name}.json"))
    error = refused(answer["status"], answer["body"], answer["headers"])
    assert (error.kind, error.code, error.retry_after_s) == RECORDED[name]
    assert (error.status, error.target) == (answer["status"], TARGET)
    assert SAID.get(name, "") in str(error)
    assert str(error).startswith(f"{TARGET} answered HTTP {answer['status']} (")
    assert ADVICE[error.kind] in str(error)


@needs_recordings
def test_a_key_that_a_provider_repeats_is_blanked() -> None:
    answer = json.loads(recorded("openai__error__401-invalid-key.json"))
    error = refused(answer["status"], answer["body"], keys=("invalid-key",))
    assert "Incorrect API key provided: [key removed]." in str(error)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "bad_request"),
        (401, "authentication"),
        (402, "quota"),
        (403, "permission"),
        (404, "not_found"),
        (408, "timeout"),
        (409, "bad_request"),
        (413, "bad_request"),
        (422, "bad_request"),
        (429, "rate_limit"),
        (500, "server"),
        (502, "server"),
        (503, "overloaded"),
        (504, "timeout"),
        (520, "server"),
        (529, "overloaded"),
    ],
)
def test_where_the_body_says_nothing_the_status_decides(status: int, kind: str) -> None:
    error = refused(status, "")
    assert (error.kind, error.code) == (kind, None)
    assert "no explanation" in str(error)
    assert ADVICE[kind] in str(error)


@pytest.mark.parametrize(
    "message", ["You exceeded your current quota.", "Please check your billing details."]
)
def test_a_429_about_money_is_not_a_rate_limit(message: str) -> None:
    assert refused(429, {"error": {"message": message}}).kind == "quota"


def test_a_page_of_html_is_shown_as_its_text() -> None:
    page = "<html><head><title>502 Bad\n Gateway</title></head><body><hr>nginx</body></html>"
    error = refused(502, page)
    assert (error.kind, error.code) == ("server", None)
    assert "502 Bad Gateway nginx." in str(error)
    assert "<" not in str(error)


def test_a_plain_text_is_shown_as_it_is_even_where_json_was_promised() -> None:
    assert "upstream timed out." in str(refused(504, "upstream timed out"))


@pytest.mark.parametrize(
    "body",
    ["null", "[]", "7", "{}", '{"error": null}', '{"error": {}}', "<p></p>", '{"error": []}'],
)
def test_a_body_that_explains_nothing_does_not_show_its_json(body: str) -> None:
    error = refused(500, body)
    assert "no explanation" in str(error)
    assert not {"{", "["} & set(str(error))


def test_an_explanation_that_is_no_text_is_shown_as_json() -> None:
    error = refused(422, {"detail": [{"loc": ["body", "model"], "msg": "field required"}]})
    assert "field required" in str(error)


def test_a_long_explanation_is_cut() -> None:
    error = refused(500, "x" * 5000)
    assert len(str(error)) < 500
    assert "x…" in str(error)


@pytest.mark.parametrize("at", range(270, 310, 3))
def test_a_key_is_blanked_before_a_long_explanation_is_cut(at: int) -> None:
    key = "planted-0123456789-secret"
    error = refused(500, f"{'x' * at}{key}", keys=(key,))
    assert "plan" not in str(error)


def test_where_there_is_no_key_variable_the_argument_is_named() -> None:
    assert "api_key=…" in str(refused(401, "", variable=None))


# In a stream


@pytest.mark.parametrize(
    ("detail", "kind"),
    [
        ({"code": "insufficient_quota", "message": "Empty."}, "quota"),
        ({"code": "server_error", "message": "It broke."}, "server"),
        ({"code": "server_is_overloaded", "message": "Busy."}, "overloaded"),
        ({"type": "overloaded_error", "message": "Busy."}, "overloaded"),
        ({"type": "invalid_request_error", "message": "No such field."}, "bad_request"),
        ({"code": "new_code", "message": "Something new."}, "server"),
        ({"message": "Invalid API key."}, "authentication"),
        ("It broke.", "server"),
        (None, "server"),
    ],
)
def test_an_error_in_a_stream_has_a_kind_without_a_status(detail: object, kind: str) -> None:
    error = failure_in_stream(detail, target=TARGET)
    assert (error.kind, error.status, error.target) == (kind, None, TARGET)
    assert str(error).startswith(f"{TARGET} failed while it answered")


def test_a_key_in_an_error_in_a_stream_is_blanked() -> None:
    key = "planted-0123456789-secret"
    error = failure_in_stream({"message": f"Key {key} expired."}, target=TARGET, keys=(key,))
    assert "Key [key removed] expired." in str(error)


def test_a_cancellation_by_the_provider_is_told_from_a_fault() -> None:
    error = failure_in_stream({}, target=TARGET, cancelled=True)
    assert error.kind == "cancelled_by_provider"


# Waits


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "250", "retry-after": "3"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "3"}, 3.0),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
    ],
)
def test_a_wait_is_read_in_milliseconds_or_else_in_seconds(
    headers: dict[str, str], wait_s: float | None
) -> None:
    assert retry_after_s(headers) == wait_s
