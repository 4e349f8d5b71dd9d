"""Makes a run of what a document says of it, so that all else need not know where it came from."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, cast

from stream_widget.errors import ProviderError
from stream_widget.events import ResponseFinished, Usage
from stream_widget.request import Target
from stream_widget.run import Attempt, EndedRun, Notice, Part, RunState, Snapshot, Timeline
from stream_widget.run.estimate import Rates
from stream_widget.run.watched import UnknownRequest

if TYPE_CHECKING:
    from stream_widget.run import Engine
    from stream_widget.widget.protocol import PartView, RunView

__all__ = ["loaded_run"]

_FORMATTED: Final = {"type": "json_schema"}
"""Stands for a schema that the document does not hold."""


def loaded_run(view: RunView, *, engine: Engine) -> EndedRun:
    """The run of a checked view; one that had not ended counts as interrupted, with its text."""
    target = Target(view["provider"], view["model"])
    request = UnknownRequest(
        name=view["name"],
        effort=cast("Any", view["effort"]),
        summary=cast("Any", view["summary"]),
        verbosity=cast("Any", view["verbosity"]),
        max_output_tokens=view["max_output_tokens"],
        text_format=_FORMATTED if view["text_format"] == "json" else None,
    )
    state = RunState(view["state"])
    error = _error(view, target)
    if not state.final:
        state = RunState.FAILED
        error = error or ProviderError(
            f"{target} was {view['state']} when this was written; the text ends there.",
            kind="interrupted",
            target=str(target),
        )
    provider, colon, model = view["first_target"].partition(":")
    first = Target(provider, model) if colon else target
    return EndedRun(
        request,
        (target,) if first == target else (first, target),
        _attempt(view, request, target),
        run_id=view["run"],
        state=state,
        started_at=datetime.fromtimestamp(view["started_at"], UTC),
        elapsed_s=view["elapsed_s"],
        engine=engine,
        chars_per_token=view["chars_per_token"],
        error=error,
        notices=[Notice(notice["text"], notice["level"]) for notice in view["notices"]],
    )


def _attempt(view: RunView, request: UnknownRequest, target: Target) -> Attempt | None:
    if not view["attempt"] and not view["parts"]:
        return None
    usage = view["usage"]
    cost_usd = view["cost_usd"]
    rates = view["rates"]
    started_at = datetime.fromtimestamp(view["started_at"], UTC)
    return Attempt(
        max(1, view["attempt"]),
        target,
        started_at,
        0.0,
        request,
        snapshot=_snapshot(view),
        answered=True,
        ended_at=started_at,
        ttft_s=view["ttft_s"],
        ttfo_s=view["ttfo_s"],
        usage=None if usage is None else Usage(**usage),
        usage_source=view["usage_source"],
        # As for any run: not a number is a price that nobody knows, None is no usage yet.
        cost_usd=math.nan if cost_usd is None and usage is not None else cost_usd,
        price_source=view.get("price_source"),
        rates=None if rates is None else Rates(**rates),
    )


def _snapshot(view: RunView) -> Snapshot:
    finish = ResponseFinished(
        view["finish_reason"],
        view["raw_finish_reason"],
        incomplete=view["state"] == "incomplete",
    )
    said = finish.finish_reason is not None or finish.raw_finish_reason is not None
    return Snapshot(
        parts=[_part(part) for part in view["parts"]],
        timeline=Timeline.parse(view["timeline"]),
        response_model=view["response_model"],
        finish=finish if said or view["state"] in {"completed", "incomplete"} else None,
    )


def _part(view: PartView) -> Part:
    return Part(
        view["kind"],
        view["started_s"],
        [view["text"]],
        len(view["text"]),
        view["finished_s"],
        view.get("call_id"),
        view["name"],
    )


def _error(view: RunView, target: Target) -> ProviderError | None:
    error = view["error"]
    if error is None:
        return None
    return ProviderError(
        error["message"],
        kind=cast("Any", error["kind"]),
        target=str(target),
        status=error["status"],
        code=error["code"],
        retry_after_s=error["retry_after_s"],
    )
