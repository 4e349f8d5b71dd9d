from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes

from stream_widget.call_log import STORED, otel_attributes
from stream_widget.call_log.otel_names import CONTENT_NAMES, NO_ATTRIBUTES, OTEL_NAMES
from stream_widget.errors import InvalidRequestError

if TYPE_CHECKING:
    from call_log.conftest import MakeRow
    from stream_widget.call_log import CallLog

ROW = {
    "provider": "xai",
    "api": "responses",
    "request_model": "grok-4.3",
    "state": "completed",
    "effort": "low",
    "finish_reason": "stop",
    "cache_write_tokens": 7,
    "usage_source": "reported",
    "tags": '["a", "b"]',
    "cost_usd": 0.25,
    "prompt": "Why?",
    "output_text": "Because.",
}


def test_every_column_has_a_name_or_is_a_time_of_the_span() -> None:
    assert set(OTEL_NAMES) | NO_ATTRIBUTES == set(STORED)
    assert not set(OTEL_NAMES) & NO_ATTRIBUTES


def test_no_two_columns_but_the_parts_of_a_message_share_a_name() -> None:
    for spelling in ("newest", "previous"):
        names = [
            name.spelled(spelling)
            for column, name in OTEL_NAMES.items()
            if column not in CONTENT_NAMES
        ]
        assert len(names) == len(set(names))


def test_names_of_the_conventions_are_as_opentelemetry_spells_them() -> None:
    known = {value for value in vars(gen_ai_attributes).values() if isinstance(value, str)}
    # Newer than the release of opentelemetry-semantic-conventions that these tests run with.
    newer = {"gen_ai.usage.cache_write.input_tokens", "gen_ai.request.reasoning.level"}
    ours = {
        spelled
        for name in OTEL_NAMES.values()
        for spelled in (name.newest, name.previous)
        if spelled.startswith("gen_ai.")
    }
    assert ours - known <= newer


def test_what_is_unknown_has_no_attribute_and_tags_are_a_list() -> None:
    found = otel_attributes(ROW | {"cost_usd": float("nan"), "response_id": None})
    assert "stream_widget.cost_usd" not in found
    assert "gen_ai.response.id" not in found
    assert found["stream_widget.tags"] == ["a", "b"]
    assert found["gen_ai.response.finish_reasons"] == ["stop"]


def test_a_renamed_attribute_is_spelled_as_it_is_asked_for() -> None:
    newest = otel_attributes(ROW)
    assert newest["gen_ai.provider.name"] == "x_ai"
    assert newest["gen_ai.usage.cache_write.input_tokens"] == 7
    assert newest["gen_ai.request.reasoning.level"] == "low"
    previous = otel_attributes(ROW, spelling="previous")
    assert previous["gen_ai.system"] == "xai"
    assert previous["gen_ai.usage.cache_creation.input_tokens"] == 7
    assert not {"gen_ai.provider.name", "gen_ai.usage.cache_write.input_tokens"} & set(previous)


def test_an_estimate_is_not_told_as_usage() -> None:
    found = otel_attributes(ROW | {"usage_source": "estimated", "output_tokens": 12})
    assert found["stream_widget.estimated.output_tokens"] == 12
    assert "gen_ai.usage.output_tokens" not in found


@pytest.mark.parametrize(
    ("state", "reason", "raw", "told"),
    [
        ("completed", "stop", "completed", ["stop"]),
        ("incomplete", None, "pause_turn", ["pause_turn"]),
        ("failed", None, None, ["error"]),
        ("cancelled", None, None, ["error"]),
        ("streaming", None, None, None),
    ],
)
def test_a_finish_reason_is_told_in_the_words_of_the_conventions(
    state: str, reason: str | None, raw: str | None, told: list[str] | None
) -> None:
    values = ROW | {"state": state, "finish_reason": reason, "raw_finish_reason": raw}
    assert otel_attributes(values).get("gen_ai.response.finish_reasons") == told


def test_the_api_has_its_own_name_at_openai() -> None:
    found = otel_attributes(ROW | {"provider": "openai", "api": "chat"})
    assert found["openai.api.type"] == "chat_completions"
    assert "openai.api.type" not in otel_attributes(ROW)
    assert otel_attributes(ROW)["stream_widget.api"] == "responses"


def test_texts_are_told_only_where_they_are_asked_for(log: CallLog, make_row: MakeRow) -> None:
    calls = '[{"id": "call_1", "name": "look", "arguments": "{}"}]'
    log.put(make_row("c", prompt="Why?", output_text="So. \ud83c", tool_calls=calls))
    [without] = log.to_otel("c")
    assert not {name.newest for name in CONTENT_NAMES.values()} & set(without)
    [found] = log.to_otel("c", content=True)
    assert json.loads(str(found["gen_ai.input.messages"])) == [
        {"role": "user", "parts": [{"type": "text", "content": "Why?"}]}
    ]
    [answer] = json.loads(str(found["gen_ai.output.messages"]))
    assert [part["type"] for part in answer["parts"]] == ["text", "tool_call"]
    assert answer["parts"][1] == {
        "type": "tool_call", "id": "call_1", "name": "look", "arguments": "{}"
    }  # fmt: skip


def test_half_a_character_in_a_text_does_not_stop_an_export() -> None:
    found = otel_attributes(ROW | {"output_text": "So \ud83c"}, redact=str)
    assert "So ?" in str(found["gen_ai.output.messages"]).encode().decode()


def test_a_run_gives_each_of_its_calls_in_order(log: CallLog, make_row: MakeRow) -> None:
    log.put(make_row("second", run_id="r", attempt=2))
    log.put(make_row("first", run_id="r", attempt=1, state="failed", error_kind="overloaded"))
    log.put(make_row("other"))
    assert [each["stream_widget.call_id"] for each in log.to_otel("r")] == ["first", "second"]
    assert log.to_otel("r")[0]["error.type"] == "overloaded"
    assert len(log.to_otel("second")) == 1


def test_a_run_that_is_not_in_the_log_is_an_error_that_says_so(log: CallLog) -> None:
    with pytest.raises(InvalidRequestError, match="no run 'nope'"):
        log.to_otel("nope")
