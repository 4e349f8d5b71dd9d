from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from e2e.waiting import wait_until
from stream_widget.widget.pace import KernelBudget, Pace
from stream_widget.widget.patch_queue import PatchQueue
from stream_widget.widget.protocol import TextAppend
from widget.played import engine, on_loop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stream_widget.run import ThreadEngine
    from stream_widget.widget.protocol import Message, SpeedSet


@pytest.fixture
def on() -> Iterator[ThreadEngine]:
    with engine() as made:
        yield made


class Sent:
    """A queue and what it sent."""

    def __init__(self, on: ThreadEngine) -> None:
        self.on = on
        self.messages: list[Message] = []
        self.queue = PatchQueue(self.messages.append, engine=on, budget=KernelBudget())
        self.seq = itertools.count(1)

    def text(self, part: int, text: str, run: str = "r") -> None:
        self.queue.append_text(run, part, text, lambda: next(self.seq))


def speed(seq: int) -> SpeedSet:
    return {"type": "speed-set", "run": "r", "seq": seq, "speed": None}


def test_text_of_one_part_joins_into_one_patch(on: ThreadEngine) -> None:
    sent = Sent(on)

    def feed() -> None:
        for piece in ("a", "b", "c"):
            sent.text(0, piece)
        sent.text(1, "d")
        sent.queue.flush()

    on_loop(on, feed)
    (message,) = sent.messages
    assert [(p.part, p.text, p.seq) for p in message["patches"]] == [
        (0, "abc", 1),
        (1, "d", 2),
    ]


def test_texts_of_two_runs_stay_apart_in_one_message(on: ThreadEngine) -> None:
    sent = Sent(on)

    def feed() -> None:
        sent.text(0, "a", run="one")
        sent.text(0, "b", run="two")
        sent.text(0, "c", run="one")
        sent.queue.flush()

    on_loop(on, feed)
    (message,) = sent.messages
    assert [(p.run, p.text) for p in message["patches"]] == [
        ("one", "ac"),
        ("two", "b"),
    ]


def test_text_that_comes_after_a_snapshot_gets_a_number_of_its_own(on: ThreadEngine) -> None:
    sent = Sent(on)

    def feed() -> None:
        sent.text(0, "known to the snapshot")
        sent.queue.seal("r")
        sent.text(0, "new")
        sent.queue.flush()

    on_loop(on, feed)
    assert [(p.seq, p.text) for p in sent.messages[0]["patches"]] == [
        (1, "known to the snapshot"),
        (2, "new"),
    ]


def test_runs_that_write_at_once_take_turns_the_longest_waiting_first(on: ThreadEngine) -> None:
    sent = Sent(on)
    runs = [str(number) for number in range(16)]

    def feed() -> None:
        for run in runs:
            sent.text(0, f"{run}a ", run=run)
        sent.text(0, "0b", run="0")
        sent.text(0, "15b", run="15")

    on_loop(on, feed)
    wait_until(lambda: len(sent.messages) == 2, "sixteen texts are sent")
    brought = [[patch.run for patch in message["patches"]] for message in sent.messages]
    assert brought == [runs[:8], runs[8:]]
    texts = {p.run: p.text for message in sent.messages for p in message["patches"]}
    assert texts == {run: f"{run}a " for run in runs} | {"0": "0a 0b", "15": "15a 15b"}


def test_what_else_a_run_has_to_say_waits_for_no_turn_and_keeps_its_order(on: ThreadEngine) -> None:
    sent = Sent(on)

    def feed() -> None:
        for number in range(10):
            sent.text(0, "a", run=str(number))
        sent.text(0, "before ", run="r")
        sent.queue.add(speed(next(sent.seq)))
        sent.text(0, "after", run="r")

    on_loop(on, feed)
    wait_until(lambda: len(sent.messages) == 2, "all texts are sent")
    said = [
        [p.text if isinstance(p, TextAppend) else p["type"] for p in message["patches"]]
        for message in sent.messages
    ]
    assert said == [["a"] * 8 + ["before ", "speed-set"], ["a", "a", "after"]]


def test_a_flush_leaves_no_text_behind(on: ThreadEngine) -> None:
    sent = Sent(on)

    def feed() -> None:
        for number in range(16):
            sent.text(0, "a", run=str(number))
        sent.queue.flush()

    on_loop(on, feed)
    assert [len(message["patches"]) for message in sent.messages] == [16]


def test_what_happens_in_one_turn_of_the_loop_is_one_message(on: ThreadEngine) -> None:
    sent = Sent(on)
    on_loop(on, lambda: [sent.queue.add(speed(seq)) for seq in range(10)])
    on_loop(on, sent.queue.flush)
    assert [len(message["patches"]) for message in sent.messages] == [10]


def test_a_command_carried_out_is_told_even_with_nothing_else_to_say(on: ThreadEngine) -> None:
    sent = Sent(on)

    def feed() -> None:
        sent.queue.done("c1")
        sent.queue.flush()
        sent.queue.flush()

    on_loop(on, feed)
    assert sent.messages == [{"n": 1, "patches": [], "done": ["c1"]}]


def test_a_kernel_sends_a_burst_and_then_waits() -> None:
    budget = KernelBudget(per_s=1.0, burst=3)
    assert [budget.take() for _ in range(3)] == [0, 0, 0]
    assert 0 < budget.take() <= 1


def test_a_browser_that_lags_gets_fewer_messages_and_all_of_them_once_it_keeps_up() -> None:
    pace = Pace()
    at_first = pace.interval_s
    for _ in range(10):
        pace.acknowledged(lag_ms=400)
    slowest = pace.interval_s
    assert at_first < slowest <= 0.25
    for _ in range(3):
        pace.acknowledged(lag_ms=5)
    assert pace.interval_s == at_first
