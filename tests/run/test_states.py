from __future__ import annotations

import itertools

import pytest

from stream_widget.errors import IllegalTransitionError
from stream_widget.run.states import RunState, Signal, may_take, next_state

LEGAL = {
    "pending": {
        "start": "streaming",
        "retry": "pending",
        "pause": "paused",
        "complete": "completed",
        "stop short": "incomplete",
        "cancel": "cancelled",
        "fail": "failed",
    },
    "streaming": {
        "retry": "pending",
        "pause": "paused",
        "complete": "completed",
        "stop short": "incomplete",
        "cancel": "cancelled",
        "fail": "failed",
    },
    "paused": {
        "start": "paused",
        "retry": "paused",
        "resume": "streaming",
        "resume waiting": "pending",
        "complete": "completed",
        "stop short": "incomplete",
        "cancel": "cancelled",
        "fail": "failed",
    },
    "completed": {},
    "incomplete": {},
    "cancelled": {},
    "failed": {},
}
MOVES = [(state, signal, to) for state, moves in LEGAL.items() for signal, to in moves.items()]


def test_the_states_are_the_seven_of_the_contract() -> None:
    assert [state.value for state in RunState] == list(LEGAL)


@pytest.mark.parametrize(("state", "signal", "to"), MOVES)
def test_a_legal_signal_leads_to_one_state(state: str, signal: str, to: str) -> None:
    assert may_take(RunState(state), Signal(signal))
    assert next_state(RunState(state), Signal(signal)) is RunState(to)


@pytest.mark.parametrize(
    ("state", "signal"),
    [
        (state, signal)
        for state, signal in itertools.product(RunState, Signal)
        if signal not in LEGAL[state]
    ],
)
def test_any_other_signal_is_an_error_that_names_both(state: RunState, signal: Signal) -> None:
    assert not may_take(state, signal)
    with pytest.raises(IllegalTransitionError, match=f"is {state} cannot take .*'{signal}'"):
        next_state(state, signal)


@pytest.mark.parametrize("state", RunState)
def test_a_state_is_final_when_no_signal_leaves_it(state: RunState) -> None:
    assert state.final == (not LEGAL[state])
