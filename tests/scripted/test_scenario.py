"""Scenarios and exchanges refuse what makes no sense."""

from __future__ import annotations

import pytest

from stream_widget.scripted import (
    ErrorEvent,
    Exchange,
    Fault,
    KeepAlive,
    Scenario,
    Script,
    UnsupportedParameter,
    UnverifiedOrganization,
)
from stream_widget.scripted.scenario import Overrides


@pytest.mark.parametrize("name", ["tokens_per_s", "reasoning_tokens_per_s"])
@pytest.mark.parametrize("rate", [0, -1, float("nan")])
def test_a_rate_is_above_zero(name: str, rate: float) -> None:
    with pytest.raises(ValueError, match=f"^{name} must be above 0"):
        Scenario(Script(), **{name: rate})


def test_a_delay_is_not_below_zero() -> None:
    with pytest.raises(ValueError, match="start_delay_s"):
        Scenario(Script(), start_delay_s=-1)


@pytest.mark.parametrize(
    "fault",
    [ErrorEvent(), KeepAlive(1), UnverifiedOrganization(), UnsupportedParameter("effort")],
)
def test_a_fault_of_the_whole_response_cannot_happen_to_a_resumed_stream(fault: Fault) -> None:
    with pytest.raises(ValueError, match=f"{type(fault).__name__} cannot happen to a resumed"):
        Scenario(Script(), resume_faults=((), (fault,)))


def test_a_request_s_pace_is_also_that_of_the_reasoning() -> None:
    scenario = Scenario(Script(), tokens_per_s=10, reasoning_tokens_per_s=20)
    faster = scenario.with_overrides(Overrides(tokens_per_s=500))
    assert (faster.tokens_per_s, faster.reasoning_tokens_per_s) == (500, 500)
    assert scenario.with_overrides(Overrides()) == scenario


def test_waiting_for_an_exchange_that_goes_on_is_a_timeout() -> None:
    exchange = Exchange(method="POST", path="/v1/responses", body={}, header_names=frozenset())
    with pytest.raises(TimeoutError, match="still open"):
        exchange.wait_until_over(timeout_s=0)
    exchange.end("cut")
    exchange.end("finished")
    assert exchange.wait_until_over(timeout_s=0) == "cut"
