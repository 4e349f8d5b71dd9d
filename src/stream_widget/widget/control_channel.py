"""The second way for a command: the kernel's control channel, open while a cell runs.

An implementation detail of ipykernel, the same from 6.29 to 7.4 (measured 2026-11-20): looked for,
used where found, missed nowhere.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, Final, cast

from IPython.core.getipython import get_ipython

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    from stream_widget.widget.commands import Commands

__all__ = ["listen_on_control_channel"]

_REQUEST: Final = "stream_widget_request"
_REPLY: Final = "stream_widget_reply"


class _ControlHandler:
    """Answers requests on the control channel, in the kernel's control thread."""

    def __init__(self, kernel: Any) -> None:
        self._kernel = kernel
        self.widgets: MutableMapping[str, Commands] = weakref.WeakValueDictionary()

    def __call__(self, stream: object, ident: object, parent: dict[str, Any]) -> None:
        content = cast("dict[str, Any]", parent.get("content") or {})
        commands = self.widgets.get(str(content.get("model_id")))
        taken = commands is not None and commands.take(content.get("command"))
        self._kernel.session.send(
            stream, _REPLY, {"status": "ok" if taken else "unknown"}, parent, ident=ident
        )


def listen_on_control_channel(widget_id: str, commands: Commands) -> None:
    """Take a widget's commands from the control channel too, where the kernel has one we know.

    The widget is forgotten when its ``commands`` are.
    """
    kernel = getattr(get_ipython(), "kernel", None)
    handlers = getattr(kernel, "control_handlers", None)
    if not isinstance(handlers, dict):
        return
    known = cast("dict[str, Callable[..., object]]", handlers)
    handler = known.get(_REQUEST)
    if not isinstance(handler, _ControlHandler):
        handler = known[_REQUEST] = _ControlHandler(kernel)
    handler.widgets[widget_id] = commands
