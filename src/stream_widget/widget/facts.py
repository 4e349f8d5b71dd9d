"""What every export says of a run beside its words: who, when, how long, how much, what was cut.

``js/src/export/facts.ts`` says the same of what the page exports.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stream_widget.widget.protocol import RunView

__all__ = ["run_facts"]

_MINUTE_S: Final = 60
_SHOWN_AS_SECONDS_S: Final = 59.95
_SMALL_USD: Final = 0.995
_FINAL: Final = frozenset({"completed", "incomplete", "cancelled", "failed"})


def run_facts(view: RunView) -> list[tuple[str, str]]:
    """Names and what there is to say under each, in the order they are read."""
    facts = [
        ("Model", _model(view)),
        ("Settings", _settings(view)),
        ("Asked", _moment(view["started_at"])),
        ("Took", _times(view)),
        ("Tokens", _usage(view)),
        ("Cost", _cost(view)),
        ("Ended", _end(view)),
        ("Cut", " ".join(_cuts(view))),
    ]
    return [(name, value) for name, value in facts if value]


def _model(view: RunView) -> str:
    target = f"{view['provider']}:{view['model']}"
    words = [target]
    if view["response_model"] not in {None, view["model"]}:
        words.append(f"answered by {view['response_model']}")
    if view["first_target"] != target:
        words.append(f"asked instead of {view['first_target']}")
    return ", ".join(words)


def _settings(view: RunView) -> str:
    words = [f"{name} {view[name]}" for name in ("effort", "summary", "verbosity") if view[name]]
    if view["max_output_tokens"] is not None:
        words.append(f"at most {view['max_output_tokens']:,} output tokens")
    if view["text_format"] == "json":
        words.append("answer as JSON")
    return ", ".join(words)


def _moment(started_at: float) -> str:
    return datetime.fromtimestamp(started_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _times(view: RunView) -> str:
    words = [_duration(view["elapsed_s"])]
    if view["ttft_s"] is not None:
        words.append(f"first token after {_duration(view['ttft_s'])}")
    if view["ttfo_s"] is not None:
        words.append(f"first word of the answer after {_duration(view['ttfo_s'])}")
    if view["attempt"] > 1:
        words.append(f"in attempt {view['attempt']}")
    return ", ".join(words)


def _usage(view: RunView) -> str:
    usage = view["usage"]
    if usage is None:
        characters = sum(len(part["text"]) for part in view["parts"])
        about = math.ceil(characters / view["chars_per_token"])
        return f"about {about:,} out, estimated from the text"
    words: list[str] = []
    if usage["input_tokens"] is not None:
        words.append(f"{usage['input_tokens']:,} in")
    if usage["cached_input_tokens"]:
        words.append(f"{usage['cached_input_tokens']:,} of them cached")
    if usage["output_tokens"] is not None:
        words.append(f"{usage['output_tokens']:,} out")
    if usage["reasoning_tokens"]:
        words.append(f"{usage['reasoning_tokens']:,} of them reasoning")
    reported = view["usage_source"] == "reported"
    words.append("reported by the provider" if reported else "estimated")
    return ", ".join(words)


def _cost(view: RunView) -> str:
    if view["cost_usd"] is None:
        return "not known"
    words = [_dollars(view["cost_usd"])]
    if view["usage_source"] != "reported":
        words.append("estimated")
    source = view.get("price_source")
    if source:
        words.append(f"prices by {source}")
    return ", ".join(words)


def _end(view: RunView) -> str:
    reasons = dict.fromkeys(
        reason for reason in (view["finish_reason"], view["raw_finish_reason"]) if reason
    )
    return f"{view['state']} ({', '.join(reasons)})" if reasons else view["state"]


def _cuts(view: RunView) -> Iterator[str]:
    """What is missing, and why; nothing where the text is whole."""
    kinds = {part["kind"] for part in view["parts"] if part["text"]}
    state = view["state"]
    if state == "incomplete":
        yield _shortfall(view)
    elif state == "cancelled":
        yield "Cancelled: the text ends where it was stopped."
    elif state == "failed":
        reason = view["error"]["message"] if view["error"] else "no reason is known."
        yield f"The run failed, and the text ends there: {reason}"
    elif state not in _FINAL:
        yield f"Written while the run was {state}: the text ends where it stood then."
    if "refusal" in kinds:
        yield "The model declined to answer."
    reasoned = (view["usage"] or {}).get("reasoning_tokens")
    if reasoned and not kinds & {"reasoning_summary", "reasoning_text"}:
        yield "The provider did not return the text of the reasoning."
    elif "reasoning_summary" in kinds:
        yield "Of the reasoning there is the provider's summary only."


def _shortfall(view: RunView) -> str:
    if view["finish_reason"] == "length":
        limit = view["max_output_tokens"]
        where = "the model's own limit" if limit is None else f"max_output_tokens={limit}"
        return f"Stopped at {where}."
    if view["finish_reason"] == "content_filter":
        return "The provider's content filter stopped the answer."
    return "The provider ended the answer before it was complete."


def _duration(seconds: float) -> str:
    """``12.4 s``, from a minute on ``2:05``, from an hour on ``1:02:05``."""
    if seconds < _SHOWN_AS_SECONDS_S:
        return f"{seconds:.1f} s"
    minutes, left_s = divmod(round(seconds), _MINUTE_S)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{left_s:02}" if hours else f"{minutes}:{left_s:02}"


def _dollars(usd: float) -> str:
    """Small sums keep two digits that say something: ``$0.0026``, ``$0.00031``, ``$1.20``."""
    if usd == 0 or usd >= _SMALL_USD:
        return f"${usd:,.2f}"
    digits = min(12, max(4, 1 - math.floor(math.log10(usd))))
    return f"${usd:.{digits}f}"
