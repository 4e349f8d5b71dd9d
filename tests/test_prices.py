"""What calls cost, worked out by hand from the published prices, in millionths of a dollar.

A price per million tokens is that many millionths of a dollar a token, so each line is plain
multiplication: ``(92, 0.25)`` is 92 tokens at $0.25 a million, 23 millionths. The usages are as the
providers report them, each in its own way of counting.

Prices: developers.openai.com/api/docs/pricing, claude.com/pricing, docs.x.ai/docs/models,
console.groq.com/docs/models, api-docs.deepseek.com/quick_start/pricing, openrouter.ai/models, as
they stood in November 2026.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from stream_widget import catalog
from stream_widget.providers import openai_responses
from stream_widget.providers.chat_usage import chat_usage
from stream_widget.providers.messages_usage import MessageCounts
from stream_widget.request import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stream_widget.events import Usage

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
NIGHT = datetime(2026, 11, 30, 2, tzinfo=UTC)
"""DeepSeek asks twice as much from 1 to 4 and from 6 to 10 o'clock UTC."""


def of_responses(raw: Mapping[str, object]) -> Usage:
    return openai_responses._usage(raw)


def of_chat(raw: Mapping[str, object]) -> Usage:
    usage = chat_usage({"usage": raw}, {})
    assert usage is not None
    return usage


def of_groq(raw: Mapping[str, object]) -> Usage:
    usage = chat_usage({"x_groq": {"id": "req", "usage": raw}}, {})
    assert usage is not None
    return usage


def of_messages(raw: Mapping[str, object]) -> Usage:
    counts = MessageCounts()
    counts.take(raw)
    return counts.usage()


def responses(
    *, read: int, written: int, cached: int = 0, cache_write: int = 0, reasoned: int = 0
) -> dict[str, object]:
    """A Responses usage: what is cached is inside the input, what is reasoned inside the output."""
    return {
        "input_tokens": read,
        "input_tokens_details": {"cached_tokens": cached, "cache_write_tokens": cache_write},
        "output_tokens": written,
        "output_tokens_details": {"reasoning_tokens": reasoned},
        "total_tokens": read + written,
    }


def messages(*, fresh: int, written: int, cached: int = 0, cache_write: int = 0) -> dict[str, int]:
    """A Messages usage: its input counts only what no cache gave or took."""
    return {
        "input_tokens": fresh,
        "cache_read_input_tokens": cached,
        "cache_creation_input_tokens": cache_write,
        "output_tokens": written,
    }


@dataclass(frozen=True)
class Bill:
    """A usage as it was reported, and the bill for it."""

    target: str
    read: Callable[[Mapping[str, object]], Usage]
    raw: Mapping[str, object]
    lines: tuple[tuple[int, float], ...]
    """Tokens, and dollars for a million of them."""
    millionths: float
    """The sum of the lines."""
    at: datetime = NOON


BILLS = [
    # OpenAI
    Bill("openai:gpt-5-mini", of_responses, responses(read=92, written=456, reasoned=384),
         ((92, 0.25), (456, 2)), 935),
    Bill("openai:gpt-5-mini", of_responses, responses(read=33_000, cached=4_352, written=3_367),
         ((28_648, 0.25), (4_352, 0.025), (3_367, 2)), 14_004.8),
    Bill("openai:gpt-5-mini-2025-08-07", of_responses, responses(read=1_250, written=75),
         ((1_250, 0.25), (75, 2)), 462.5),
    Bill("openai:gpt-5-nano", of_responses, responses(read=20, written=32, reasoned=32),
         ((20, 0.05), (32, 0.40)), 13.8),
    Bill("openai:gpt-5", of_responses, responses(read=51_100, cached=49_792, written=2_505),
         ((1_308, 1.25), (49_792, 0.125), (2_505, 10)), 32_909),
    Bill("openai:gpt-5.4", of_responses, responses(read=100_000, written=1_000),
         ((100_000, 2.50), (1_000, 15)), 265_000),
    # Above 272,000 tokens of input the whole request is billed by the higher prices.
    Bill("openai:gpt-5.4", of_responses, responses(read=300_000, cached=100_000, written=2_000),
         ((200_000, 5), (100_000, 0.50), (2_000, 22.50)), 1_095_000),
    Bill("openai:gpt-5.6-terra", of_responses,
         responses(read=20_000, cached=8_000, cache_write=6_000, written=1_200, reasoned=900),
         ((6_000, 2), (8_000, 0.20), (6_000, 2.50), (1_200, 12)), 43_000),
    Bill("openai:o4-mini", of_responses, responses(read=63, written=151, reasoned=128),
         ((63, 1.10), (151, 4.40)), 733.7),
    # $10 and $40 until 2025-06-10.
    Bill("openai:o3", of_responses, responses(read=1_000, written=500, reasoned=320),
         ((1_000, 2), (500, 8)), 6_000),
    Bill("openai:gpt-4o-mini", of_chat,
         {"prompt_tokens": 12, "completion_tokens": 5, "total_tokens": 17},
         ((12, 0.15), (5, 0.60)), 4.8),
    Bill("openai:gpt-4.1", of_chat,
         {"prompt_tokens": 2_048, "completion_tokens": 300, "total_tokens": 2_348,
          "prompt_tokens_details": {"cached_tokens": 1_024}},
         ((1_024, 2), (1_024, 0.50), (300, 8)), 4_960),
    # Anthropic
    Bill("anthropic:claude-sonnet-4-5", of_messages, messages(fresh=43, written=282),
         ((43, 3), (282, 15)), 4_359),
    Bill("anthropic:claude-sonnet-4-5-20250929", of_messages,
         messages(fresh=4, cached=1_165, written=221),
         ((4, 3), (1_165, 0.30), (221, 15)), 3_676.5),
    Bill("anthropic:claude-haiku-4-5", of_messages,
         messages(fresh=120, cache_write=2_048, written=64),
         ((120, 1), (2_048, 1.25), (64, 5)), 3_000),
    Bill("anthropic:claude-opus-4-5", of_messages,
         messages(fresh=500, cached=10_000, cache_write=2_000, written=800),
         ((500, 5), (10_000, 0.50), (2_000, 6.25), (800, 25)), 40_000),
    # Above 200,000 tokens of input, cached ones included.
    Bill("anthropic:claude-sonnet-4-5", of_messages,
         messages(fresh=150_000, cached=60_000, written=1_000),
         ((150_000, 6), (60_000, 0.60), (1_000, 22.50)), 958_500),
    # Without that step since 2026-03-13.
    Bill("anthropic:claude-sonnet-4-6", of_messages, messages(fresh=210_000, written=1_000),
         ((210_000, 3), (1_000, 15)), 645_000),
    Bill("anthropic:claude-opus-5", of_messages,
         messages(fresh=412, written=140) | {"output_tokens_details": {"thinking_tokens": 41}},
         ((412, 5), (140, 25)), 5_560),
    # xAI: its chat counts the reasoning beside the output, its Responses inside.
    Bill("xai:grok-3-mini", of_chat,
         {"prompt_tokens": 331, "completion_tokens": 11, "total_tokens": 613,
          "prompt_tokens_details": {"cached_tokens": 330},
          "completion_tokens_details": {"reasoning_tokens": 271}},
         ((1, 0.30), (330, 0.075), (11 + 271, 0.50)), 166.05),
    Bill("xai:grok-4-fast-reasoning", of_chat,
         {"prompt_tokens": 1_000, "completion_tokens": 200, "total_tokens": 1_900,
          "completion_tokens_details": {"reasoning_tokens": 700}},
         ((1_000, 0.20), (200 + 700, 0.50)), 650),
    Bill("xai:grok-4.3", of_responses,
         responses(read=235, cached=128, written=1_703, reasoned=1_530),
         ((107, 1.25), (128, 0.20), (1_703, 2.50)), 4_416.85),
    Bill("xai:grok-4.3", of_responses, responses(read=220_000, cached=20_000, written=2_000),
         ((200_000, 2.50), (20_000, 0.40), (2_000, 5)), 518_000),
    # Groq
    Bill("groq:openai/gpt-oss-120b", of_groq,
         {"prompt_tokens": 573, "completion_tokens": 1_509, "total_tokens": 2_082,
          "queue_time": 0.05, "completion_time": 3.1},
         ((573, 0.15), (1_509, 0.60)), 991.35),
    Bill("groq:openai/gpt-oss-20b", of_chat,
         {"prompt_tokens": 1_000, "completion_tokens": 400, "total_tokens": 1_400,
          "prompt_tokens_details": {"cached_tokens": 600},
          "completion_tokens_details": {"reasoning_tokens": 250}},
         ((400, 0.075), (600, 0.0375), (400, 0.30)), 172.5),
    Bill("groq:llama-3.3-70b-versatile", of_groq,
         {"prompt_tokens": 69, "completion_tokens": 16, "total_tokens": 85},
         ((69, 0.59), (16, 0.79)), 53.35),
    Bill("groq:qwen/qwen3-32b", of_groq,
         {"prompt_tokens": 21, "completion_tokens": 988, "total_tokens": 1_009},
         ((21, 0.29), (988, 0.59)), 589.01),
    # DeepSeek
    Bill("deepseek:deepseek-v4-flash", of_chat,
         {"prompt_tokens": 5_129, "completion_tokens": 16, "total_tokens": 5_145,
          "prompt_cache_hit_tokens": 5_120, "prompt_cache_miss_tokens": 9,
          "completion_tokens_details": {"reasoning_tokens": 16}},
         ((9, 0.15), (5_120, 0.003), (16, 0.60)), 26.31),
    Bill("deepseek:deepseek-v4-flash", of_chat,
         {"prompt_tokens": 48, "completion_tokens": 4_833, "total_tokens": 4_881,
          "prompt_cache_hit_tokens": 0, "prompt_cache_miss_tokens": 48},
         ((48, 0.30), (4_833, 1.20)), 5_814, at=NIGHT),
    # OpenRouter
    Bill("openrouter:openai/gpt-5-mini", of_chat,
         {"prompt_tokens": 80, "completion_tokens": 1_128, "total_tokens": 1_208,
          "completion_tokens_details": {"reasoning_tokens": 701}},
         ((80, 0.25), (1_128, 2)), 2_276),
    Bill("openrouter:anthropic/claude-sonnet-4.6", of_chat,
         {"prompt_tokens": 3_000, "completion_tokens": 100, "total_tokens": 3_100,
          "prompt_tokens_details": {"cached_tokens": 1_000, "cache_write_tokens": 500}},
         ((1_500, 3), (1_000, 0.30), (500, 3.75), (100, 15)), 8_175),
]  # fmt: skip


def test_thirty_bills_were_worked_out_and_every_provider_with_prices_has_one() -> None:
    assert len(BILLS) >= 30
    priced = {name for name, facts in catalog._data()["providers"].items() if facts.get("prices")}
    assert {bill.target.partition(":")[0] for bill in BILLS} == priced


@pytest.mark.parametrize("bill", BILLS, ids=lambda bill: f"{bill.target} {bill.millionths:g}")
def test_a_call_costs_what_the_published_prices_say_to_the_millionth_of_a_dollar(
    bill: Bill,
) -> None:
    by_hand = math.fsum(tokens * dollars for tokens, dollars in bill.lines)
    assert by_hand == pytest.approx(bill.millionths, abs=1e-6)
    usage = bill.read(bill.raw)
    assert usage.input_tokens is not None
    assert usage.output_tokens is not None
    assert usage.input_tokens + usage.output_tokens == sum(tokens for tokens, _ in bill.lines)
    provider, _, model = bill.target.partition(":")
    dollars, source = catalog.price(Target(provider, model), usage, at=bill.at)
    assert dollars * 1e6 == pytest.approx(bill.millionths, abs=1e-6)
    assert source is not None


@pytest.mark.parametrize(
    "target", ["openai:no-such-model", "xai:grok-9000", "ollama:qwen3:8b", "scripted:sky"]
)
def test_a_model_without_a_known_price_costs_nan_and_names_no_source(target: str) -> None:
    provider, _, model = target.partition(":")
    usage = of_responses(responses(read=1_000, written=500))
    dollars, source = catalog.price(Target(provider, model), usage)
    assert math.isnan(dollars)
    assert source is None
