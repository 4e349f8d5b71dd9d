"""Watch language models think and answer, live, in a notebook.

    import stream_widget as sw
    w = sw.stream("Why is the sky blue?")
    sw.show(w, sw.stream("Why is the sea?"), layout="merged")

The way of the data, from the provider to the page:

    provider ─bytes─▶ wire ─frames─▶ providers ─events─▶ run ─┬─ rows ─▶ call_log ─▶ SQLite, pandas
                (SDK)      (dicts)      (typed)              └─ patches ─▶ widget ─trait─▶ browser
                                                                ◀─commands─ (custom messages)

    errors clock events request   the vocabulary
    redaction                     keys blanked before anything is written or shown
    wire                          bytes to frames and back
    providers                     frames to events; who speaks which wire, where, with what key
    catalog                       model names, what each takes, what each costs
    run                           events to a run: states, attempts, retry, fallback, the engine
    call_log                      one row for each call
    widget                        patches to the browser, commands back
    scripted                      a server that plays scripts over the real wires
    settings kernel keywords      defaults, and what one kernel has one of
    telemetry                     spans and metrics, where the application has set OpenTelemetry up
    compose watching showing      where they meet: stream, watch, show, load, configure
    model_table                   models(): the catalog as a table
    magics cli demo               %%stream, and the stream-widget command
    log_command                   stream-widget log
    log_show log_tail             a run as lines of text; calls as they start and end

Nothing heavy is imported until it is used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stream_widget.compose import configure, stream
    from stream_widget.kernel import CallLog
    from stream_widget.model_table import models
    from stream_widget.showing import load, show
    from stream_widget.watching import watch
    from stream_widget.widget import RunsWidget, StreamWidget

    log: CallLog

__all__ = [
    "CallLog",
    "RunsWidget",
    "StreamWidget",
    "configure",
    "load",
    "load_ipython_extension",
    "log",
    "models",
    "show",
    "stream",
    "watch",
]

_HOMES = {
    "CallLog": "stream_widget.kernel",
    "RunsWidget": "stream_widget.widget",
    "StreamWidget": "stream_widget.widget",
    "configure": "stream_widget.compose",
    "load": "stream_widget.showing",
    "models": "stream_widget.model_table",
    "show": "stream_widget.showing",
    "stream": "stream_widget.compose",
    "watch": "stream_widget.watching",
}


def __getattr__(name: str) -> Any:
    if name == "log":
        return importlib.import_module("stream_widget.compose").current_log()
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    if name == "__version__":
        return importlib.import_module("importlib.metadata").version("stream-widget")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)


def load_ipython_extension(shell: Any) -> None:
    """Add the magics; IPython calls this for ``%load_ext stream_widget``."""
    importlib.import_module("stream_widget.magics").register(shell)
