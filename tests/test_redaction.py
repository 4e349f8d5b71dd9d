from __future__ import annotations

import pytest

from stream_widget.redaction import Redactor, redact_keys


@pytest.mark.parametrize(
    "text",
    [
        "Incorrect API key provided: {}. You can find it",
        'header "Authorization: Bearer {}" refused',
        "key={}",
    ],
)
@pytest.mark.parametrize(
    "key",
    [
        "sk-planted-secret",
        "sk-proj-********************abcd",
        "sk-ant-api03-abc_DEF-123",
        "gsk_abcdefgh",
        "xai-abcdefgh",
        "AIzaSyA1234567890abcdefghij",
    ],
)
def test_an_error_keeps_its_sentence_and_loses_the_key(text: str, key: str) -> None:
    assert redact_keys(text.format(key)) == text.format("[key removed]")


def test_a_bearer_token_of_any_form_is_blanked_in_an_error() -> None:
    assert (
        redact_keys("Authorization: Bearer eyJh.eyJz.SflK") == "Authorization: Bearer [key removed]"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Use bearer authentication.",
        "The task-oriented desk-chair is at risk-adjusted prices.",
        "model gpt-5-mini-2025-08-07 at request req_0123456789abcdef",
    ],
)
def test_an_error_without_a_key_stays_as_it_is(text: str) -> None:
    assert redact_keys(text) == text


def test_prose_about_keys_stays_as_it_is_in_content() -> None:
    text = "Import sk-learn-contrib-pipelines, send a Bearer token, and keys begin with sk-…"
    assert Redactor().content(text) == text


def test_a_short_value_of_a_key_variable_is_a_placeholder_and_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LOCAL_API_KEY", "none")
    assert redact_keys("none of it") == "none of it"
