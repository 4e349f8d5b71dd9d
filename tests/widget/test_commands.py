from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from stream_widget.widget.commands import Commands
from stream_widget.widget.pace import KernelBudget
from stream_widget.widget.patch_queue import PatchQueue
from widget.played import engine, on_loop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stream_widget.run import ThreadEngine
    from stream_widget.widget.protocol import Message, RunCommand


class Desk:
    """Commands for one run, what was carried out, and what was sent back."""

    def __init__(self, on: ThreadEngine) -> None:
        self.on = on
        self.carried_out: list[RunCommand] = []
        self.messages: list[Message] = []
        self.queue = PatchQueue(self.messages.append, engine=on, budget=KernelBudget())
        self.commands = Commands({"r1": self}, queue=self.queue, engine=on)

    def command(self, command: RunCommand) -> None:
        self.carried_out.append(command)

    def settle(self) -> None:
        on_loop(self.on, self.queue.flush)

    @property
    def done(self) -> list[str]:
        return [known for message in self.messages for known in message.get("done", [])]


@pytest.fixture
def desk() -> Iterator[Desk]:
    with engine() as on:
        yield Desk(on)


def cancel(**changes: Any) -> dict[str, Any]:
    return {"type": "cancel", "id": "c1", "run": "r1"} | changes


def test_a_command_is_carried_out_and_told(desk: Desk) -> None:
    assert desk.commands.take(cancel())
    desk.settle()
    assert [command["type"] for command in desk.carried_out] == ["cancel"]
    assert desk.done == ["c1"]


def test_a_command_that_comes_again_by_the_other_way_is_carried_out_once_and_told_twice(
    desk: Desk,
) -> None:
    desk.commands.take(cancel())
    desk.commands.take(cancel())
    desk.settle()
    assert len(desk.carried_out) == 1
    assert desk.done == ["c1", "c1"]


def test_a_command_for_a_run_that_is_not_here_is_told_too(desk: Desk) -> None:
    desk.commands.take(cancel(run="gone"))
    desk.settle()
    assert desk.carried_out == []
    assert desk.done == ["c1"]


@pytest.mark.parametrize(
    "content",
    [
        None,
        "cancel",
        {},
        cancel(type="explode"),
        cancel(id=""),
        cancel(id=7),
        cancel(run=None),
        cancel(type="pause", shown=-1),
        cancel(type="pause", shown="all"),
        cancel(type="speed", tokens_per_s=0),
        cancel(type="speed", tokens_per_s=float("inf")),
        cancel(type="speed", tokens_per_s=True),
    ],
)
def test_what_is_no_command_is_refused(
    desk: Desk, content: object, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.CRITICAL, logger="stream_widget"):
        assert not desk.commands.take(content)
    desk.settle()
    assert desk.carried_out == []
    assert desk.messages == []


def test_an_acknowledgement_reaches_the_pace(desk: Desk) -> None:
    assert not desk.queue.pace.heard
    assert desk.commands.take({"type": "ack", "n": 1, "lag_ms": 12.5})
    desk.settle()
    assert desk.queue.pace.heard


def test_several_commands_in_one_message_are_each_carried_out(desk: Desk) -> None:
    several = [cancel(id=f"c{n}") for n in range(16)]
    assert desk.commands.take({"type": "commands", "commands": several})
    assert desk.commands.take({"type": "commands", "commands": several[:1]})
    desk.settle()
    assert len(desk.carried_out) == 16
    assert desk.done == [*(f"c{n}" for n in range(16)), "c0"]


@pytest.mark.parametrize("commands", [None, "cancel", {"0": cancel()}, [cancel()] * 10_001])
def test_what_is_no_list_of_commands_is_refused(desk: Desk, commands: object) -> None:
    assert not desk.commands.take({"type": "commands", "commands": commands})
    desk.settle()
    assert desk.carried_out == []


def test_of_several_commands_the_good_ones_are_carried_out(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    nested = {"type": "commands", "commands": [cancel(id="c9")]}
    with caplog.at_level(logging.CRITICAL, logger="stream_widget"):
        assert not desk.commands.take(
            {"type": "commands", "commands": [cancel(type="explode"), nested, None, cancel()]}
        )
    desk.settle()
    assert desk.done == ["c1"]


def test_whatever_a_page_sends_of_ours_is_a_sign_of_life(desk: Desk) -> None:
    heard: list[None] = []
    commands = Commands({}, queue=desk.queue, engine=desk.on, heard=lambda: heard.append(None))
    commands.take({"type": "asset", "name": "maths"})
    assert heard == []
    commands.take({"type": "ack", "n": 1, "lag_ms": 12.5})
    commands.take(cancel())
    commands.take({"type": "commands", "commands": [cancel(id="c2")]})
    assert len(heard) == 3
