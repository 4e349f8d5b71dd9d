"""The whole front end, once for each kernel: a hidden widget whose module every other one uses.

A widget's module travels and is saved with each instance. So a widget's own module is a small one,
which finds what the hidden widget has brought to the page.
"""

from __future__ import annotations

import threading
from typing import Any, ClassVar, Final

import anywidget
import traitlets
from IPython.core.getipython import get_ipython

from stream_widget.widget.front_end import (
    asset_text,
    loader_text,
    module_text,
    whole_text,
)

__all__ = ["modules_of_a_widget"]


class _Runtime(anywidget.AnyWidget):
    """Never shown."""

    _esm: ClassVar[str] = module_text()
    _markdown = traitlets.Unicode(asset_text("markdown")).tag(sync=True)
    """Nearly every run needs it, and a busy kernel could not be asked for it."""


class _Shared:
    """Makes the hidden widget when it is first needed, and again if somebody closed it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._widget: _Runtime | None = None

    def reference(self) -> str:
        with self._lock:
            widget = self._widget
            if widget is None or getattr(widget, "comm", None) is None:
                widget = self._widget = _Runtime()
            model_id: Any = widget.model_id
            return f"anywidget:{model_id}"


_SHARED: Final = _Shared()


def modules_of_a_widget() -> tuple[str, str]:
    """A widget's own module, and the reference of the hidden widget that it needs, if any.

    Front ends that bring their own kernel (marimo) show widgets one by one and serve a module as a
    file, once for all: there each has the whole one.
    """
    kernel = getattr(get_ipython(), "kernel", None)
    if getattr(kernel, "comm_manager", None) is None:
        return whole_text(), ""
    return loader_text(), _SHARED.reference()
