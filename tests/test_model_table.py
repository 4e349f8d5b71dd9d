from __future__ import annotations

import math

import pandas as pd
import pytest

import stream_widget as sw
from stream_widget.catalog import known_targets


def test_every_known_model_is_a_row_with_what_it_takes_and_costs() -> None:
    frame = sw.models()
    assert list(frame["target"]) == [str(target) for target in known_targets()]
    mini = frame.set_index("target").loc["openai:gpt-5-mini"]
    assert mini["api"] == "responses"
    assert mini["efforts"] == ["minimal", "low", "medium", "high"]
    assert mini["summary"]
    assert mini["verbosity"]
    assert not mini["temperature"]
    assert mini["fallback"] == "openai:gpt-5-nano"
    assert mini["key_variable"] == "OPENAI_API_KEY"
    assert mini["price_source"].startswith("genai-prices")
    cached, uncached = mini["cached_input_usd_per_mtok"], mini["input_usd_per_mtok"]
    assert 0 < cached < uncached < mini["output_usd_per_mtok"] < 100


def test_a_model_without_a_price_has_none_and_not_zero() -> None:
    sky = sw.models("scripted").iloc[0]
    assert math.isnan(sky["input_usd_per_mtok"])
    assert sky["price_source"] is pd.NA
    assert sky["has_key"]


def test_one_provider_alone_and_an_unknown_one() -> None:
    assert set(sw.models("xai")["provider"]) == {"xai"}
    with pytest.raises(ValueError, match=r"No provider named 'opnai'.*openai"):
        sw.models("opnai")


def test_it_can_be_asked_twice() -> None:
    assert sw.models().equals(sw.models())


def test_keys_are_looked_for_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "gsk_planted")
    monkeypatch.delenv("XAI_API_KEY", raising=False)
    frame = sw.models()
    assert frame.loc[frame["provider"] == "groq", "has_key"].all()
    assert not frame.loc[frame["provider"] == "xai", "has_key"].any()
    assert "planted" not in frame.to_csv()
