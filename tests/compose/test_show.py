"""`show` and `load`: several runs in one widget, at real streams and from files."""

from __future__ import annotations

import asyncio
import json
import math
from typing import TYPE_CHECKING, Any

import pytest

import stream_widget as sw
from compose.asked import ANSWER, WAIT_S, scenario, wait_until
from stream_widget.errors import InvalidRequestError
from stream_widget.scripted import Gate, HttpError, ScriptedServer

if TYPE_CHECKING:
    from pathlib import Path


Ask = "Callable[..., StreamWidget]"


@pytest.fixture
def gate(server: ScriptedServer) -> Gate:
    """Holds the answer of gpt-5-mini in its middle."""
    made = Gate()
    server.play("gpt-5-mini", scenario(gates={"answer": made}))
    return made


def test_runs_under_way_and_over_are_shown_in_one_widget(ask: Ask, gate: Gate) -> None:
    over = ask(model="openai:gpt-5-nano").wait(WAIT_S)
    live = ask()
    wait_until(live, lambda: live.output_text)
    both = sw.show(over, live, layout="merged")
    assert both.runs == (over, live)
    assert both.arrangement == "merged"
    assert {over.state, live.state} == {"completed", "streaming"}
    gate.open()
    assert both.wait(WAIT_S) is both
    assert [w.output_text for w in both.runs] == [ANSWER, ANSWER]


def test_what_is_given_twice_or_in_lists_is_shown_once(ask: Ask) -> None:
    one, two = ask(), ask()
    assert sw.show(one, [two, one], iter([two])).runs == (one, two)
    assert sw.show(sw.show(two), one).runs == (two, one)
    sw.show(one, two).wait(WAIT_S)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "nothing to show"),
        ([[]], "nothing to show"),
        (["Why?"], "not str"),
        ([{"a": 1}], "not dict"),
        ([None], "not NoneType"),
        ([[7]], "not int"),
    ],
)
def test_what_cannot_be_shown_says_so(given: list[Any], said: str) -> None:
    with pytest.raises(InvalidRequestError, match=said):
        sw.show(*given)


def test_a_layout_that_nobody_knows_says_which_there_are(ask: Ask) -> None:
    w = ask()
    with pytest.raises(InvalidRequestError, match="grid, merged, tabs, not 'stack'"):
        sw.show(w, layout="stack")
    w.wait(WAIT_S)


def test_all_can_be_awaited_and_cancelled(ask: Ask, gate: Gate) -> None:
    all_of_them = sw.show(ask() for _ in range(3))
    gate.wait_until_reached()
    all_of_them.cancel()

    async def wait() -> sw.RunsWidget:
        return await all_of_them

    assert asyncio.run(wait()) is all_of_them
    assert repr(all_of_them) == "RunsWidget(3 cancelled)"


def test_a_run_restarts_in_the_widgets_that_show_it(ask: Ask, server: ScriptedServer) -> None:
    server.play("gpt-5-mini", scenario(HttpError(404)))
    w = ask().wait(WAIT_S)
    both = sw.show(w, ask(model="openai:gpt-5-nano")).wait(WAIT_S)
    server.play("gpt-5-mini", scenario())
    w.restart()
    both.wait(WAIT_S)
    states = [run["state"] for run in both.to_dict()["runs"]]
    assert states == ["failed", "completed", "completed"]
    assert both.runs[0].output_text == ANSWER


def test_an_export_loads_as_the_widget_that_was_exported(ask: Ask, tmp_path: Path) -> None:
    w = ask(name="sky", effort="low").wait(WAIT_S)
    loaded = sw.load(w.export(tmp_path / "sky.json"))
    assert isinstance(loaded, sw.StreamWidget)
    for name in (
        *("run_id", "state", "output_text", "reasoning_text", "usage", "cost_usd", "finish_reason"),
        *("error", "tool_calls"),
    ):
        assert getattr(loaded, name) == getattr(w, name), name
    assert loaded.to_dict() == w.to_dict()
    assert loaded.calls["output_text"].tolist() == [ANSWER]
    assert loaded.wait(0) is loaded
    with pytest.raises(InvalidRequestError, match="loaded from a file cannot be asked again"):
        loaded.restart()
    again = loaded.export(tmp_path / "again.json")
    assert _runs(again) == _runs(tmp_path / "sky.json")


def test_an_export_of_several_loads_as_several(ask: Ask, tmp_path: Path) -> None:
    shown = sw.show(ask(), ask(model="openai:gpt-5-nano"), layout="tabs").wait(WAIT_S)
    loaded = sw.load(str(shown.export(tmp_path / "both.json")))
    assert isinstance(loaded, sw.RunsWidget)
    assert loaded.arrangement == "tabs"
    assert [w.to_dict() for w in loaded.runs] == [w.to_dict() for w in shown.runs]
    assert _runs(loaded.export(tmp_path / "again.json")) == _runs(tmp_path / "both.json")
    assert sw.show(loaded, ask()).wait(WAIT_S).runs[:2] == loaded.runs


def test_a_restarted_stream_loads_with_what_came_before(ask: Ask, tmp_path: Path) -> None:
    w = ask().wait(WAIT_S)
    first = w.run_id
    w.restart().wait(WAIT_S)
    loaded = sw.load(w.export(tmp_path / "sky.json"))
    assert [run["run"] for run in _runs(loaded.export(tmp_path / "again.json"))] == [
        first,
        w.run_id,
    ]
    assert loaded.run_id == w.run_id


def test_a_run_that_was_not_over_loads_as_interrupted(ask: Ask, gate: Gate, tmp_path: Path) -> None:
    w = ask()
    wait_until(w, lambda: w.output_text)
    path = w.export(tmp_path / "sky.json")
    gate.open()
    w.wait(WAIT_S)
    loaded = sw.load(path)
    assert (loaded.state, loaded.error.kind) == ("failed", "interrupted")
    assert ANSWER.startswith(loaded.output_text)
    assert math.isnan(loaded.cost_usd or math.nan)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# Blue", "no JSON"),
        ('{"schema": 9, "runs": []}', "newer stream_widget"),
        ('{"schema": 1, "runs": [{"run": "r"}]}', r"runs\[0\].provider must be a text"),
    ],
)
def test_a_file_that_cannot_be_loaded_is_named_with_the_reason(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "sky.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidRequestError, match=rf"sky\.json cannot be loaded: .*{said}"):
        sw.load(path)
    with pytest.raises(FileNotFoundError):
        sw.load(tmp_path / "none.json")


def _runs(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text("utf-8"))["runs"]
