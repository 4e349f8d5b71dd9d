"""What real providers answered unstreamed gives the events that a stream would have given."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from providers.recordings import fold, named, reader, recorded, wire_of
from recorded_wire import needs_recordings
from stream_widget.events import ResponseFinished, ResponseStarted

if TYPE_CHECKING:
    from stream_widget.events import Event
    from stream_widget.run import Snapshot

pytestmark = needs_recordings
BODIES = named("*__*__batch-*.json")


def events_of(name: str) -> list[Event]:
    return reader(wire_of(name)).read_whole(recorded(name))


def said(name: str) -> dict[str, str]:
    """The texts of a body as they stand in it, tags and all."""
    body = json.loads(recorded(name))
    return {"responses": _items, "chat": _choice, "messages": _blocks}[wire_of(name)](body)


def _items(body: dict[str, Any]) -> dict[str, str]:
    contents = [part for item in body["output"] for part in item.get("content") or ()]
    summaries = [part for item in body["output"] for part in item.get("summary") or ()]
    return {
        "output": "".join(part["text"] for part in contents if part["type"] == "output_text"),
        "refusal": "".join(part["refusal"] for part in contents if part["type"] == "refusal"),
        "reasoning": "\n\n".join(part["text"] for part in summaries if part["text"]),
    }


def _choice(body: dict[str, Any]) -> dict[str, str]:
    message = body["choices"][0]["message"]
    content, thinking = message["content"] or "", ""
    if isinstance(content, list):
        thinking = "".join(
            piece["text"] for part in content for piece in part.get("thinking") or ()
        )
        content = "".join(part.get("text", "") for part in content)
    return {
        "output": content,
        "refusal": message.get("refusal") or "",
        "reasoning": message.get("reasoning_content") or message.get("reasoning") or thinking,
    }


def _blocks(body: dict[str, Any]) -> dict[str, str]:
    blocks = body["content"]
    return {
        "output": "".join(block["text"] for block in blocks if block["type"] == "text"),
        "refusal": "",
        "reasoning": "\n\n".join(block["thinking"] for block in blocks if block.get("thinking")),
    }


def shown(snapshot: Snapshot) -> dict[str, str]:
    return {
        "output": snapshot.output_text,
        "refusal": snapshot.refusal_text,
        "reasoning": snapshot.reasoning_text,
    }


@pytest.mark.parametrize("name", BODIES)
def test_a_body_gives_the_texts_that_stand_in_it(name: str) -> None:
    texts = said(name)
    if texts["output"].startswith("<think>"):  # both recorded ones stop before the closing tag
        texts = {**texts, "reasoning": texts["output"].removeprefix("<think>"), "output": ""}
    assert shown(fold(events_of(name))) == texts


@pytest.mark.parametrize("name", BODIES)
def test_a_body_names_its_response_and_its_model(name: str) -> None:
    events, body = events_of(name), json.loads(recorded(name))
    assert events[0] == ResponseStarted(body["id"], body["model"])
    assert isinstance(events[-1], ResponseFinished)


@pytest.mark.parametrize("name", BODIES)
def test_a_body_reports_its_usage_once(name: str) -> None:
    usage, raw = fold(events_of(name)).usage, json.loads(recorded(name))["usage"]
    assert usage is not None
    total = raw.get("total_tokens")
    assert usage.total_tokens == total
    if total is not None:
        assert (usage.input_tokens or 0) + (usage.output_tokens or 0) == total


def test_reasoning_that_is_counted_beside_the_output_is_put_into_it() -> None:
    usage = fold(events_of("xai__chat__batch-reasoning-content.json")).usage
    assert usage is not None
    assert (usage.output_tokens, usage.reasoning_tokens) == (15 + 110, 110)


@pytest.mark.parametrize(
    ("name", "finish"),
    [
        ("deepseek__chat__batch-reasoning-content.json", ("stop", "stop", False)),
        ("openai__chat__batch-refusal.json", ("content_filter", "stop", False)),
        ("together__chat__batch-think-tags.json", ("length", "length", True)),
        ("openai__responses__batch-incomplete.json", ("length", "max_output_tokens", True)),
        ("openai__responses__batch-refusal.json", ("content_filter", "completed", False)),
        ("openai__responses__batch-reasoning-hidden.json", ("stop", "completed", False)),
        ("vllm__responses__batch-think-tags.json", ("stop", "completed", False)),
        ("anthropic__messages__batch-max-tokens.json", ("length", "max_tokens", True)),
    ],
)
def test_a_body_says_how_it_ended(name: str, finish: tuple[str, str, bool]) -> None:
    end = fold(events_of(name)).finish
    assert end is not None
    assert (end.finish_reason, end.raw_finish_reason, end.incomplete) == finish


def test_reasoning_in_a_body_is_seen_although_it_has_no_words() -> None:
    snapshot = fold(events_of("openai__responses__batch-reasoning-hidden.json"))
    assert (snapshot.reasoned, snapshot.reasoning_text) == (True, "")
