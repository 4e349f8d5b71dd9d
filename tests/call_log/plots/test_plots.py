from __future__ import annotations

import importlib.util
import json
import sqlite3
from typing import TYPE_CHECKING, Any

import altair as alt
import pytest

from stream_widget.call_log.plots import MissingPlotLibraryError
from stream_widget.call_log.plots.look import shortened
from stream_widget.errors import InvalidRequestError
from stream_widget.run import Timeline

if TYPE_CHECKING:
    from call_log.conftest import MakeRow
    from stream_widget.call_log import CallLog

START = 1_790_000_000_000_000
HOUR = 3_600_000_000
CHARTS = ("cost", "tokens", "latency", "timeline")
MOST_BYTES = 200_000


@pytest.fixture
def full(log: CallLog, make_row: MakeRow) -> CallLog:
    """Calls of eight models over two weeks, and a run with 20,000 arrivals and two long gaps."""
    for number in range(400):
        log.put(
            make_row(
                f"c{number}",
                run_id=f"r{number}",
                started_at=START + number * HOUR,
                ended_at=START + number * HOUR + 9_000_000,
                request_model=f"model-{number % 8}",
                input_tokens=1000,
                cached_input_tokens=400,
                output_tokens=300,
                reasoning_tokens=100,
                usage_source="estimated" if number % 10 == 0 else "reported",
                cost_usd=None if number % 4 == 0 else 0.01,
                ttft_s=1.0,
                ttfo_s=4.0,
                duration_s=9.0,
            )
        )
    log.flush()
    timeline, at_s = Timeline(), 1.5
    for number in range(20_000):
        at_s += {5_000: 2.0, 15_000: 12.0}.get(number, 0.01)
        timeline.add(at_s, int(number >= 10_000), 4)
    parts = [["reasoning_text", None, 40_000], ["output_text", None, 40_000]]
    with sqlite3.connect(log.path) as db:
        db.execute("insert into streams values ('c1', ?, ?)", (json.dumps(parts), str(timeline)))
        db.execute("update calls set ended_at = started_at + 220000000 where call_id = 'c1'")
    db.close()
    return log


@pytest.fixture
def without_altair(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "altair" else find(name)
    )
    monkeypatch.setenv("MPLBACKEND", "agg")


def drawn(log: CallLog, name: str) -> Any:
    plot = log.plot
    return plot.timeline("r1") if name == "timeline" else getattr(plot, name)()


def encodings(spec: Any) -> list[dict[str, Any]]:
    if isinstance(spec, list):
        return [found for each in spec for found in encodings(each)]
    if not isinstance(spec, dict):
        return []
    own = [spec["encoding"]] if "encoding" in spec else []
    return own + [
        found for key in ("layer", "spec", "hconcat") for found in encodings(spec.get(key))
    ]


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_a_valid_spec_that_a_notebook_carries(full: CallLog, name: str) -> None:
    spec = drawn(full, name).to_dict()  # Altair checks it against the schema of Vega-Lite
    assert len(json.dumps(spec)) < MOST_BYTES


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_has_a_title_and_names_its_axes_with_their_units(full: CallLog, name: str) -> None:
    spec = drawn(full, name).to_dict()
    assert spec["title"]["text"]
    assert spec["title"]["subtitle"]
    titles = {
        encoding[axis]["title"]
        for encoding in encodings(spec)
        for axis in ("x", "y")
        if encoding.get(axis, {}).get("title")
    }
    expected = {
        "cost": {"Started (UTC, by 12 hours)", "Cost (US dollars)"},
        "tokens": {"Tokens"},
        "latency": {"Seconds (line: 90 % of calls, bar: 50 %, tick: median)"},
        "timeline": {"Seconds since the run began", "Characters so far"},
    }
    assert titles == expected[name]


@pytest.mark.parametrize("name", CHARTS)
def test_the_page_chooses_background_and_text_and_a_chart_neither(full: CallLog, name: str) -> None:
    spec = drawn(full, name).to_dict()
    config = {key: value for key, value in spec.get("config", {}).items() if key != "view"}
    assert config == {}
    assert "background" not in spec
    assert '"text": {' not in json.dumps([each.get("encoding") for each in spec.get("layer", [])])


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_shown_by_the_front_ends_own_vega(full: CallLog, name: str) -> None:
    drawing = drawn(full, name)
    bundle = drawing._repr_mimebundle_()
    # What JupyterLab 4 draws; HTML would fetch Vega from the network.
    assert set(bundle) == {"application/vnd.vegalite.v5+json", "text/plain"}
    assert "/v5" in bundle["application/vnd.vegalite.v5+json"]["$schema"]
    assert drawing.title.text in bundle["text/plain"]
    assert type(drawing.properties(width=300)) is type(drawing.chart)


def test_whoever_has_enabled_a_renderer_of_altair_gets_that_one(full: CallLog) -> None:
    with alt.renderers.enable("json"):
        assert set(full.plot.cost()._repr_mimebundle_()[0]) >= {"application/json"}


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.usefixtures("without_altair")
def test_matplotlib_draws_the_same_where_altair_is_missing(full: CallLog, name: str) -> None:
    figure = drawn(full, name)
    [axes] = figure.axes
    assert figure.get_suptitle()
    assert axes.get_xlabel()
    assert figure.get_facecolor() == (1, 1, 1, 1)
    assert axes.has_data()


def test_without_either_library_the_error_says_what_to_install(
    full: CallLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(MissingPlotLibraryError, match=r'pip install "stream-widget\[analysis\]"'):
        full.plot.cost()


def test_filters_are_those_of_to_frame(full: CallLog) -> None:
    title = full.plot.cost(model="model-1").to_dict()["title"]
    assert title["text"] == "Cost by 12 hours: $0.50 in all"
    assert title["subtitle"] == "50 calls"


@pytest.mark.parametrize("name", ["cost", "tokens", "latency"])
def test_nothing_to_draw_is_an_error_that_says_so(log: CallLog, name: str) -> None:
    with pytest.raises(InvalidRequestError, match="nothing to draw"):
        getattr(log.plot, name)()


def test_a_run_that_is_not_there_or_has_no_times_is_an_error_that_says_so(full: CallLog) -> None:
    with pytest.raises(InvalidRequestError, match="no run 'nope'"):
        full.plot.timeline("nope")
    with pytest.raises(InvalidRequestError, match="no times of run 'r2'"):
        full.plot.timeline("r2")


def test_a_timeline_keeps_first_and_last_points_and_marks_what_was_silent(full: CallLog) -> None:
    spec = full.plot.timeline("r1").to_dict()
    growth = next(rows for rows in spec["datasets"].values() if "characters" in rows[0])
    by_kind = {kind: [row["characters"] for row in growth if row["kind"] == kind]
               for kind in ("reasoning", "answer")}  # fmt: skip
    assert {kind: (each[0], each[-1]) for kind, each in by_kind.items()} == {
        "reasoning": (4, 40_000),
        "answer": (4, 40_000),
    }
    silences = next(rows for rows in spec["datasets"].values() if "what" in rows[0])
    assert [(row["what"], round(row["seconds"], 1)) for row in silences] == [
        ("waiting", 1.0),  # as its ttft_s says; the rest was before it was sent
        ("pause", 2.0),
        ("stall", 12.0),
    ]
    assert "1 pause of 2.0 s" in spec["title"]["subtitle"]


def test_the_calls_of_one_moment_are_a_bar_and_not_an_area(log: CallLog, make_row: MakeRow) -> None:
    log.put(make_row("a", started_at=START, cost_usd=0.01))
    [encoding] = encodings(log.plot.cost().to_dict())
    begin, end = encoding["x"]["scale"]["domain"]
    assert (end - begin) / 60_000 == 12
    assert begin < START // 1000 < end
    # Ticks nearer than a bar is wide would all have the same words.
    assert encoding["x"]["axis"]["tickMinStep"] == 60_000


def test_a_single_call_is_seen_on_any_background(log: CallLog, make_row: MakeRow) -> None:
    log.put(make_row("a", ttft_s=1.0, ttfo_s=1.5, duration_s=2.0))
    spec = log.plot.latency().to_dict()
    bar, tick = (
        next(layer for layer in spec["spec"]["layer"] if layer["mark"]["type"] == mark)
        for mark in ("bar", "tick")
    )
    assert tick["mark"]["height"] > bar["mark"]["height"]
    assert tick["encoding"]["color"]["field"] == "model"


def test_only_the_silences_that_there_were_are_explained(log: CallLog, make_row: MakeRow) -> None:
    log.put(make_row("a", run_id="quick"))
    log.flush()
    with sqlite3.connect(log.path) as db:
        db.execute(
            "insert into streams values ('a', '[[\"output_text\", null, 27]]', '800:0+15 33+12')"
        )
    db.close()
    layer = log.plot.timeline("quick").to_dict()["layer"][0]
    assert layer["encoding"]["fill"]["scale"]["domain"] == ["waiting"]


def test_a_long_name_keeps_both_its_ends() -> None:
    assert shortened("openai:gpt-5") == "openai:gpt-5"
    short = shortened("anthropic:claude-sonnet-4-5-20250929-thinking-large")
    assert short == "anthropic:claude-sonne…nking-large"
