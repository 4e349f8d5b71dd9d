from __future__ import annotations

import pytest

from stream_widget.events import OutputTextDelta, ReasoningTextDelta, RefusalDelta, ToolCallDelta
from stream_widget.request import Request
from stream_widget.run import Snapshot
from stream_widget.run.estimate import estimate_usage


def test_nothing_received_is_not_guessed_to_be_zero() -> None:
    assert estimate_usage(Request("Why?"), Snapshot(), chars_per_token=4.0) is None


@pytest.mark.parametrize(("chars_per_token", "expected"), [(4.0, 3), (2.0, 5), (10.0, 1)])
def test_tokens_are_characters_over_characters_per_token_rounded_up(
    chars_per_token: float, expected: int
) -> None:
    snapshot = Snapshot()
    snapshot.apply(OutputTextDelta(0, "0123456789"), at_s=0)
    usage = estimate_usage(Request("Why?"), snapshot, chars_per_token=chars_per_token)
    assert usage is not None
    assert usage.output_tokens == expected


@pytest.mark.parametrize("delta", [OutputTextDelta, RefusalDelta, ToolCallDelta])
def test_words_of_any_kind_count_as_output(delta: type) -> None:
    snapshot = Snapshot()
    snapshot.apply(delta(0, "12345678"), at_s=0)
    usage = estimate_usage(Request("Why?"), snapshot, chars_per_token=4.0)
    assert usage is not None
    assert (usage.output_tokens, usage.reasoning_tokens) == (2, None)


def test_reasoning_counts_in_the_output_and_by_itself() -> None:
    snapshot = Snapshot()
    snapshot.apply(ReasoningTextDelta(0, "12345678"), at_s=0)
    snapshot.apply(OutputTextDelta(1, "1234"), at_s=0)
    request = Request("12345678", instructions="1234")
    usage = estimate_usage(request, snapshot, chars_per_token=4.0)
    assert usage is not None
    assert (usage.input_tokens, usage.output_tokens, usage.reasoning_tokens) == (3, 3, 2)
    assert usage.total_tokens == 6
