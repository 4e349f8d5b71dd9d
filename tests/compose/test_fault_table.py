"""Every fault, over every wire, at every place: how the run ends, and what is kept.

Each cell goes through the real SDKs to the scripted server, over all wires at once: most of the
time is spent waiting. The table stands in the summary of the test run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytest

import stream_widget as sw
from compose.asked import ANSWER, REASONING, WAIT_S, scenario
from compose.fault_table import PROPERTY, row
from stream_widget.scripted import (
    Cut,
    ErrorEvent,
    HangUp,
    HttpError,
    Malformed,
    NoEnd,
    NotAnEventStream,
    Stall,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from stream_widget.scripted import Fault, ScriptedServer
    from stream_widget.widget import StreamWidget

WIRES: Final = ("responses", "chat", "messages")
WHOLE_REASONING: Final = "\n\n".join(REASONING)


@dataclass(frozen=True)
class Cell:
    fault: Fault
    kind: str
    at: str = "start"
    attempts: int = 2
    """Where it comes before the first delta; later nothing starts over."""

    @property
    def timeout(self) -> dict[str, float] | None:
        """Only a stall is waited for: no other fault may look like one on a busy machine."""
        if not isinstance(self.fault, Stall):
            return None
        return {"first_delta": 0.2} if self.at == "start" else {"silence": 0.5}

    def __str__(self) -> str:
        how = "reset" if getattr(self.fault, "resets", False) else ""
        return f"{type(self.fault).__name__} {getattr(self.fault, 'status', how)}".strip()


def everywhere(fault: type[Fault], kind: str, **more: object) -> list[Cell]:
    return [
        Cell(fault(at=at, **more), kind, at, 2 if at == "start" else 1)
        for at in ("start", "reasoning", "answer", "end")
    ]


CELLS: Final = [
    *everywhere(Cut, "interrupted"),
    *everywhere(Cut, "interrupted", resets=True),
    *everywhere(Stall, "timeout"),
    *everywhere(Malformed, "malformed"),
    *everywhere(NoEnd, "interrupted"),
    *everywhere(ErrorEvent, "overloaded"),
    Cell(HangUp(), "connection"),
    Cell(NotAnEventStream(), "malformed"),
    Cell(HttpError(400), "bad_request", attempts=1),
    Cell(HttpError(401), "authentication", attempts=1),
    Cell(HttpError(402), "quota", attempts=1),
    Cell(HttpError(403), "permission", attempts=1),
    Cell(HttpError(404), "not_found", attempts=1),
    Cell(HttpError(429, headers={"retry-after": "0"}), "rate_limit"),
    Cell(HttpError(500, headers={"retry-after": "0"}), "server"),
    Cell(HttpError(503, headers={"retry-after": "0"}), "overloaded"),
    Cell(HttpError(529, headers={"retry-after": "0"}), "overloaded"),
]


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell}-{cell.at}-{cell.kind}")
def test_a_fault_ends_the_run_with_its_kind_and_what_came_is_kept(
    server: ScriptedServer, cell: Cell, record_property: Callable[[str, object], None]
) -> None:
    server.play("m", scenario(cell.fault))
    asked = {
        wire: sw.stream(
            "Why?",
            model="scripted:m",
            api=wire,
            base_url=server.base_url,
            retries=1,
            timeout=cell.timeout,
        )
        for wire in WIRES
    }
    for wire, w in asked.items():
        w.wait(WAIT_S)
        record_property(PROPERTY, row(str(cell), wire, cell.at, w))
        assert w.error is not None, wire
        assert (wire, w.state, w.error.kind) == (wire, "failed", cell.kind)
        check_texts(w, cell.at)
        check_rows(w, cell)
    server.wait_until_no_connections()


def check_texts(w: StreamWidget, at: str) -> None:
    if at == "start":
        assert (w.reasoning_text, w.output_text) == ("", "")
    elif at == "reasoning":
        assert w.reasoning_text
        assert WHOLE_REASONING.startswith(w.reasoning_text)
        assert w.output_text == ""
    elif at == "answer":
        assert w.reasoning_text == WHOLE_REASONING
        assert w.output_text
        assert ANSWER.startswith(w.output_text)
        assert w.output_text != ANSWER
    else:
        assert (w.reasoning_text, w.output_text) == (WHOLE_REASONING, ANSWER)


def check_rows(w: StreamWidget, cell: Cell) -> None:
    rows = w.calls
    assert len(rows) == cell.attempts
    assert set(rows["state"]) == {"failed"}
    assert set(rows["error_kind"]) == {cell.kind}
    last = rows.iloc[-1]
    assert (last["output_text"], last["reasoning_text"]) == (w.output_text, w.reasoning_text)
    if w.output_text:
        assert last["usage_source"] in {"estimated", "reported"}
        assert last["output_tokens"] >= len(w.output_text) / 8
