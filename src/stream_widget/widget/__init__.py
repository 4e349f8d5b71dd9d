"""Patches to the browser, commands back: the widgets of runs, and what stays of them."""

from stream_widget.widget.loaded_run import loaded_run
from stream_widget.widget.logged_view import logged_view
from stream_widget.widget.pace import KernelBudget
from stream_widget.widget.protocol import Expectation, ManyArrangement
from stream_widget.widget.read_document import parse_document
from stream_widget.widget.runs_widget import RunsWidget
from stream_widget.widget.stream_widget import StreamWidget

__all__ = [
    "Expectation",
    "KernelBudget",
    "ManyArrangement",
    "RunsWidget",
    "StreamWidget",
    "loaded_run",
    "logged_view",
    "parse_document",
]
