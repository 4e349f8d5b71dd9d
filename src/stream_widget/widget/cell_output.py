"""The outputs of cells that show a widget: made once, and once more when a run of it has ended.

Then the output gets the finished text as HTML, markdown and plain text, so that the
saved notebook can be read without a kernel.
"""

from __future__ import annotations

import contextvars
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

from IPython.core.display_functions import publish_display_data  # pyright: ignore[reportUnknownVariableType] - IPython's own annotations are partial
from IPython.core.getipython import get_ipython

__all__ = ["Bundle", "CellOutputs"]

Bundle: TypeAlias = Mapping[str, object]
"""MIME type to data."""

_NO_CELL: Final = object()


@dataclass(frozen=True, slots=True)
class _Output:
    display_id: str
    parent: Mapping[str, Any] | None
    """The header of the request whose cell shows the output."""


class CellOutputs:
    """Every output that shows one widget."""

    def __init__(self, bundle: Callable[[], Bundle]) -> None:
        self._bundle = bundle
        self._outputs: list[_Output] = []
        self._cell: object = _NO_CELL
        self._lock = threading.Lock()

    @property
    def shown(self) -> bool:
        """Whether any cell shows the widget."""
        return bool(self._outputs)

    def show(self) -> None:
        """Show the widget in the cell that runs now.

        As a cell's last value it is not shown again where this very cell shows it already: after
        ``display(w)``, ``await w`` gives ``w`` back, and one view of it is enough.
        """
        parent = _current_parent()
        cell = (parent or {}).get("header", {}).get("msg_id", _NO_CELL) if parent else _NO_CELL
        if cell is not _NO_CELL and cell == self._cell and _is_cell_value():
            return
        self._cell = cell
        output = _Output(uuid.uuid4().hex, parent)
        # Held until the output is out: an update that overtook it would be lost.
        with self._lock:
            self._outputs.append(output)
            publish_display_data(
                dict(self._bundle()), metadata={}, transient={"display_id": output.display_id}
            )

    @property
    def in_cell(self) -> bool:
        """Whether a notebook's cell runs now; a script or a terminal shows nothing."""
        return bool(_current_parent())

    def finish(self) -> None:
        """Replace every output by one with the text, from any thread."""
        with self._lock:
            outputs = tuple(self._outputs)
        for output in outputs:
            _update(output, self._bundle())


def _update(output: _Output, bundle: Bundle) -> None:
    """Send the update; from a thread, ``display`` would not find the kernel's socket everywhere.

    Front ends know the output by its display id. nbclient takes only what a cell that runs now
    could have sent, so the update goes out in the name of the request that came last.
    """
    publisher: Any = getattr(get_ipython(), "display_pub", None)
    session = getattr(publisher, "session", None)
    if session is None:
        return
    session.send(
        publisher.pub_socket,
        "update_display_data",
        {
            "data": dict(bundle),
            "metadata": {},
            "transient": {"display_id": output.display_id},
        },
        parent=_latest_parent(publisher) or output.parent,
        ident=publisher.topic,
    )


def _latest_parent(publisher: Any) -> Mapping[str, Any] | None:
    """The header of the request that came last.

    ipykernel keeps a header for each context, and a task of the engine has inherited the one of the
    cell that made it; an empty context has none, and then the latest one counts.
    """
    return contextvars.Context().run(lambda: publisher.parent_header)


def _current_parent() -> Mapping[str, Any] | None:
    kernel: Any = getattr(get_ipython(), "kernel", None)
    if kernel is None:
        return None
    return cast("Mapping[str, Any] | None", kernel.get_parent())


def _is_cell_value() -> bool:
    """Whether this happens inside the display hook, which shows a cell's last value.

    ipykernel's hook holds the message it fills in for as long as it works on one.
    """
    hook: Any = getattr(get_ipython(), "displayhook", None)
    return getattr(hook, "msg", None) is not None
