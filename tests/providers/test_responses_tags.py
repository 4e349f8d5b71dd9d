"""Tags in the text of the Responses wire: vLLM without a reasoning parser leaves them there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from providers.recordings import TARGET, decode, fold
from stream_widget.events import (
    OutputTextDelta,
    PartFinished,
    ReasoningFinished,
    ReasoningStarted,
    ReasoningTextDelta,
    ResponseFinished,
)
from stream_widget.providers.openai_responses import ResponsesDecoder

if TYPE_CHECKING:
    from stream_widget.run import Snapshot

COMPLETED = {"type": "response.completed", "response": {"status": "completed"}}


def delta(text: str, place: int = 0) -> dict[str, object]:
    return {"type": "response.output_text.delta", "delta": text, "output_index": place}


def done(text: str, place: int = 0) -> dict[str, object]:
    return {"type": "response.output_text.done", "text": text, "output_index": place}


def texts(snapshot: Snapshot) -> tuple[str, str]:
    return snapshot.reasoning_text, snapshot.output_text


def test_reasoning_in_tags_is_a_part_of_its_own() -> None:
    events = decode(delta("<thi"), delta("nk>hm</think>"), delta("yes"), done(""), COMPLETED)
    assert events[:-1] == [
        ReasoningStarted(),
        ReasoningTextDelta(1, "hm"),
        PartFinished(1),
        ReasoningFinished(),
        OutputTextDelta(0, "yes"),
        PartFinished(0),
        *events[-2:-1],
    ]
    assert events[-1] == ResponseFinished("stop", "completed")


def test_tags_in_a_later_text_are_what_it_is_about() -> None:
    events = decode(delta("Hi. "), done(""), delta("<think>hm</think>", 1), COMPLETED)
    assert texts(fold(events)) == ("", "Hi. <think>hm</think>")


@pytest.mark.parametrize("last", [[], [done("<think>hm")], [COMPLETED], [{"type": "error"}]])
def test_a_tag_that_is_never_closed_is_reasoning(last: list[dict[str, object]]) -> None:
    assert texts(fold(decode(delta("<think>hm"), *last))) == ("hm", "")


@pytest.mark.parametrize("last", [[], [done("\n<thi")], [COMPLETED], [{"type": "error"}]])
def test_what_waited_to_be_a_tag_is_shown_at_the_end(last: list[dict[str, object]]) -> None:
    assert texts(fold(decode(delta("\n<thi"), *last))) == ("", "\n<thi")


def test_a_text_that_comes_only_at_the_end_is_split_too() -> None:
    assert texts(fold(decode(done("<think>hm</think>yes")))) == ("hm", "yes")
    content = [{"type": "output_text", "text": "<think>hm</think>yes"}]
    body = {"status": "completed", "output": [{"type": "message", "content": content}]}
    assert texts(fold(ResponsesDecoder(target=TARGET).feed_body(body))) == ("hm", "yes")


def test_reasoning_in_tags_ends_with_the_response_where_nothing_else_ends_it() -> None:
    events = decode(delta("<think>hm"), COMPLETED)
    assert [PartFinished(1), ReasoningFinished()] == events[-3:-1]
    assert events[-1] == ResponseFinished("stop", "completed")
