"""A caller's mappings and sequences are sent as JSON has them, of whatever class they are."""

from __future__ import annotations

import json
from collections import OrderedDict
from types import MappingProxyType
from typing import Any

import pytest

from providers.takes import TAKES_ALL
from stream_widget.providers.chat_body import chat_body
from stream_widget.providers.messages_body import messages_body
from stream_widget.providers.responses_body import responses_body
from stream_widget.request import Request, Target

CALLED = {"id": "c0", "type": "function", "function": {"name": "now", "arguments": "{}"}}
PROMPT = [
    {"role": "system", "content": [{"type": "text", "text": "Be brief."}]},
    {
        "role": "user",
        "content": [
            {"type": "input_text", "text": "Why?"},
            {"type": "input_image", "image_url": "https://example.org/a.png"},
        ],
    },
    {"role": "assistant", "content": None, "tool_calls": [CALLED]},
    {"type": "function_call", "call_id": "c1", "name": "now", "arguments": "{}"},
    {"type": "function_call_output", "call_id": "c1", "output": {"at": [12, 30]}},
]
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
FIELDS: dict[str, Any] = {
    "tools": [
        {"type": "function", "name": "weather", "parameters": SCHEMA},
        {"type": "function", "function": {"name": "rain", "parameters": SCHEMA}},
    ],
    "text_format": {"type": "json_schema", "name": "Answer", "schema": SCHEMA},
    "extra": {"metadata": {"of": ["a", "b"]}},
}


def unusual(value: Any, mapping: Any = MappingProxyType) -> Any:
    """The same value, of classes that are neither dict nor list."""
    if isinstance(value, dict):
        return mapping({name: unusual(each, mapping) for name, each in value.items()})
    return tuple(unusual(each, mapping) for each in value) if isinstance(value, list) else value


@pytest.mark.parametrize("mapping", [MappingProxyType, OrderedDict])
@pytest.mark.parametrize("make_body", [chat_body, messages_body, responses_body])
def test_the_class_of_a_mapping_or_a_sequence_makes_no_difference(
    make_body: Any, mapping: Any
) -> None:
    target = Target("openai", "gpt-5-mini")
    usual = make_body(Request(PROMPT, **FIELDS), target, TAKES_ALL)
    given = {name: unusual(value, mapping) for name, value in FIELDS.items()}
    sent = make_body(Request(unusual(PROMPT, mapping), **given), target, TAKES_ALL)
    assert json.dumps(sent) == json.dumps(usual)
