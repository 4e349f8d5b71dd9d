from __future__ import annotations

import pytest

from stream_widget.events import Usage, UsageReported
from stream_widget.providers.anthropic_messages import MessagesDecoder

STOP = {"type": "message_stop"}
HI = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi"}}


def change(**usage: object) -> dict[str, object]:
    return {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": usage}


def usage_of(*frames: dict[str, object]) -> list[Usage]:
    decoder = MessagesDecoder(target="anthropic:claude-sonnet-5")
    events = [event for frame in frames for event in decoder.feed(frame)]
    events += decoder.end()
    return [event.usage for event in events if isinstance(event, UsageReported)]


def started(**usage: object) -> dict[str, object]:
    return {"type": "message_start", "message": {"usage": usage}}


def test_the_input_includes_what_a_cache_gave_and_took() -> None:
    first = started(
        input_tokens=4, cache_read_input_tokens=100, cache_creation_input_tokens=20, output_tokens=1
    )
    assert usage_of(first, change(output_tokens=9), STOP) == [Usage(124, 100, 20, 9)]


def test_the_end_overrides_the_start() -> None:
    first = started(input_tokens=1128, cache_read_input_tokens=500, output_tokens=2)
    last = change(
        input_tokens=2411,
        cache_read_input_tokens=0,
        output_tokens=145,
        output_tokens_details={"thinking_tokens": 47},
    )
    assert usage_of(first, last, STOP) == [
        Usage(input_tokens=2411, cached_input_tokens=0, output_tokens=145, reasoning_tokens=47)
    ]


def test_an_input_of_nothing_at_the_end_is_none_said() -> None:
    zeros = change(input_tokens=0, cache_read_input_tokens=0, output_tokens=5)
    assert usage_of(started(input_tokens=7, output_tokens=1), zeros, STOP) == [
        Usage(input_tokens=7, output_tokens=5)
    ]


@pytest.mark.parametrize("wrong", [None, "5", True, -1, 1.5, [5], {}])
def test_a_count_that_is_none_is_not_reported(wrong: object) -> None:
    assert usage_of(started(input_tokens=wrong, output_tokens=3), STOP) == [Usage(output_tokens=3)]
    assert usage_of({**change(), "usage": wrong}, STOP) == []


def test_a_response_that_breaks_off_has_a_usage_only_if_its_end_was_said() -> None:
    first = started(input_tokens=7, output_tokens=1)
    assert usage_of(first, HI) == []
    assert usage_of(first, HI, change(output_tokens=5)) == [Usage(input_tokens=7, output_tokens=5)]
    assert usage_of(first, {"type": "error"}) == [Usage(input_tokens=7, output_tokens=1)]
