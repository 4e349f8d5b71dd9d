from __future__ import annotations

import random
from typing import get_args

import pytest

from run.played import GROK, MINI, NANO, failure
from stream_widget.errors import ErrorKind, SourceFailedError
from stream_widget.run import RetryPolicy
from stream_widget.run.retry import falls_back

RETRIED = {
    "rate_limit",
    "overloaded",
    "server",
    "connection",
    "timeout",
    "interrupted",
    "malformed",
}
KINDS = get_args(ErrorKind)
BUG = SourceFailedError(target=str(MINI), cause=ZeroDivisionError("division by zero"))


class LeastJitter(random.Random):
    def random(self) -> float:
        return 0.0


def wait_s(
    kind: ErrorKind, *, retried: int = 0, retry_after_s: float | None = None, **policy: float
) -> float | None:
    error = failure(kind, retry_after_s=retry_after_s)
    return RetryPolicy(**policy).wait_s(error, retried=retried, random=LeastJitter())


@pytest.mark.parametrize("kind", KINDS)
def test_what_may_pass_by_itself_is_tried_again_and_nothing_else(kind: ErrorKind) -> None:
    assert (wait_s(kind) is not None) == (kind in RETRIED)


def test_a_fault_of_the_sources_own_code_is_not_tried_again() -> None:
    assert BUG.kind in RETRIED
    assert RetryPolicy().wait_s(BUG, retried=0, random=LeastJitter()) is None


@pytest.mark.parametrize(("retries", "retried"), [(0, 0), (1, 1), (2, 2), (2, 5)])
def test_retries_come_to_an_end(retries: int, retried: int) -> None:
    assert wait_s("server", retried=retried, retries=retries) is None


def test_waits_double_up_to_the_longest() -> None:
    waits = [wait_s("server", retried=retried, retries=10) for retried in range(7)]
    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]


def test_jitter_takes_off_a_quarter_at_most() -> None:
    policy, chance = RetryPolicy(), random.Random(1)  # noqa: S311 - jitter
    waits = [
        policy.wait_s(failure(retry_after_s=None), retried=0, random=chance) for _ in range(99)
    ]
    assert 0.375 <= min(waits) < 0.4
    assert 0.47 < max(waits) <= 0.5


@pytest.mark.parametrize("asked_s", [0.0, 0.25, 60.0])
def test_the_providers_own_wait_is_honoured_to_the_letter(asked_s: float) -> None:
    assert wait_s("rate_limit", retry_after_s=asked_s) == asked_s


@pytest.mark.parametrize("asked_s", [60.1, 3600.0, float("inf")])
def test_a_provider_that_asks_for_too_long_a_wait_is_not_asked_again(asked_s: float) -> None:
    assert wait_s("rate_limit", retry_after_s=asked_s) is None


def test_an_empty_account_is_not_asked_again_even_if_a_wait_is_named() -> None:
    assert wait_s("quota", retry_after_s=0.0) is None


@pytest.mark.parametrize("kind", KINDS)
def test_another_provider_is_asked_after_all_but_a_bad_request(kind: ErrorKind) -> None:
    assert falls_back(failure(kind), current=MINI, following=GROK) == (kind != "bad_request")


@pytest.mark.parametrize("kind", KINDS)
def test_another_model_of_the_provider_is_not_asked_with_the_same_wrong_key(
    kind: ErrorKind,
) -> None:
    expected = kind not in {"bad_request", "authentication"}
    assert falls_back(failure(kind), current=MINI, following=NANO) == expected


def test_no_other_target_is_asked_after_a_fault_of_the_sources_own_code() -> None:
    assert not falls_back(BUG, current=MINI, following=GROK)
