"""What recorded answers of real providers cost, worked out by hand from EXPECTED.json."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from providers.recordings import expected, fold, named, reader, recorded, wire_of
from recorded_wire import needs_recordings
from stream_widget import catalog
from stream_widget.errors import StreamInterruptedError
from stream_widget.request import Target

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = needs_recordings

NOON: Final = datetime(2026, 11, 30, 12, tzinfo=UTC)


class Prices(NamedTuple):
    """Dollars for a million tokens."""

    fresh: float
    cached: float
    written: float


_SONNET: Final = Prices(3, 0.30, 15)
_GPT_4O: Final = Prices(2.50, 1.25, 10)
_GPT_5: Final = Prices(1.25, 0.125, 10)

PUBLISHED: Final[Mapping[str, Prices]] = {
    "anthropic:claude-3-5-sonnet-20240620": _SONNET,
    "anthropic:claude-sonnet-4-20250514": _SONNET,
    "anthropic:claude-sonnet-4-5-20250929": _SONNET,
    "anthropic:claude-sonnet-4-6": _SONNET,
    "anthropic:claude-3-5-haiku-20241022": Prices(0.80, 0.08, 4),
    "anthropic:claude-haiku-4-5-20251001": Prices(1, 0.10, 5),
    "openai:gpt-4-0613": Prices(30, 30, 60),
    "openai:gpt-4.1-2025-04-14": Prices(2, 0.50, 8),
    "openai:gpt-4o-2024-08-06": _GPT_4O,
    "openai:gpt-5-2025-08-07": _GPT_5,
    "openai:gpt-5.2-2025-12-11": Prices(1.75, 0.175, 14),
    "openai:o3-mini-2025-01-31": Prices(1.10, 0.55, 4.40),
    "groq:llama-3.3-70b-versatile": Prices(0.59, 0.59, 0.79),
    "groq:deepseek-r1-distill-llama-70b": Prices(0.75, 0.75, 0.99),
    "deepseek:deepseek-v4-flash": Prices(0.15, 0.003, 0.60),
    "xai:grok-3-mini": Prices(0.30, 0.075, 0.50),
    "xai:grok-4-fast-reasoning": Prices(0.20, 0.05, 0.50),
    "xai:grok-4.3": Prices(1.25, 0.20, 2.50),
    "openrouter:anthropic/claude-4.5-haiku-20251001": Prices(1, 0.10, 5),
    "openrouter:openai/o3": Prices(2, 0.50, 8),
}
"""By the providers' own pages, named in ``tests/test_prices.py``."""


def target_of(name: str) -> str:
    """What was asked: xAI's answers add the effort to the model's name."""
    model = str(expected(name)["model"]).removesuffix("-high")
    return f"{name.partition('__')[0]}:{model}"


BILLED: Final = [
    name
    for name in named("*__*__*.sse")
    if target_of(name) in PUBLISHED and (expected(name)["usage"] or {}).get("output")
]


def by_hand(name: str) -> float:
    """Millionths of a dollar, from the provider's own numbers."""
    prices, told = PUBLISHED[target_of(name)], expected(name)["usage"]
    cached, written = told["cached_input"] or 0, told["output"]
    # A Messages input leaves out what the cache gave; the others count it in.
    fresh = told["input"] if wire_of(name) == "messages" else told["input"] - cached
    if target_of(name).startswith("xai:") and wire_of(name) == "chat":
        written += told["reasoning"]  # xAI's chat counts it beside the output
    return fresh * prices.fresh + cached * prices.cached + written * prices.written


def test_there_are_thirty_recorded_usages_and_each_price_is_used() -> None:
    assert len(BILLED) >= 30
    assert {target_of(name) for name in BILLED} == set(PUBLISHED)


@pytest.mark.parametrize("name", BILLED)
def test_a_recorded_answer_costs_what_the_published_prices_say(name: str) -> None:
    reading = reader(wire_of(name))
    events = list(reading.feed(recorded(name)))
    try:
        events.extend(reading.close())
    except StreamInterruptedError:
        assert expected(name)["status"] == "cut"
    usage = fold(events).usage
    assert usage is not None
    provider, _, model = target_of(name).partition(":")
    dollars, source = catalog.price(Target(provider, model), usage, at=NOON)
    assert source is not None
    assert dollars * 1e6 == pytest.approx(by_hand(name), abs=1e-6)
