"""Patches to the browser, commands back: a run's widget, and what stays of it in a notebook."""

from stream_widget.widget.pace import KernelBudget
from stream_widget.widget.protocol import Expectation
from stream_widget.widget.stream_widget import StreamWidget

__all__ = ["Expectation", "KernelBudget", "StreamWidget"]
