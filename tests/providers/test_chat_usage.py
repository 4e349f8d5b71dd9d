from __future__ import annotations

import pytest

from providers.chat_chunks import STOP, decode, says
from providers.recordings import fold
from stream_widget.events import ResponseFinished, Usage, UsageReported


def usage(**counts: object) -> dict[str, object]:
    return {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12, **counts}


def reasoned(tokens: int, **counts: object) -> dict[str, object]:
    return usage(completion_tokens_details={"reasoning_tokens": tokens}, **counts)


@pytest.mark.parametrize(
    "frames",
    [
        [STOP, {"choices": [], "usage": usage()}],
        [{**STOP, "usage": usage()}],
        [{**STOP, "x_groq": {"usage": usage()}}],
        [{**STOP, "usage": usage(), "x_groq": {"usage": usage()}}, {"usage": usage()}],
        [{"choices": [{"index": 0, "finish_reason": "stop", "usage": usage()}]}],
        [{**says("a"), "usage": usage(completion_tokens=1)}, {**STOP, "usage": usage()}],
        [{**says("a"), "usage": None}, STOP, {"choices": [], "usage": {}}, {"usage": usage()}],
    ],
)  # fmt: skip
def test_usage_is_told_once_just_before_the_end(frames: list[dict[str, object]]) -> None:
    events = decode(says("Hi"), *frames)
    told = UsageReported(Usage(input_tokens=5, output_tokens=7, total_tokens=12))
    assert events[-2:] == [told, ResponseFinished("stop", "stop")]
    assert sum(isinstance(event, UsageReported) for event in events) == 1


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        # xAI counts reasoning beside the output, all others in it: the total says which.
        (reasoned(4, total_tokens=16), (11, 4, 16)),
        (reasoned(4), (7, 4, 12)),
        (reasoned(0), (7, 0, 12)),
        (reasoned(9, total_tokens=None), (16, 9, None)),
        (reasoned(4, total_tokens=None), (7, 4, None)),
        (reasoned(8), (7, 8, 12)),
        (usage(completion_tokens_details=None, total_tokens="12"), (7, None, None)),
        (usage(completion_tokens=True, total_tokens=10**400), (None, None, None)),
    ],
)  # fmt: skip
def test_reasoning_is_a_part_of_the_output_by_arithmetic(
    raw: dict[str, object], wanted: tuple[int | None, ...]
) -> None:
    told = fold(decode({"usage": raw})).usage
    assert told is not None
    assert (told.output_tokens, told.reasoning_tokens, told.total_tokens) == wanted


@pytest.mark.parametrize(
    "cached",
    [
        {"prompt_tokens_details": {"cached_tokens": 3}},
        {"prompt_cache_hit_tokens": 3},
        {"prompt_tokens_details": None, "cached_tokens": 3},
    ],
)
def test_cached_tokens_are_found_in_each_of_their_places(cached: dict[str, object]) -> None:
    told = fold(decode({"usage": usage(**cached)})).usage
    assert told is not None
    assert told.cached_input_tokens == 3
