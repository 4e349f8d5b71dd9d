from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from stream_widget.errors import ProviderError
from stream_widget.events import (
    OutputTextDelta,
    ReasoningStarted,
    ReasoningSummaryDelta,
    ReasoningTextDelta,
    RefusalDelta,
    ResponseFinished,
    ToolCallDelta,
    ToolCallStarted,
    Usage,
    UsageReported,
)
from stream_widget.widget.run_view import run_view
from stream_widget.widget.still import shortened, still_html, still_markdown, still_text
from widget.played import engine, make_run, play

if TYPE_CHECKING:
    from stream_widget.widget.protocol import RunView

DONE = ResponseFinished("stop", "completed")
HOSTILE = '<script>alert(1)</script><img src="http://evil.test/x"> & "quotes" </pre></div>'


def view_of(*events: object) -> RunView:
    with engine() as on:
        run = make_run(on, list(events), retries=0)
        play(on, run)
        return run_view(run)


FULL = (
    ReasoningStarted(),
    ReasoningSummaryDelta(0, "**First**\n\nI weigh it."),
    ReasoningSummaryDelta(1, "**Second**"),
    OutputTextDelta(2, "# Blue\n\nIt *scatters*.\n"),
    UsageReported(Usage(10, 0, None, 1234, 1000, 1244)),
    DONE,
)


def test_reasoning_and_answer_are_whole_and_marked_as_what_they_are() -> None:
    view = view_of(*FULL)
    for text in (still_text(view), still_markdown(view), still_html(view)):
        assert "Reasoning (the provider's summary)" in text.replace("&#x27;", "'")
    assert still_text(view).endswith("Answer:\n# Blue\n\nIt *scatters*.\n")
    assert "\n# Blue\n\nIt *scatters*.\n" in still_markdown(view)
    assert "> **First**\n>\n> I weigh it.\n>\n> **Second**" in still_markdown(view)


def test_the_html_holds_the_exact_texts() -> None:
    tree = ET.fromstring(still_html(view_of(*FULL)))  # noqa: S314 - our own HTML
    texts = [element.text for element in tree.iter("pre")]
    assert texts == ["**First**\n\nI weigh it.\n\n**Second**", "# Blue\n\nIt *scatters*.\n"]


@pytest.mark.parametrize(
    "events",
    [
        (OutputTextDelta(0, HOSTILE), DONE),
        (ReasoningSummaryDelta(0, HOSTILE), DONE),
        (RefusalDelta(0, HOSTILE), DONE),
        (ToolCallStarted(0, "c", HOSTILE), ToolCallDelta(0, HOSTILE), DONE),
        (ProviderError(HOSTILE, kind="server", target="t"),),
    ],
)
def test_what_a_model_or_provider_says_never_becomes_markup(events: tuple[object, ...]) -> None:
    tree = ET.fromstring(still_html(view_of(*events)))  # noqa: S314 - our own HTML
    allowed = {"div", "span", "strong", "details", "summary", "pre"}
    assert {element.tag for element in tree.iter()} <= allowed
    assert HOSTILE in "".join(tree.itertext())
    assert all(set(element.attrib) <= {"style", "aria-label"} for element in tree.iter())


def test_reasoning_without_words_says_how_many_tokens_it_took() -> None:
    view = view_of(
        ReasoningStarted(),
        OutputTextDelta(0, "Blue."),
        UsageReported(Usage(output_tokens=900, reasoning_tokens=812)),
        DONE,
    )
    assert "812 tokens; the provider did not return the text." in still_text(view)


def test_an_error_stands_beside_the_text_that_came_before_it() -> None:
    error = ProviderError("The line went dead.", kind="interrupted", target="t")
    view = view_of(OutputTextDelta(0, "Half an ans"), error)
    for text in (still_text(view), still_markdown(view), still_html(view)):
        assert "Half an ans" in text
        assert "The line went dead." in text
        assert "~3 output tokens" in text


def test_two_runs_with_the_same_events_give_the_same_texts() -> None:
    first, second = view_of(*FULL), view_of(*FULL)
    assert first["run"] != second["run"]
    for make in (still_text, still_markdown, still_html):
        assert make(first) == make(second)


def test_a_fence_in_a_tool_call_does_not_end_its_block() -> None:
    view = view_of(ToolCallStarted(0, "c", "run"), ToolCallDelta(0, "```\nrm\n```"), DONE)
    assert "````\n```\nrm\n```\n````" in still_markdown(view)


def test_copies_of_long_runs_are_cut_and_say_by_how_much() -> None:
    views = [
        view_of(ReasoningTextDelta(0, "r" * 300), OutputTextDelta(1, "a" * 5000), DONE),
        view_of(OutputTextDelta(0, "b" * 9000), DONE),
        view_of(OutputTextDelta(0, "short"), DONE),
    ]
    parts = [part["text"] for view in shortened(views, 4305) for part in view["parts"]]
    assert parts[0] == "r" * 300
    assert parts[3] == "short"
    assert parts[1].startswith("a" * 2000 + "\n\n… 3,000 more characters")
    assert parts[2].startswith("b" * 2000 + "\n\n… 7,000 more characters")
    assert [part["text"] for part in views[0]["parts"]] == ["r" * 300, "a" * 5000]


def test_copies_of_short_runs_are_whole() -> None:
    views = [view_of(OutputTextDelta(0, "a" * 100), DONE)]
    assert shortened(views, 100) == views


@pytest.mark.parametrize(
    "text",
    [
        "![x](http://evil.test/a.png)",
        "![x][r]\n\n[r]: http://evil.test/a.png",
        'so <IMG src="http://evil.test/a.png"> it is',
        "~~~ Mermaid\nflowchart\n~~~",
        r"$\style{background:url(http://evil.test/a)}{x}$",
        "```\na\n```\n![x](http://evil.test/a.png)",
    ],
)
def test_a_copy_that_fetches_nothing_has_such_a_text_in_a_fence(text: str) -> None:
    view = view_of(ReasoningTextDelta(0, text), OutputTextDelta(1, text), DONE)
    assert f"**Answer**\n\n{text}\n" in still_markdown(view)
    copy = still_markdown(view, fetches_nothing=True)
    fence = "````" if "```" in text else "```"
    assert f"**Answer**\n\n{fence}\n{text}\n{fence}\n" in copy
    quoted = "\n".join(f"> {line}" if line else ">" for line in text.split("\n"))
    assert f"> {fence}\n{quoted}\n> {fence}\n" in copy


def test_a_copy_that_fetches_nothing_leaves_other_texts_as_they_are() -> None:
    view = view_of(OutputTextDelta(0, "# Blue\n\n[why](http://x.test) if a < b: `c[0]`"), DONE)
    assert still_markdown(view, fetches_nothing=True) == still_markdown(view)


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_no_line_of_a_quoted_text_escapes_its_quote(end: str) -> None:
    view = view_of(ReasoningTextDelta(0, f"a{end}![x](http://evil.test/)"), DONE)
    assert "> ```\n> a\n> ![x](http://evil.test/)\n> ```" in still_markdown(
        view, fetches_nothing=True
    )


def test_a_name_of_several_lines_stays_on_one() -> None:
    view = view_of(ToolCallStarted(0, "c", "x\n~~~mermaid\ny"), DONE)
    assert "**Tool call x \\~\\~\\~mermaid y**" in still_markdown(view)
