from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from stream_widget.errors import ProviderError
from stream_widget.events import (
    OutputTextDelta,
    PartFinished,
    ReasoningFinished,
    ReasoningStarted,
    ReasoningSummaryDelta,
    RefusalDelta,
    ResponseFinished,
    ResponseStarted,
    ToolCallDelta,
    ToolCallFinished,
    ToolCallStarted,
    Usage,
    UsageReported,
)
from stream_widget.run import Timeline
from stream_widget.widget.protocol import Command, Message, Patch, RunView, TextAppend
from widget.played import engine, make_run, play
from widget.shapes import misfits

FIXTURES = Path(__file__).parents[1] / "fixtures" / "protocol"
SHARED = sorted(path for path in FIXTURES.glob("*.json") if path.stem != "commands")
TIMES = {
    *("at_s", "started_at", "elapsed_s", "started_s", "ttft_s", "ttfo_s", "finished_s"),
    *("since_s", "until_s"),
}


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", SHARED, ids=lambda path: path.stem)
def test_the_shared_fixtures_have_the_shapes_of_the_protocol(path: Path) -> None:
    fixture = read(path)
    for message in fixture["messages"]:
        assert misfits(message, Message) == []
    assert misfits(fixture["view"], RunView) == []


def test_every_command_of_the_browser_has_a_shape_of_the_protocol() -> None:
    commands = read(FIXTURES / "commands.json")
    assert [found for command in commands for found in misfits(command, Command)] == []


def test_a_patch_that_the_protocol_does_not_know_is_found_out() -> None:
    assert misfits(["r", 1, 0], Patch)
    assert misfits(["r", 1, "text", 0], Patch)
    assert misfits({"type": "speed-set", "run": "r", "seq": 1}, Patch)
    assert misfits({"type": "no-such", "run": "r", "seq": 1}, Patch)


def test_the_fixtures_hold_every_kind_of_patch() -> None:
    named = [kind for kind in get_args(Patch) if kind is not TextAppend]
    known = {get_args(get_type_hints(kind)["type"])[0] for kind in named}
    held = {
        "text" if isinstance(patch, list) else patch["type"]
        for path in SHARED
        for message in read(path)["messages"]
        for patch in message["patches"]
    }
    assert held == known | {"text"}


OVERLOADED = ProviderError(
    "openai:gpt-5-mini is overloaded.", kind="overloaded", target="openai:gpt-5-mini", status=529
)
PLAYED: dict[str, list[list[Any]]] = {
    "made-by-python-answer-after-a-retry": [
        [OVERLOADED],
        [
            ResponseStarted("resp_1", "gpt-5-mini-2025-08-07"),
            ReasoningStarted(),
            ReasoningSummaryDelta(0, "**Weighing** "),
            ReasoningSummaryDelta(0, "it."),
            PartFinished(0),
            ReasoningFinished(),
            OutputTextDelta(1, "Blue 🟦 "),
            OutputTextDelta(1, "scatters."),
            PartFinished(1),
            ToolCallStarted(2, "call_1", "look_up"),
            ToolCallDelta(2, '{"sky":'),
            ToolCallDelta(2, "true}"),
            ToolCallFinished(2),
            UsageReported(Usage(12, 0, None, 40, 20, 52)),
            ResponseFinished("tool_call", "completed"),
        ],
    ],
    "made-by-python-refusal-cut-off": [
        [
            ResponseStarted("resp_2", "gpt-5-mini-2025-08-07"),
            RefusalDelta(0, "I can't "),
            RefusalDelta(0, "help."),
            ProviderError("The line went dead.", kind="interrupted", target="openai:gpt-5-mini"),
        ]
    ],
}


@pytest.mark.parametrize("name", PLAYED)
def test_python_sends_what_the_browsers_tests_are_given(name: str) -> None:
    fixture = read(FIXTURES / f"{name}.json")
    sent, view = played(name)
    assert sent == fixture["messages"][0]["patches"]
    assert view == fixture["view"]


def test_everything_python_sends_has_the_shape_of_the_protocol() -> None:
    for attempts in PLAYED.values():
        with engine() as on:
            _, messages = play(on, make_run(on, *attempts))
            for message in json.loads(json.dumps(messages)):
                assert misfits(message, Message) == []


def test_messages_are_counted_and_so_are_the_patches_of_a_run() -> None:
    with engine() as on:
        _, messages = play(on, make_run(on, *PLAYED["made-by-python-answer-after-a-retry"]))
    assert [message["n"] for message in messages] == list(range(len(messages)))
    seqs = [
        patch.seq if isinstance(patch, TextAppend) else patch["seq"]
        for message in messages
        for patch in message["patches"]
    ]
    assert seqs == list(range(len(seqs)))


def played(name: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """What Python sends, without what differs from run to run: ids, times, and how it is cut."""
    with engine() as on:
        _, messages = play(on, make_run(on, *PLAYED[name]))
    patches = json.loads(json.dumps([p for message in messages for p in message["patches"]]))
    return _joined([_timeless(patch) for patch in patches[:-1]]), _timeless(patches[-1]["view"])


def _joined(patches: list[Any]) -> list[Any]:
    joined: list[Any] = []
    for patch in patches:
        last = joined[-1] if joined else None
        if isinstance(patch, list) and isinstance(last, list) and patch[2] == last[2]:
            last[3] += patch[3]
        else:
            joined.append(patch)
    return [_numbered(patch, seq) for seq, patch in enumerate(joined)]


def _numbered(patch: Any, seq: int) -> Any:
    if not isinstance(patch, list):
        return patch | {"seq": seq}
    _run, _seq, part, text = patch
    return ["r1", seq, part, text]


def _order_of(timeline: str) -> str:
    """The same arrivals, all at the start: the times differ from run to run."""
    ordered = Timeline()
    for part, characters in Timeline.parse(timeline).order:
        ordered.add(0, part, characters)
    return str(ordered)


def _timeless(value: Any) -> Any:
    if isinstance(value, list):
        return [_timeless(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: 0.0
        if name in TIMES and item is not None
        else _order_of(item)
        if name == "timeline"
        else "r1"
        if name == "run"
        else _timeless(item)
        for name, item in value.items()
    }
