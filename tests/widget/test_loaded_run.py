"""A run read from a document is the run that was written."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, strategies as st

from stream_widget.events import (
    OutputTextDelta,
    ReasoningSummaryDelta,
    RefusalDelta,
    ResponseFinished,
    ToolCallDelta,
    ToolCallStarted,
    Usage,
    UsageReported,
)
from stream_widget.run import EndedRun, RunState
from stream_widget.widget import KernelBudget, StreamWidget
from stream_widget.widget.loaded_run import loaded_run
from stream_widget.widget.read_document import read_document
from stream_widget.widget.run_view import run_view
from widget.played import engine, make_run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stream_widget.run import ThreadEngine
    from stream_widget.widget.protocol import RunView

FIXTURES = Path(__file__).parents[1] / "fixtures" / "protocol"
VIEWS = [
    json.loads(path.read_text("utf-8"))["view"]
    for path in sorted(FIXTURES.glob("*.json"))
    if path.stem != "commands"
]
NOT_THERE: Any = None
"""A run that is over needs no engine."""


@pytest.fixture(scope="module")
def on() -> Iterator[ThreadEngine]:
    with engine() as made:
        yield made


def read(view: Any) -> RunView:
    return read_document({"schema": 1, "layout": "stack", "runs": [view]}).runs[0]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view["state"])
def test_what_is_loaded_is_written_again_as_it_was(view: dict[str, Any]) -> None:
    known = read(view)
    again = run_view(loaded_run(known, engine=NOT_THERE))
    if RunState(view["state"]).final:
        assert again == known
    else:
        assert again["state"] == "failed"
        assert again["error"] is not None
        assert again["error"]["kind"] == "interrupted"
        assert view["state"] in again["error"]["message"]
        assert again["parts"] == known["parts"]


_TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
_EVENTS = st.lists(
    st.one_of(
        _TEXT.map(lambda text: ReasoningSummaryDelta(0, text)),
        _TEXT.map(lambda text: OutputTextDelta(1, text)),
        _TEXT.map(lambda text: RefusalDelta(2, text)),
        _TEXT.map(lambda text: ToolCallDelta(3, text)),
        st.just(ToolCallStarted(3, "call_1", "look_up")),
        st.builds(UsageReported, st.builds(Usage, st.none() | st.integers(0, 10**9))),
    ),
    max_size=20,
)
_ENDS = st.sampled_from(
    [
        ResponseFinished("stop", "completed"),
        ResponseFinished("length", "max_tokens", incomplete=True),
        ResponseFinished(None, None),
        ConnectionError("gone"),
        None,
    ]
)


@given(events=_EVENTS, end=_ENDS)
def test_whatever_a_run_was_it_is_loaded_as_that(
    on: ThreadEngine, events: list[Any], end: Any
) -> None:
    run = make_run(on, [*events, *([] if end is None else [end])], retries=0)
    live = StreamWidget(run, engine=on, budget=KernelBudget(), calls=list)
    live.start()
    live.wait(20)
    view = json.loads(json.dumps(live.latest.view))
    known = read(view)
    loaded = StreamWidget(
        loaded_run(known, engine=on), engine=on, budget=KernelBudget(), calls=list
    )
    assert json.loads(json.dumps(loaded.latest.view)) == view
    for name in (
        *("run_id", "state", "output_text", "reasoning_text", "refusal_text", "tool_calls"),
        *("finish_reason", "raw_finish_reason", "usage"),
    ):
        assert getattr(loaded, name) == getattr(live, name), name
    assert str(loaded.error) == str(live.error)
    assert loaded.to_html() == live.to_html()
    assert loaded.to_markdown() == live.to_markdown()
    assert loaded._bundle().keys() == live._bundle().keys()
    loaded.close()
    live.close()


def test_a_loaded_widget_is_over_whatever_is_asked_of_it(on: ThreadEngine) -> None:
    loaded = StreamWidget(
        loaded_run(read(VIEWS[0]), engine=on), engine=on, budget=KernelBudget(), calls=list
    )
    before = loaded.to_dict()
    loaded.pause()
    loaded.cancel()
    loaded.resume()
    assert loaded.wait(0) is loaded
    assert loaded.to_dict() == before
    with pytest.raises(RuntimeError, match="starts once"):
        loaded.start()


def test_a_price_that_nobody_knows_stays_unknown(on: ThreadEngine) -> None:
    usage = dict.fromkeys(Usage.__dataclass_fields__, 7)
    costs = []
    for known, cost in ((usage, 0.5), (usage, None), (None, None)):
        view = read({**VIEWS[0], "usage": known, "cost_usd": cost})
        widget = StreamWidget(
            loaded_run(view, engine=on), engine=on, budget=KernelBudget(), calls=list
        )
        costs.append(widget.cost_usd)
    assert costs[0] == 0.5
    assert math.isnan(costs[1])
    assert costs[2] is None


def test_a_run_that_is_not_over_is_no_ended_run() -> None:
    run = loaded_run(read(VIEWS[0]), engine=NOT_THERE)
    with pytest.raises(ValueError, match="streaming is not over"):
        EndedRun(
            run.request,
            run.targets,
            None,
            run_id="r",
            state=RunState.STREAMING,
            started_at=run.started_at,
            elapsed_s=0.0,
            engine=NOT_THERE,
            chars_per_token=4.0,
        )
