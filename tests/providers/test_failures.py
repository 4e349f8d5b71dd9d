"""What providers say when they refuse, in any of their shapes, as one of our errors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from providers.recordings import recorded
from recorded_wire import WIRE, needs_recordings
from stream_widget.providers.failures import failure_in_stream, http_failure

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
REFUSED = {
    "openai__error__400-reasoning-summary-unsupported-model": ("summary", "Leave summary=… out"),
    "openai__error__400-unverified-org-stream": ("stream", "Ask with stream=False"),
}
MAY_RETRY = {
    "anthropic__error__401-invalid-key": False,
    "anthropic__error__429-retry-after": True,
    "anthropic__error__529-overloaded": True,
    "openai__error__429-tokens-per-minute": False,
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


def named_errors() -> set[str]:
    return {path.stem for path in (WIRE / "recorded").glob("*__error__*.json")}


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
        key_place=variable,
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
    refusal, advice = REFUSED.get(name, (None, ADVICE[error.kind]))
    advice = "Waiting does not help" if name.endswith("tokens-per-minute") else advice
    assert advice in str(error)
    assert error.refused == refusal
    assert error.may_retry is (False if refusal else MAY_RETRY.get(name))


@needs_recordings
def test_every_recorded_refusal_is_known_here() -> None:
    assert named_errors() == set(RECORDED)


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
        ({"code": "invalid_argument", "message": "Incorrect API key."}, "authentication"),
        ({"code": "rate_limit_exceeded", "message": "Limit reached for this API key."},
         "rate_limit"),
        ({"type": "overloaded_error", "message": "Busy. It is not your API key."}, "overloaded"),
        ("It broke.", "server"),
        (None, "server"),
    ],
)  # fmt: skip
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


def test_a_status_inside_a_stream_says_what_kind_of_error_it_is() -> None:
    def kind(**detail: object) -> str:
        return failure_in_stream({"message": "Hm.", **detail}, target=TARGET).kind

    assert kind(code=429) == "rate_limit"
    assert kind(code="502") == "server"
    assert kind(code=503) == "overloaded"
    assert kind(status_code=400, type="invalid_request_error") == "bad_request"
    assert kind(code=7) == "server"


def test_a_wait_said_inside_a_stream_is_known() -> None:
    said = {"code": "rate_limit_exceeded", "message": "Slow down. Please try again in 1m2.5s."}
    error = failure_in_stream(said, target=TARGET)
    assert error.retry_after_s == 62.5
    assert "Wait a little (it says 62 s)" in str(error)


# Shapes


@pytest.mark.parametrize(
    ("status", "body", "kind", "code", "said"),
    [
        (400, {"error": {"message": "m", "type": "t", "code": "c"}}, "bad_request", "c", "m."),
        (403, {"code": "The caller may not", "error": "Not for your team"},
         "permission", "The caller may not", "Not for your team."),
        (403, {"code": "x", "error": "Your team has used all available credits"},
         "quota", "x", "used all available credits"),
        (402, {"error": {"message": "Insufficient Balance", "code": "invalid_request_error"}},
         "quota", "invalid_request_error", "Insufficient Balance."),
        (400, {"type": "error", "error": {"type": "invalid_request_error",
                                          "message": "Your credit balance is too low"}},
         "quota", "invalid_request_error", "Check its billing"),
        (500, {"type": "error", "error": {"type": "api_error", "message": "Overloaded"}},
         "overloaded", "api_error", "Overloaded."),
        (404, {"error": "model 'x' not found"}, "not_found", None, "model 'x' not found."),
        (422, {"object": "error", "message": {"detail": [{"loc": ["body", "x"], "msg": "extra"}]}},
         "bad_request", None, "extra"),
        (422, {"detail": [{"loc": ["body", "a"], "msg": "one"}, {"loc": ["body"], "msg": "two"}]},
         "bad_request", None, "body.a: one; body: two."),
        (429, [{"error": {"code": 429, "message": "Resource exhausted",
                     "status": "RESOURCE_EXHAUSTED"}}],
         "rate_limit", "RESOURCE_EXHAUSTED", "Resource exhausted."),
        (401, {"success": False, "errors": [{"code": 10000, "message": "Authentication error"}]},
         "authentication", "10000", "Authentication error."),
        (503, {"message": "no Route matched"}, "overloaded", None, "no Route matched."),
        (429, 'event: error\ndata: {"error": {"message": "Slow"}}\n\n',
         "rate_limit", None, "Slow."),
        (401, {"error": {"code": "unauthorized", "message": "Bad credentials"}},
         "authentication", "unauthorized", "Bad credentials."),
        (404, {"error": {"code": "DeploymentNotFound", "message": "It is not there"}},
         "not_found", "DeploymentNotFound", "Check the model's name"),
        (407, "", "authentication", None, "HTTPS_PROXY"),
        (400, {"error": {"message": "Unknown parameter: 'api_key'.", "param": "api_key",
                         "type": "invalid_request_error", "code": "unknown_parameter"}},
         "bad_request", "unknown_parameter", "Change the request"),
    ],
)  # fmt: skip
def test_an_error_of_any_shape_gives_its_kind_its_code_and_its_words(
    status: int, body: object, kind: str, code: str | None, said: str
) -> None:
    error = refused(status, body)
    assert (error.kind, error.code) == (kind, code)
    assert said in str(error)


OFF = {"message": "Temperature is off.", "param": "temperature", "code": "unsupported_value"}


@pytest.mark.parametrize(
    "raw",
    [
        {"error": OFF},
        json.dumps({"error": OFF}),
    ],
)  # fmt: skip
def test_what_an_upstream_said_to_a_gateway_counts(raw: object) -> None:
    metadata = {"provider_name": "OpenAI", "raw": raw, "headers": {"Retry-After": "7"}}
    body = {"error": {"code": 400, "message": "Provider returned error", "metadata": metadata}}
    error = refused(400, body)
    assert (error.code, error.refused) == ("unsupported_value", "temperature")
    assert "Provider returned error: Temperature is off." in str(error)
    assert refused(429, {**body, "error": {**body["error"], "metadata": {**metadata, "raw": ""}}}
                   ).retry_after_s == 7.0  # fmt: skip


def test_a_page_is_shown_without_its_scripts_and_styles_and_blames_who_stands_between() -> None:
    page = (
        "<!DOCTYPE html><style>a{b}</style><script>go()</script><!-- x --><h1>Blocked &amp; so</h1>"
    )
    error = refused(403, page)
    assert "Blocked & so." in str(error)
    assert "proxy or firewall" in str(error)
    assert "go()" not in str(error)
    assert "a{b}" not in str(error)


def test_an_address_where_nothing_is_is_told_from_a_model_that_is_not_there() -> None:
    assert "and base_url (should it end in /v1?)" in str(refused(404, {"detail": "Not Found"}))
    assert "and base_url (should it end in /v1?)" in str(refused(404, "<h1>Not Found</h1>"))
    error = refused(404, {"error": {"code": "model_not_found"}})
    assert "Check the model's name and that" in str(error)
    error = http_failure(
        target="ollama:qwen3",
        status=404,
        headers={},
        body='{"error": "model \'qwen3\' not found"}',
        key_place=None,
    )
    assert "ollama pull qwen3" in str(error)


def test_marks_that_would_spoil_a_terminal_are_not_shown() -> None:
    error = refused(500, {"error": {"message": "a\u001b[31m\nb\u202ec\ud83d", "code": "x\ud83d"}})
    assert "a [31m b c\ufffd." in str(error)
    assert f"{error}{error.code}".encode()
