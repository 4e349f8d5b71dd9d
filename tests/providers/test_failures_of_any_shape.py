"""Whatever a provider or a proxy sends with an error, the result is an error of ours."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings, strategies as st

from stream_widget.providers.failures import failure_in_stream, http_failure

if TYPE_CHECKING:
    from stream_widget.errors import ProviderError

TARGET = "openai:gpt-5-mini"


def refused(status: int, body: object, headers: dict[str, str] | None = None) -> ProviderError:
    return http_failure(
        target=TARGET,
        status=status,
        headers=headers or {},
        body=body if isinstance(body, str) else json.dumps(body),
        key_place="OPENAI_API_KEY",
    )


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["1m2.5s", "retry in 3s", "api key", "<html>", "429"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["error", "errors", "detail", "message", "msg", "code", "type", "param",
                         "status", "status_code", "metadata", "raw", "headers", "loc", "x"]),
        inner, max_size=6,
    ),
    max_leaves=20,
)  # fmt: skip
_NAMES = st.sampled_from(["retry-after", "Retry-After-Ms", "x-should-retry", "date",
                          "x-ratelimit-reset-tokens", "x-ratelimit-remaining-tokens",
                          "anthropic-ratelimit-tokens-reset", "x-ratelimit-reset"])  # fmt: skip
_HEADERS = st.dictionaries(
    _NAMES,
    st.text(max_size=30)
    | st.from_regex(r"[0-9.]{1,20}(s|ms|m|h)?")
    | st.sampled_from(["Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 99999999 07:28:00 GMT",
                       "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "inf", "-1"]),
    max_size=4,
)  # fmt: skip


@given(status=st.integers(400, 599), body=_VALUES | st.text(max_size=200), headers=_HEADERS)
@settings(max_examples=200)
def test_whatever_comes_becomes_an_error_that_can_be_shown(
    status: int, body: object, headers: dict[str, str]
) -> None:
    error = refused(status, body, headers)
    assert str(error).encode()
    assert len(str(error)) < 700
    assert error.retry_after_s is None or 0 <= error.retry_after_s < float("inf")
    assert str(failure_in_stream(body, target=TARGET)).encode()


def test_an_error_nested_without_end_is_an_error() -> None:
    assert refused(500, '{"error":' * 5000 + "1" + "}" * 5000).kind == "server"
    deep: object = "x"
    for _ in range(500):
        deep = {"error": deep, "message": [deep]}
    assert failure_in_stream(deep, target=TARGET).kind == "server"


@pytest.mark.parametrize("name", ["message", "detail", "error"])
def test_an_explanation_nested_without_end_is_an_error(name: str) -> None:
    deep: object = "x"
    for _ in range(50_000):
        deep = {name: deep}
    assert failure_in_stream(deep, target=TARGET).kind == "server"


def test_an_explanation_within_an_explanation_is_read() -> None:
    told = {"message": {"message": {"detail": "Too long."}}}
    assert "Too long." in str(failure_in_stream(told, target=TARGET))


def test_a_large_page_is_read_in_no_time() -> None:
    assert refused(500, "<p>" + "<!--<script>< " * 50_000).kind == "server"
