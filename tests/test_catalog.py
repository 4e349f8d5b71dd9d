from __future__ import annotations

import math
import re
import subprocess
import sys
from typing import get_args

import pytest

from stream_widget import catalog
from stream_widget.catalog import (
    Reasoning,
    capabilities,
    default_fallback,
    default_targets,
    find_target,
    keyless_target,
    price,
)
from stream_widget.errors import InvalidRequestError, UnknownModelError
from stream_widget.events import Usage
from stream_widget.request import Effort, Request, Summary, Target, Verbosity

PROVIDERS = (
    "openai",
    "xai",
    "groq",
    "anthropic",
    "deepseek",
    "openrouter",
    "ollama",
    "llamacpp",
    "vllm",
    "lmstudio",
    "scripted",
)


def found(name: str) -> str:
    return str(find_target(name, providers=PROVIDERS))


# Finding a target


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("openai:gpt-5-mini", Target("openai", "gpt-5-mini")),
        ("ollama:qwen3:8b", Target("ollama", "qwen3:8b")),
        ("openrouter:openai/gpt-5-mini:free", Target("openrouter", "openai/gpt-5-mini:free")),
        ("openai:ft:gpt-4o-mini:me::1", Target("openai", "ft:gpt-4o-mini:me::1")),
        ("openai:a-model-of-tomorrow", Target("openai", "a-model-of-tomorrow")),
        ("vllm:Qwen/Qwen3-1.7B", Target("vllm", "Qwen/Qwen3-1.7B")),
    ],
)
def test_a_named_provider_is_split_off_and_its_model_taken_as_it_stands(
    name: str, target: Target
) -> None:
    assert find_target(name, providers=PROVIDERS) == target


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("gpt-5-mini", "openai:gpt-5-mini"),
        (" GPT-5-mini ", "openai:gpt-5-mini"),
        ("gpt-5-mini-2025-08-07", "openai:gpt-5-mini-2025-08-07"),
        ("grok-4-fast", "xai:grok-4-fast"),
        ("grok-4-fast-non-reasoning", "xai:grok-4-fast-non-reasoning"),
        ("grok-4-latest", "xai:grok-4-latest"),
        ("claude-sonnet-4-5", "anthropic:claude-sonnet-4-5"),
        ("claude-sonnet-4-5-20250929", "anthropic:claude-sonnet-4-5-20250929"),
        ("claude-opus-4.5", "anthropic:claude-opus-4-5"),
        ("deepseek-reasoner", "deepseek:deepseek-reasoner"),
        ("openai/gpt-oss-120b", "groq:openai/gpt-oss-120b"),
        ("gpt-oss-120b", "groq:openai/gpt-oss-120b"),
        ("sky", "scripted:sky"),
    ],
)
def test_a_bare_name_finds_its_provider(name: str, target: str) -> None:
    assert found(name) == target


def test_the_scripted_provider_alone_names_its_own_script() -> None:
    assert found("scripted:") == "scripted:sky"


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("gpt5-mini", "openai:gpt-5-mini"),
        ("gpt-oss-120", "groq:openai/gpt-oss-120b"),
        ("claude-opus", "anthropic:claude-opus-5"),
        ("openai-gpt-5-mini", "openai:gpt-5-mini"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest_ones(name: str, nearest: str) -> None:
    with pytest.raises(UnknownModelError) as raised:
        found(name)
    assert raised.value.nearest[0] == nearest
    assert nearest in str(raised.value)


def test_only_models_of_providers_that_can_be_asked_are_offered() -> None:
    with pytest.raises(UnknownModelError) as raised:
        find_target("claude-opus-9", providers=["openai"])
    assert all(name.startswith("openai:") for name in raised.value.nearest)


def test_a_name_like_no_other_is_an_error_without_an_offer() -> None:
    with pytest.raises(UnknownModelError) as raised:
        found("zzzzzzzz")
    assert raised.value.nearest == ()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("opnai:gpt-5", "No provider named 'opnai' is known. Did you mean 'openai:gpt-5'?"),
        ("anthropics:claude-opus-5", "Did you mean 'anthropic:claude-opus-5'?"),
        ("OpenAI:gpt-5", "Did you mean 'openai:gpt-5'?"),
        ("zzz:gpt-5-mini", "Did you mean 'openai:gpt-5-mini'"),
        ("qwen3:8b", "as in 'ollama:qwen3:8b'"),
        ("openai:", "'openai:' names no model"),
        ("  ", "The model's name is empty"),
    ],
)
def test_a_name_that_cannot_be_sent_is_an_error_that_says_what_to_write(
    name: str, sentence: str
) -> None:
    with pytest.raises(InvalidRequestError, match=re.escape(sentence)):
        found(name)


def test_a_known_model_of_a_provider_that_cannot_be_asked_is_told_apart_from_an_unknown_one() -> (
    None
):
    with pytest.raises(InvalidRequestError, match="'claude-opus-5' is a model of anthropic"):
        find_target("claude-opus-5", providers=["openai", "scripted"])


# What models take


def test_gpt_5_takes_effort_summary_and_verbosity_which_are_always_sent() -> None:
    found = capabilities(Target("openai", "gpt-5-mini"))
    assert (found.takes_effort, found.takes_summary, found.takes_verbosity) == (True, True, True)
    assert (found.effort, found.summary, found.verbosity) == ("medium", "auto", "medium")
    assert found.efforts == ("minimal", "low", "medium", "high")
    assert not found.takes_temperature
    assert found.reasoning == "summary"


@pytest.mark.parametrize(
    ("target", "efforts"),
    [
        ("openai:gpt-5-pro", ("high",)),
        ("openai:gpt-5.1-2025-11-13", ("none", "low", "medium", "high")),
        ("openai:gpt-5.2", ("none", "low", "medium", "high", "xhigh")),
        ("openai:gpt-4.1-mini", ()),
        ("openai:gpt-5-chat-latest", ()),
        ("xai:grok-4", ()),
        ("xai:grok-4-fast-reasoning", ()),
        ("xai:grok-3-mini", ("low", "high")),
        ("xai:grok-4.3", ("none", "low", "medium", "high")),
        ("groq:openai/gpt-oss-20b", ("low", "medium", "high")),
        ("anthropic:claude-sonnet-4-5", ()),
        ("anthropic:claude-opus-4-6", ("low", "medium", "high", "max")),
        ("openai:gpt-9", None),
        ("openrouter:openai/gpt-5-mini", None),
    ],
)
def test_a_model_takes_the_efforts_known_of_it(
    target: str, efforts: tuple[str, ...] | None
) -> None:
    provider, _, model = target.partition(":")
    found = capabilities(Target(provider, model))
    assert found.efforts == efforts
    assert found.takes_effort == (efforts is None or bool(efforts))


@pytest.mark.parametrize(
    ("target", "like"),
    [
        ("openai:gpt-5-mini-2025-08-07", "openai:gpt-5-mini"),
        ("openai:gpt-5.5-2026-04-23", "openai:gpt-5.5"),
        ("openai:gpt-5.5-turbo", "openai:gpt-5.5"),
        ("openai:gpt-6.2-sol", "openai:gpt-6-sol"),
        ("openai:gpt-4-0613", "openai:gpt-4o"),
        ("openai:o5-mini", "openai:o4-mini"),
        ("anthropic:claude-3-opus-20240229", "anthropic:claude-3-5-haiku"),
        ("anthropic:claude-3-5-sonnet-20241022", "anthropic:claude-3-5-haiku"),
        ("anthropic:claude-3-7-sonnet-20250219", "anthropic:claude-sonnet-4-5"),
        ("anthropic:claude-sonnet-5-9", "anthropic:claude-sonnet-5"),
    ],
)
def test_a_dated_or_later_model_is_like_its_family(target: str, like: str) -> None:
    assert capabilities(Target(*target.split(":"))) == capabilities(Target(*like.split(":")))


@pytest.mark.parametrize("target", ["openai:davinci-3", "vllm:any", "unheard-of:any", "xai:new"])
def test_an_unknown_model_may_be_sent_anything_and_is_sent_nothing_unasked(target: str) -> None:
    found = capabilities(Target(*target.split(":")))
    assert found.takes_effort
    assert found.takes_summary
    assert found.takes_verbosity
    assert found.takes_temperature
    assert (found.effort, found.summary, found.verbosity) == (None, None, None)
    assert found.reasoning == "unknown"


def every_model() -> list[Target]:
    return [
        Target(provider, model)
        for provider, facts in catalog._data()["providers"].items()
        for model in facts.get("models", {})
    ]


def test_the_data_uses_only_words_a_request_takes() -> None:
    for target in every_model():
        found = capabilities(target)
        Request("Hi", effort=found.effort, summary=found.summary, verbosity=found.verbosity)
        assert set(found.efforts or ()) <= set(get_args(Effort))
        assert found.reasoning in get_args(Reasoning)
        assert found.summary in {None, *get_args(Summary)}
        assert found.verbosity in {None, *get_args(Verbosity)}


def test_what_is_sent_unasked_is_something_the_model_takes() -> None:
    for target in every_model():
        found = capabilities(target)
        assert found.effort is None or found.efforts is None or found.effort in found.efforts
        assert found.effort is None or found.takes_effort
        assert found.summary is None or found.takes_summary
        assert found.verbosity is None or found.takes_verbosity


def test_what_a_model_is_known_to_take_is_always_sent() -> None:
    for target in every_model():
        found = capabilities(target)
        if target.provider == "anthropic":  # where older models only think when they are asked to
            continue
        assert found.effort or set(found.efforts or ()) <= {"none"}
        assert found.summary or not found.takes_summary
        assert found.verbosity or not found.takes_verbosity


def test_every_name_in_the_data_leads_somewhere_and_no_model_has_two_providers() -> None:
    data = catalog._data()
    models = [target.model for target in every_model()]
    assert len(models) == len(set(models))
    assert set(data["providers"]) == set(PROVIDERS)
    profiles = {
        profile
        for facts in data["providers"].values()
        for profile in [
            facts.get("profile"),
            *facts.get("models", {}).values(),
            *(profile for _, profile in facts.get("families", [])),
        ]
    }
    assert profiles == set(data["profiles"])
    named = [
        *data["aliases"].values(),
        *data["fallbacks"],
        *(name for names in data["fallbacks"].values() for name in names),
        *data["defaults"]["targets"],
        data["defaults"]["without_key"],
    ]
    assert {str(target) for target in every_model()} >= set(named)
    assert not set(data["aliases"]) & set(models)


# Fallbacks and defaults


def test_gpt_5_mini_falls_back_to_nano_and_nano_to_nothing() -> None:
    nano = (Target("openai", "gpt-5-nano"),)
    assert default_fallback(Target("openai", "gpt-5-mini")) == nano
    assert default_fallback(Target("openai", "gpt-5-mini-2025-08-07")) == nano
    assert default_fallback(nano[0]) == ()


def test_without_a_model_mini_is_asked_and_then_nano() -> None:
    assert list(map(str, default_targets())) == ["openai:gpt-5-mini", "openai:gpt-5-nano"]
    assert str(keyless_target()) == "scripted:sky"


# Prices


MINI = Target("openai", "gpt-5-mini")


def test_cached_tokens_are_paid_once_and_at_their_own_price() -> None:
    # Per million: 0.25 input, 0.025 cached, 2.00 output; reasoning is inside the output.
    usage = Usage(
        input_tokens=1000, cached_input_tokens=400, output_tokens=500, reasoning_tokens=300
    )
    dollars, source = price(MINI, usage)
    assert dollars == pytest.approx((600 * 0.25 + 400 * 0.025 + 500 * 2.00) / 1e6, abs=1e-12)
    assert source is not None
    assert re.fullmatch(r"genai-prices \d+\.\d+.*", source)


def test_tokens_written_to_a_cache_have_their_own_price_too() -> None:
    # Per million: 3 input, 0.30 read, 3.75 written, 15 output; both are inside the input.
    usage = Usage(
        input_tokens=1000, cached_input_tokens=300, cache_write_tokens=200, output_tokens=100
    )
    dollars, _ = price(Target("anthropic", "claude-sonnet-4-5"), usage)
    expected = (500 * 3 + 300 * 0.30 + 200 * 3.75 + 100 * 15) / 1e6
    assert dollars == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("target", "dollars"),
    [
        ("openai:gpt-5-mini-2025-08-07", 2.25),
        ("openai:gpt-5-nano", 0.45),
        ("xai:grok-4.3", 3.75),
        ("groq:openai/gpt-oss-120b", 0.75),
    ],
)
def test_a_million_tokens_each_way_cost_what_is_published(target: str, dollars: float) -> None:
    provider, _, model = target.partition(":")
    # Large prompts have a higher tier at some providers, so a thousandth of it is asked for.
    found, _ = price(Target(provider, model), Usage(input_tokens=1000, output_tokens=1000))
    assert found * 1000 == pytest.approx(dollars)


@pytest.mark.parametrize(
    ("target", "usage"),
    [
        (Target("openai", "no-such-model"), Usage(input_tokens=1, output_tokens=1)),
        (Target("ollama", "qwen3:8b"), Usage(input_tokens=1, output_tokens=1)),
        (Target("scripted", "sky"), Usage(input_tokens=1, output_tokens=1)),
        (Target("unheard-of", "any"), Usage(input_tokens=1, output_tokens=1)),
        (MINI, Usage()),
        (MINI, Usage(input_tokens=1)),
        (MINI, Usage(output_tokens=1)),
        (MINI, Usage(input_tokens=1, output_tokens=-1)),
        (MINI, Usage(input_tokens=1, cached_input_tokens=2, output_tokens=1)),
    ],
)
def test_what_cannot_be_priced_costs_nan_and_raises_nothing(target: Target, usage: Usage) -> None:
    dollars, source = price(target, usage)
    assert math.isnan(dollars)
    assert source is None


def test_prices_are_loaded_only_when_asked_for_or_warmed() -> None:
    code = """
import sys
from stream_widget import catalog
catalog.find_target("gpt-5-mini", providers=["openai"])
assert "genai_prices" not in sys.modules
catalog.warm()
assert "genai_prices.data" in sys.modules
"""
    command = [sys.executable, "-W", "error", "-c", code]
    subprocess.run(command, check=True, timeout=60)
