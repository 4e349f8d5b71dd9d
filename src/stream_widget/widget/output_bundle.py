"""What a cell's output holds: the live widget, the document of its runs, and copies to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from stream_widget.widget.document import MIME_TYPE, run_document, running_document
from stream_widget.widget.still import shortened, still_html, still_markdown, still_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stream_widget.widget.protocol import Arrangement, RunView

__all__ = ["WIDGET_VIEW", "output_bundle"]

WIDGET_VIEW: Final = "application/vnd.jupyter.widget-view+json"

_COPIED_CHARACTERS: Final = 64_000
"""The document has the whole text; copies of it would only make the notebook larger."""


def output_bundle(
    data: Mapping[str, object],
    widget_id: str,
    views: Sequence[RunView],
    *,
    layout: Arrangement = "stack",
    drawn_without_kernel: bool,
) -> dict[str, object]:
    """The bundle of an output.

    Args:
        data: What a front end shows of the live widget, and a line of text that does not change.
        widget_id: The widget's id.
        views: Its runs; none while they run.
        layout: How they are arranged.
        drawn_without_kernel: A renderer of ours is on the page. It draws the live widget too, so
            the finished output needs no view that cannot be without a kernel.
    """
    if not views:
        return {**data, MIME_TYPE: running_document(widget_id, layout)}
    short = shortened(views, _COPIED_CHARACTERS)
    bundle = {
        **data,
        MIME_TYPE: run_document(widget_id, layout, views),
        "text/html": "".join(map(still_html, short)),
        "text/markdown": "\n---\n\n".join(
            still_markdown(view, fetches_nothing=True) for view in short
        ),
        "text/plain": "\n\n".join(map(still_text, short)),
    }
    if drawn_without_kernel:
        bundle.pop(WIDGET_VIEW, None)
    return bundle
