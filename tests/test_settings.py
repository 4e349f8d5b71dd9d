from __future__ import annotations

import dataclasses

import pytest

from stream_widget.errors import InvalidRequestError
from stream_widget.settings import Settings


def from_environment(**variables: str) -> Settings:
    return Settings.from_environment(
        {f"STREAM_WIDGET_{name.upper()}": value for name, value in variables.items()}
    )


def test_nothing_set_leaves_all_to_the_catalog() -> None:
    assert from_environment() == Settings()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("model", "openai:gpt-5", "openai:gpt-5"),
        ("fallback", "openai:gpt-5-nano, xai:grok-4", ("openai:gpt-5-nano", "xai:grok-4")),
        ("effort", "high", "high"),
        ("summary", " detailed ", "detailed"),
        ("verbosity", "low", "low"),
        ("max_output_tokens", "900", 900),
        ("temperature", "0", 0.0),
        ("timeout", "1.5", 1.5),
        ("tags", "a,,b ", ("a", "b")),
        ("log", "logs/calls.db", "logs/calls.db"),
        ("log_content", "no", False),
        ("log_content", "TRUE", True),
        ("otel_content", "yes", True),
        ("scripted_speed", "2.5", 2.5),
    ],
)
def test_a_variable_sets_a_default_of_the_machine(name: str, text: str, value: object) -> None:
    assert from_environment(**{name: text}) == dataclasses.replace(Settings(), **{name: value})


def test_every_setting_has_a_variable() -> None:
    names = {field.name for field in dataclasses.fields(Settings)}
    assert "api_key" not in names
    assert from_environment(**dict.fromkeys(names, "")) == Settings()


def test_a_blank_variable_is_not_set() -> None:
    assert from_environment(effort="  ", max_output_tokens="") == Settings()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("effort", "hihg"),
        ("summary", "short"),
        ("verbosity", "3"),
        ("max_output_tokens", "many"),
        ("max_output_tokens", "0"),
        ("max_output_tokens", "1.5"),
        ("temperature", "hot"),
        ("temperature", "3"),
        ("temperature", "nan"),
        ("timeout", "-1"),
        ("log_content", "maybe"),
        ("scripted_speed", "nan"),
    ],
)
def test_a_variable_that_cannot_be_is_named_with_its_value(name: str, text: str) -> None:
    message = f"variable STREAM_WIDGET_{name.upper()} cannot be '{text}'"
    with pytest.raises(InvalidRequestError, match=message):
        from_environment(**{name: text})


def test_changes_replace_what_they_name_and_leave_the_rest() -> None:
    settings = Settings(effort="low", tags=("a",))
    changed = settings.with_changes(effort="high", tags=(), timeout=None)
    assert changed == Settings(effort="high", tags=())
    assert settings == Settings(effort="low", tags=("a",))


@pytest.mark.parametrize(
    "wrong",
    [
        {"effort": "hihg"},
        {"temperature": 3},
        {"max_output_tokens": 0},
        {"timeout": 0},
        {"tags": ("",)},
        {"log_content": "no"},
        {"scripted_speed": 0},
        {"scripted_speed": "fast"},
        {"log_content": 0},
    ],
)
def test_changes_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidRequestError, match=next(iter(wrong))):
        Settings().with_changes(**wrong)


def test_content_is_logged_unless_it_is_turned_off() -> None:
    assert Settings().log_content is True
