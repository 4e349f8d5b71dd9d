"""Every attempt is a row, and each row says where its numbers come from."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

import stream_widget as sw
from compose.asked import SCRIPT, WAIT_S, scenario, wait_until
from stream_widget.scripted import Cut, Gate, HttpError, Scenario, ScriptedServer

if TYPE_CHECKING:
    import pandas as pd


Ask = "Callable[..., StreamWidget]"
MINI = (0.25, 2.00)
NANO = (0.05, 0.40)
"""Dollars for a million tokens, in and out."""


def dollars(row: pd.Series, prices: tuple[float, float]) -> float:
    into, out = prices
    return (row["input_tokens"] * into + row["output_tokens"] * out) / 1e6


def test_a_retried_call_has_a_row_that_cost_nothing_known_beside_the_one_that_was_billed(
    ask: Ask, server: ScriptedServer
) -> None:
    server.play("gpt-5-mini", [scenario(HttpError(503, headers={"retry-after": "0"})), scenario()])
    w = ask(retries=1).wait(WAIT_S)
    first, second = (row for _, row in w.calls.iterrows())
    assert (first["state"], first["error_kind"]) == ("failed", "overloaded")
    assert first[["usage_source", "price_source", "input_tokens", "output_tokens"]].isna().all()
    assert math.isnan(first["cost_usd"])
    assert (second["state"], second["usage_source"]) == ("completed", "reported")
    assert second["price_source"].startswith("genai-prices ")
    assert second["cost_usd"] == pytest.approx(dollars(second, MINI), abs=1e-12)
    assert w.cost_usd == second["cost_usd"]


def test_a_fallback_is_billed_at_its_own_prices(ask: Ask, server: ScriptedServer) -> None:
    server.play("gpt-5-mini", scenario(HttpError(503)))
    w = ask(fallback=["openai:gpt-5-nano"]).wait(WAIT_S)
    rows = w.calls
    assert list(rows["request_model"]) == ["gpt-5-mini", "gpt-5-nano"]
    assert list(rows["attempt"]) == [1, 2]
    assert rows["run_id"].nunique() == 1
    assert rows["call_id"].nunique() == 2
    last = rows.iloc[1]
    assert last["cost_usd"] == pytest.approx(dollars(last, NANO), abs=1e-12)


def test_a_cancelled_call_has_an_estimate_that_says_so(ask: Ask, server: ScriptedServer) -> None:
    gate = Gate()
    server.play("gpt-5-mini", scenario(gates={"answer": gate}))
    w = ask()
    wait_until(w, lambda: w.reasoning_text)
    w.cancel()
    w.wait(WAIT_S)
    gate.open()
    row = w.calls.iloc[0]
    assert (row["state"], row["usage_source"]) == ("cancelled", "estimated")
    assert row["price_source"].startswith("genai-prices ")
    assert row["cost_usd"] == pytest.approx(dollars(row, MINI), abs=1e-12)


@pytest.mark.parametrize("wire", ["responses", "chat", "messages"])
def test_a_call_that_breaks_off_has_an_estimate_that_says_so(
    ask: Ask, server: ScriptedServer, wire: str
) -> None:
    server.play("gpt-5-mini", scenario(Cut(at="answer")))
    row = ask(api=wire).wait(WAIT_S).calls.iloc[0]
    assert (row["state"], row["error_kind"]) == ("failed", "interrupted")
    assert row["usage_source"] == "estimated"


def test_a_call_cancelled_before_it_was_answered_has_no_numbers_at_all(
    ask: Ask, server: ScriptedServer
) -> None:
    gate = Gate()
    server.play("gpt-5-mini", scenario(gates={"start": gate}))
    w = ask()
    wait_until(w, lambda: len(sw.log.to_frame(run_id=w.run_id)))
    w.cancel()
    w.wait(WAIT_S)
    gate.open()
    row = w.calls.iloc[0]
    assert row["state"] == "cancelled"
    assert row[["usage_source", "price_source", "output_tokens"]].isna().all()


@pytest.mark.parametrize("wire", ["responses", "chat", "messages"])
def test_what_a_cache_gave_is_part_of_the_input_on_every_wire(
    ask: Ask, server: ScriptedServer, wire: str
) -> None:
    server.play("gpt-5-mini", Scenario(replace(SCRIPT, cached_input_tokens=3)))
    cached = ask(api=wire).wait(WAIT_S).calls.iloc[0]
    server.play("gpt-5-mini", scenario())
    plain = ask(api=wire).wait(WAIT_S).calls.iloc[0]
    assert (cached["cached_input_tokens"], plain["cached_input_tokens"]) == (3, 0)
    assert cached["input_tokens"] == plain["input_tokens"]
    saved = 3 * (0.25 - 0.025) / 1e6
    assert plain["cost_usd"] - cached["cost_usd"] == pytest.approx(saved, abs=1e-12)
