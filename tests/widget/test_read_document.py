"""Documents that anybody may have written: read whole, or refused with the place that is wrong."""

from __future__ import annotations

import base64
import copy
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from stream_widget.errors import InvalidRequestError
from stream_widget.widget.protocol import RunView
from stream_widget.widget.read_document import SCHEMA, parse_document, read_document
from widget.shapes import misfits

FIXTURES = Path(__file__).parents[1] / "fixtures" / "protocol"
VIEWS = [
    json.loads(path.read_text("utf-8"))["view"]
    for path in sorted(FIXTURES.glob("*.json"))
    if path.stem != "commands"
]
VIEW = json.loads((FIXTURES / "made-by-python-answer-after-a-retry.json").read_text("utf-8"))[
    "view"
]


def document(*runs: object, **changes: Any) -> dict[str, Any]:
    return {"schema": SCHEMA, "layout": "grid", "runs": list(runs)} | changes


def changed(path: str, value: object) -> dict[str, Any]:
    """The document of one run in which one field has another value."""
    made = document(copy.deepcopy(VIEW))
    place: Any = made
    *way, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    for step in way:
        place = place[step]
    place[last] = value
    return made


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view["state"])
def test_every_view_is_read_back_as_it_was(view: dict[str, Any]) -> None:
    (read,) = read_document(document(view)).runs
    assert misfits(read, RunView) == []
    of_the_page = {"expected", "speed", "shown", "wait", "restartable", "reasoning"}
    assert {**read, **{name: view[name] for name in of_the_page}} == view


def test_a_packed_document_is_read_too() -> None:
    packed = base64.b64encode(gzip.compress(json.dumps([VIEW]).encode())).decode()
    read = read_document({"schema": 1, "layout": "tabs", "packed": packed})
    assert (read.arrangement, read.runs[0]["run"]) == ("tabs", VIEW["run"])


def test_a_packed_bomb_stops_at_its_bound() -> None:
    packed = base64.b64encode(gzip.compress(b" " * 70_000_000)).decode()
    with pytest.raises(InvalidRequestError, match=r"larger than 64 MB|damaged"):
        read_document({"schema": 1, "packed": packed})


def test_what_this_version_does_not_know_is_left_out() -> None:
    (read,) = read_document(document({**VIEW, "mood": "blue", "__proto__": {}})).runs
    assert misfits(read, RunView) == []


def test_a_run_of_little_is_read_with_the_rest_not_known() -> None:
    least = {"run": "r", "provider": "openai", "model": "gpt-5", "state": "completed"}
    (read,) = read_document({"schema": 1, "runs": [least]}).runs
    assert misfits(read, RunView) == []
    assert (read["parts"], read["usage"], read["first_target"]) == ([], None, "openai:gpt-5")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (None, "The document must be an object, not None"),
        ([], "must be an object"),
        ({}, "no document of stream_widget"),
        (document(VIEW, schema="1"), "no document of stream_widget"),
        (document(VIEW, schema=True), "no document of stream_widget"),
        (document(VIEW, schema=0), "no document of stream_widget"),
        (document(VIEW, schema=7), "newer stream_widget, in schema 7"),
        (document(), "runs is empty"),
        (document(VIEW, runs={}), "runs must be a list"),
        (document(VIEW, layout="heap"), "layout must be one of stack, grid, merged, tabs"),
        (document(VIEW, packed="%%%"), "damaged"),
        (document(VIEW, VIEW), r"runs\[1\].run is 'r1', as is runs\[0\].run"),
        (document(*[{}] * 1001), "runs has 1,001 items; 1,000 at most"),
        (document(7), r"runs\[0\] must be an object, not 7"),
        (changed("runs/0/run", ""), r"runs\[0\].run must be an id"),
        (changed("runs/0/model", None), r"runs\[0\].model must be a text, not None"),
        (changed("runs/0/model", "x" * 10_001), "10,001 characters long; 10,000 at most"),
        (changed("runs/0/state", "asleep"), r"runs\[0\].state must be one of pending"),
        (changed("runs/0/state", ["completed"]), r"runs\[0\].state must be one of"),
        (changed("runs/0/finish_reason", "bored"), "finish_reason must be one of stop"),
        (changed("runs/0/elapsed_s", "long"), "elapsed_s must be a number"),
        (changed("runs/0/elapsed_s", value=True), "elapsed_s must be a number, not True"),
        (changed("runs/0/elapsed_s", -1), "elapsed_s must be a number from 0"),
        (changed("runs/0/elapsed_s", float("nan")), "elapsed_s must be a number"),
        (changed("runs/0/started_at", 1e300), "started_at must be a number from 0"),
        (changed("runs/0/attempt", 1.5), "attempt must be a whole number"),
        (changed("runs/0/attempt", 10**400), "attempt must be a number from 0"),
        (changed("runs/0/usage", 12), "usage must be an object"),
        (changed("runs/0/usage/output_tokens", -5), "usage.output_tokens must be a number from 0"),
        (changed("runs/0/usage_source", "guessed"), "usage_source must be one of"),
        (changed("runs/0/cost_usd", "free"), "cost_usd must be a number"),
        (changed("runs/0/parts", "text"), "parts must be a list"),
        (changed("runs/0/parts", [{}] * 10_001), "parts has 10,001 items"),
        (changed("runs/0/parts/1/kind", "poem"), r"parts\[1\].kind must be one of"),
        (changed("runs/0/parts/1/text", 7), r"runs\[0\].parts\[1\].text must be a text, not 7"),
        (changed("runs/0/notices/0/level", "shout"), r"notices\[0\].level must be one of"),
        (changed("runs/0/error", {"kind": "server"}), "error.message must be a text"),
        (changed("runs/0/timeline", "soon"), r"timeline is damaged: 'soon'"),
        (changed("runs/0/timeline", "0:9+1"), "a part that is not there"),
        (changed("runs/0/timeline", "0:0+999"), r"999 characters of parts\[0\]"),
        (changed("runs/0/timeline", " ".join(["999999999999999:0+1"] * 20_000)), "timeline"),
        (changed("runs/0/reasoning", "yes"), None),
    ],
)
def test_what_is_wrong_is_said_with_its_place(wrong: object, said: str | None) -> None:
    if said is None:
        assert read_document(wrong).runs[0]["reasoning"] is False
        return
    with pytest.raises(InvalidRequestError, match=said) as raised:
        read_document(wrong)
    assert len(str(raised.value)) < 400


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no JSON"),
        (b"# Blue", "no JSON"),
        (b"\xff\xfe\x00", "no JSON"),
        (b'{"schema": NaN}', "NaN is not a number"),
        (b"[" * 200_000, "nested too deeply|no JSON"),
        (b'{"schema": 1' + b"0" * 5000 + b"}", "no JSON"),
    ],
)
def test_what_is_no_document_at_all_says_so(data: bytes, said: str) -> None:
    with pytest.raises(InvalidRequestError, match=said):
        parse_document(data)


def test_half_a_character_is_replaced_and_counts_as_one() -> None:
    made = changed("runs/0/parts/0/text", "a\ud83db")
    made["runs"][0]["timeline"] = "0:0+3"
    (read,) = parse_document(json.dumps(made).encode()).runs
    assert read["parts"][0]["text"] == "a\ufffdb"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=10,
)


@given(field=st.sampled_from(sorted(VIEW)), value=_JSON)
def test_whatever_a_field_holds_is_read_or_refused(field: str, value: object) -> None:
    try:
        read = read_document(document({**VIEW, field: value}))
    except InvalidRequestError:
        return
    assert misfits(read.runs[0], RunView) == []


@given(value=_JSON)
def test_whatever_stands_where_runs_should_is_read_or_refused(value: object) -> None:
    try:
        read = read_document(document(value))
    except InvalidRequestError:
        return
    assert misfits(read.runs[0], RunView) == []
