from __future__ import annotations

import math

import pytest

from stream_widget.events import (
    OutputTextDelta,
    ReasoningTextDelta,
    RefusalDelta,
    ToolCallDelta,
    Usage,
)
from stream_widget.request import Request, Target
from stream_widget.run import Snapshot
from stream_widget.run.estimate import Rates, estimate_rates, estimate_usage, fill_in
from stream_widget.run.watched import UnknownRequest


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


def test_an_unknown_prompt_has_no_count_and_makes_no_total() -> None:
    snapshot = Snapshot()
    snapshot.apply(OutputTextDelta(0, "x" * 40), at_s=0.0)
    usage = estimate_usage(Request("ignored"), snapshot, chars_per_token=4.0)
    assert usage is not None
    assert usage.total_tokens is not None
    unknown = estimate_usage(UnknownRequest(), snapshot, chars_per_token=4.0)
    assert unknown is not None
    assert (unknown.input_tokens, unknown.output_tokens, unknown.total_tokens) == (None, 10, None)


def test_what_was_reported_before_a_stream_broke_off_is_filled_in() -> None:
    reported = Usage(input_tokens=100, cached_input_tokens=40, output_tokens=1, total_tokens=101)
    estimated = Usage(input_tokens=7, output_tokens=50, reasoning_tokens=20, total_tokens=57)
    assert fill_in(reported, estimated) == Usage(
        input_tokens=100,
        cached_input_tokens=40,
        output_tokens=50,
        reasoning_tokens=20,
        total_tokens=150,
    )


def test_rates_are_of_the_prompt_and_of_each_token_that_comes() -> None:
    def price(_target: Target, usage: Usage) -> tuple[float, str | None]:
        return (usage.input_tokens or 0) * 2.0 + (usage.output_tokens or 0) * 8.0, "a list"

    request = Request("12345678", instructions="1234")
    rates = estimate_rates(request, Target("a", "b"), price=price, chars_per_token=4.0)
    assert rates == Rates(prompt_usd=6.0, output_token_usd=8.0)


def test_there_are_no_rates_without_a_price() -> None:
    def price(_target: Target, _usage: Usage) -> tuple[float, str | None]:
        return math.nan, None

    target = Target("a", "b")
    assert estimate_rates(Request("x"), target, price=price, chars_per_token=4.0) is None
