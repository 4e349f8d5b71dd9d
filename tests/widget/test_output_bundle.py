from __future__ import annotations

import json
from typing import TYPE_CHECKING

import nbformat
from nbconvert import HTMLExporter

from stream_widget.events import OutputTextDelta, ReasoningTextDelta
from stream_widget.widget.document import MIME_TYPE
from stream_widget.widget.output_bundle import WIDGET_VIEW, output_bundle
from widget.played import engine, make_run, play
from widget.test_stream_widget import DONE

if TYPE_CHECKING:
    from stream_widget.widget.protocol import RunView

DATA = {WIDGET_VIEW: {"model_id": "w"}, "text/plain": "to come"}


def view_of(*events: object) -> RunView:
    with engine() as on:
        run = make_run(on, events)
        patches, _ = play(on, run)
        return patches.snapshot()["view"]


def test_while_it_runs_an_output_holds_nothing_that_changes() -> None:
    bundle = output_bundle(DATA, "w", [], drawn_without_kernel=False)
    assert set(bundle) == {WIDGET_VIEW, MIME_TYPE, "text/plain"}
    assert bundle == output_bundle(DATA, "w", [], drawn_without_kernel=True)


def test_the_live_view_stays_in_a_finished_output_unless_the_page_draws_its_document() -> None:
    view = view_of(OutputTextDelta(0, "Blue."), DONE)
    kept = output_bundle(DATA, "w", [view], drawn_without_kernel=False)
    assert WIDGET_VIEW in kept
    bundle = output_bundle(DATA, "w", [view], drawn_without_kernel=True)
    assert set(bundle) == {MIME_TYPE, "text/html", "text/markdown", "text/plain"}


def test_a_long_answer_is_whole_in_its_document_and_short_in_its_copies() -> None:
    words = [f"word-{number}\n" for number in range(40_000)]
    bundle = output_bundle(
        DATA, "w", [view_of(OutputTextDelta(0, "".join(words)), DONE)], drawn_without_kernel=True
    )
    assert len(str(bundle["text/html"])) < 100_000
    assert len(str(bundle["text/markdown"])) < 100_000
    assert words[-1].strip() in json.dumps(bundle[MIME_TYPE])


def test_a_page_made_by_nbconvert_shows_the_text() -> None:
    view = view_of(ReasoningTextDelta(0, "Light scatters."), OutputTextDelta(1, "Blue <b>."), DONE)
    bundle = output_bundle(DATA, "w", [view], drawn_without_kernel=True)
    output = nbformat.v4.new_output("display_data", bundle)
    cell = nbformat.v4.new_code_cell("w", outputs=[output])
    page, _ = HTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    assert "Light scatters." in page
    assert "Blue &lt;b&gt;." in page
