"""What is written to files: whole, honest about what is missing, and harmless."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from stream_widget.errors import InvalidRequestError, ProviderError
from stream_widget.events import (
    OutputTextDelta,
    ReasoningSummaryDelta,
    RefusalDelta,
    ResponseFinished,
    ResponseStarted,
    Usage,
    UsageReported,
)
from stream_widget.widget import KernelBudget, StreamWidget, page
from stream_widget.widget.facts import run_facts
from stream_widget.widget.keeping import exported_document
from stream_widget.widget.page import html_page
from widget.played import engine, make_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stream_widget.run import ThreadEngine
    from stream_widget.widget.protocol import RunView

DONE = ResponseFinished("stop", "completed")
_PARTS = ("maths", "colour", "json", "many", "markdown", "other")
HOSTILE = "</title></script><script>alert(1)</script><!--<script> &amp; \u2028 </pre>"


@pytest.fixture
def on() -> Iterator[ThreadEngine]:
    with engine() as made:
        yield made


def ended(on: ThreadEngine, *events: Any) -> StreamWidget:
    run = make_run(on, list(events), retries=0)
    widget = StreamWidget(run, engine=on, budget=KernelBudget(), calls=list)
    widget.start()
    return widget.wait(10)


def view_of(widget: StreamWidget, **changes: Any) -> RunView:
    return {**widget.latest.view, **changes}


def facts_of(view: RunView) -> dict[str, str]:
    return dict(run_facts(view))


class Page(HTMLParser):
    """The scripts, the policies and the texts outside of scripts of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.policies: list[str] = []
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        named = dict(attrs)
        if tag == "script":
            self.scripts.append((named, ""))
        if named.get("http-equiv") == "Content-Security-Policy":
            self.policies.append(named["content"] or "")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script":
            named, text = self.scripts[-1]
            self.scripts[-1] = (named, text + data)
        else:
            self.texts.append(data)


@pytest.mark.parametrize("suffix", [".html", ".md", ".json"])
def test_an_export_says_what_when_how_long_how_much_and_what_was_cut(
    on: ThreadEngine, tmp_path: Path, suffix: str
) -> None:
    widget = ended(
        on,
        ResponseStarted("resp_1", "gpt-5-mini-2025-08-07"),
        OutputTextDelta(0, "Blue & wide."),
        UsageReported(Usage(10, 4, None, 1234, 1000, 1244)),
        ResponseFinished("length", "max_output_tokens", incomplete=True),
    )
    path = widget.export(str(tmp_path / f"sky{suffix}"))
    text = path.read_text(encoding="utf-8")
    if suffix == ".json":
        (run,) = json.loads(text)["runs"]
        assert run == widget.latest.view
        assert (run["model"], run["response_model"]) == ("gpt-5-mini", "gpt-5-mini-2025-08-07")
        assert run["finish_reason"] == "length"
        return
    plain = "".join(Page(text).texts) if suffix == ".html" else text.replace("\\", "")
    for words in (
        "answered by gpt-5-mini-2025-08-07",
        "10 in, 4 of them cached, 1,234 out, 1,000 of them reasoning, reported by the provider",
        "incomplete (length, max_output_tokens)",
        "Stopped at the model's own limit. The provider did not return the text of the reasoning.",
        "Blue & wide.",
    ):
        assert words in plain
    assert re.search(r"Asked\W*\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", plain)
    assert re.search(r"Took\W*\d+\.\d s, first token after", plain)


def test_what_is_missing_is_said_and_why(on: ThreadEngine) -> None:
    whole = view_of(ended(on, OutputTextDelta(0, "Blue."), DONE))
    assert "Cut" not in facts_of(whole)
    assert "stopped" in facts_of({**whole, "state": "cancelled"})["Cut"]
    assert "while the run was paused" in facts_of({**whole, "state": "paused"})["Cut"]
    filtered: RunView = {**whole, "state": "incomplete", "finish_reason": "content_filter"}
    assert "content filter" in facts_of(filtered)["Cut"]
    capped: RunView = {
        **whole,
        "state": "incomplete",
        "finish_reason": "length",
        "max_output_tokens": 16,
    }
    assert facts_of(capped)["Cut"] == "Stopped at max_output_tokens=16."
    refused = view_of(ended(on, RefusalDelta(0, "No."), DONE))
    assert facts_of(refused)["Cut"] == "The model declined to answer."
    cut = ProviderError("The line went dead.", kind="interrupted", target="openai:gpt-5-mini")
    failed = view_of(ended(on, OutputTextDelta(0, "Bl"), cut))
    assert facts_of(failed)["Cut"].endswith("The line went dead.")
    summed = view_of(ended(on, ReasoningSummaryDelta(0, "Hm."), OutputTextDelta(1, "Blue."), DONE))
    assert "summary only" in facts_of(summed)["Cut"]


@pytest.mark.parametrize(
    ("cost", "words"),
    [
        (None, "not known"),
        (0.0, "$0.00, prices by genai-prices 1"),
        (0.00031, "$0.00031, prices by genai-prices 1"),
        (0.0026, "$0.0026, prices by genai-prices 1"),
        (1.2, "$1.20, prices by genai-prices 1"),
        (1e-30, "$0.000000000000, prices by genai-prices 1"),
    ],
)
def test_a_cost_has_its_source(on: ThreadEngine, cost: float | None, words: str) -> None:
    view = view_of(ended(on, DONE), cost_usd=cost, price_source="genai-prices 1")
    assert facts_of({**view, "usage_source": "reported"})["Cost"] == words
    if cost is not None:
        assert "estimated" in facts_of({**view, "usage_source": "estimated"})["Cost"]


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0.0 s"), (59.9, "59.9 s"), (125, "2:05"), (3725, "1:02:05")]
)
def test_a_duration_is_read_at_a_glance(on: ThreadEngine, seconds: float, words: str) -> None:
    assert facts_of(view_of(ended(on, DONE), elapsed_s=seconds))["Took"] == words


def test_a_fallback_is_named(on: ThreadEngine) -> None:
    view = view_of(ended(on, DONE), first_target="openai:gpt-5", attempt=3)
    assert "asked instead of openai:gpt-5" in facts_of(view)["Model"]
    assert facts_of(view)["Took"].endswith("in attempt 3")


def test_the_page_runs_its_own_script_and_no_other_and_fetches_nothing(
    on: ThreadEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "standalone_text", lambda: 'draw("</script>", "<!--");')
    monkeypatch.setattr(page, "asset_names", frozenset)
    widget = ended(on, OutputTextDelta(0, HOSTILE), ResponseFinished(None, HOSTILE))
    made = Page(html_page(exported_document([view_of(widget, name=HOSTILE)], "stack")))
    (about, data), (named, script) = made.scripts
    assert about == {"type": "application/json", "data-stream-widget": None}
    assert json.loads(data)["runs"][0]["parts"][0]["text"] == HOSTILE
    assert (named, script) == ({}, 'draw("\\x3c/script>", "\\x3c!--");')
    (policy,) = made.policies
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}' blob:" in policy
    assert policy.startswith("default-src 'none'")
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    assert made.tags.count("title") == 1
    assert HOSTILE in made.texts


@pytest.mark.parametrize(
    ("text", "embedded"),
    [
        ("**Blue.**", ["other"]),
        ("It costs $5.", ["maths", "other"]),
        (r"\(x^2\)", ["maths", "other"]),
        ("~~~py\nx = 1", ["colour", "other"]),
    ],
)
def test_the_page_has_what_its_texts_may_need(
    on: ThreadEngine, monkeypatch: pytest.MonkeyPatch, text: str, embedded: list[str]
) -> None:
    monkeypatch.setattr(page, "asset_names", lambda: {*_PARTS})
    monkeypatch.setattr(page, "asset_text", lambda name: f"export const {name} = '</script>';")
    widget = ended(on, OutputTextDelta(0, text), DONE)
    made = Page(html_page(exported_document([widget.latest.view], "stack")))
    assets = [
        (about["data-stream-widget-asset"], json.loads(data))
        for about, data in made.scripts
        if "data-stream-widget-asset" in about
    ]
    assert assets == [(name, f"export const {name} = '</script>';") for name in embedded]
    assert 'data-stream-widget-asset="many"' in html_page(
        exported_document([widget.latest.view] * 2, "grid")
    )
    as_json = view_of(widget, text_format="json")
    assert 'data-stream-widget-asset="json"' in html_page(exported_document([as_json], "stack"))


def test_a_page_without_the_front_end_can_be_read(
    on: ThreadEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> str:
        raise RuntimeError("not built")

    monkeypatch.setattr(page, "standalone_text", missing)
    widget = ended(on, ReasoningSummaryDelta(0, "Hm."), OutputTextDelta(1, HOSTILE), DONE)
    made = Page(html_page(exported_document([widget.latest.view], "stack")))
    assert made.scripts == []
    assert {"details", "summary"} <= {*made.tags}
    assert HOSTILE in made.texts


def test_what_a_provider_says_is_no_markup_in_an_exported_file(
    on: ThreadEngine, tmp_path: Path
) -> None:
    end = ResponseFinished(None, "# [x](javascript:alert(1))\n\n# y", incomplete=True)
    text = (
        ended(on, OutputTextDelta(0, "Blue."), end).export(tmp_path / "sky.md").read_text("utf-8")
    )
    assert "(\\# \\[x\\](javascript:alert(1)) \\# y)" in text


def test_half_a_character_can_be_written(on: ThreadEngine, tmp_path: Path) -> None:
    widget = ended(on, OutputTextDelta(0, "Blue \ud83d"), DONE)
    for suffix in (".html", ".md", ".json"):
        assert "Blue ?" in widget.export(tmp_path / f"sky{suffix}").read_text("utf-8")


def test_an_export_to_another_ending_says_what_there_is(on: ThreadEngine, tmp_path: Path) -> None:
    widget = ended(on, DONE)
    with pytest.raises(InvalidRequestError, match=r"\.html, \.md, \.json"):
        widget.export(tmp_path / "sky.pdf")
    assert list(tmp_path.iterdir()) == []
