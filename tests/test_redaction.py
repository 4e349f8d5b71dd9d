from __future__ import annotations

import pytest

from stream_widget.redaction import Redactor, is_public_beginning, redact_keys


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


KEYS = ["sk-proj-A1b2C3d4E5f6G7h8I9j0K1l2M3n4", "my-own-gateway-key", "a pass phrase", "abc-sk-xyz"]


@pytest.mark.parametrize(
    "text",
    [
        *(
            f"{before}{key}{after}"
            for key in KEYS
            for before in ("", "is ", "x")
            for after in ("", " so.")
        ),
        "Import sk-learn, my-own-gateway-keyring, abc-sk-, a pass, his gs",
        "sk-sk-sk-" * 40 + "1",
    ],
)
def test_a_text_cut_where_it_is_settled_loses_its_keys_as_the_whole_does(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, key in enumerate(KEYS[1:]):
        monkeypatch.setenv(f"N{number}_API_KEY", key)
    redactor = Redactor()
    for end in range(len(text) + 1):
        settled = redactor.settled(text[:end])
        joined = redactor.content(text[:settled]) + redactor.content(text[settled:])
        assert joined == redactor.content(text)
        held = text[settled:end]
        assert not held or not redactor.content(text[:settled]).endswith(KEYS[1][:4])


def test_only_what_may_become_a_key_is_not_settled() -> None:
    redactor = Redactor()
    for text, held in [
        ("The sky", ""),
        ("the sk", "sk"),
        ("ask", ""),
        ("take sk-learn", "sk-learn"),
        ("take sk-learn ", ""),
        ("日本語" * 9, ""),
    ]:
        assert text[redactor.settled(text) :] == held


def test_what_all_keys_begin_with_is_no_secret() -> None:
    assert is_public_beginning("sk-")
    assert is_public_beginning("gs")
    assert not is_public_beginning("sk-a")


@pytest.mark.parametrize("text", ["sk-" * 100_000, "sk-" * 100_000 + " ", "a-" * 100_000])
def test_a_text_made_to_be_slow_is_not(text: str) -> None:
    redactor = Redactor()  # by the square of its length it would take longer than a test may
    assert redactor.content(text) == text
    assert redactor.settled(text) in {0, len(text)}
