"""`show`: several runs in one widget."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias, cast, get_args

from stream_widget import compose
from stream_widget.errors import InvalidRequestError
from stream_widget.widget import ManyArrangement, RunsWidget, StreamWidget

__all__ = ["show"]

_Runs: TypeAlias = "StreamWidget | RunsWidget | Iterable[StreamWidget | RunsWidget]"
_ARRANGEMENTS = get_args(ManyArrangement)


def show(*runs: _Runs, layout: ManyArrangement = "grid") -> RunsWidget:
    """Show runs beside each other: returns at once, shows itself as the cell's value.

    The runs may be under way or over, and stay widgets of their own. What the returned widget is
    told (pause, cancel, wait) all of them do; its ``arrangement`` may be changed at any time.

    Args:
        runs: What `stream`, `watch`, `load` or `show` returned, or lists of it; each once.
        layout: ``"grid"`` for cards, ``"merged"`` for one column in the order of arrival,
            ``"tabs"`` for one at a time.

    Raises:
        InvalidRequestError: There is nothing to show, something is no run, or nobody knows the
            layout.
    """
    if layout not in _ARRANGEMENTS:
        raise InvalidRequestError(
            f"layout must be one of {', '.join(_ARRANGEMENTS)}, not {layout!r}."
        )
    streams = tuple({stream.widget_id: stream for stream in _streams(runs)}.values())
    if not streams:
        raise InvalidRequestError(
            "There is nothing to show: pass what stream(), watch() or load() returned."
        )
    kernel = compose.current_kernel()
    return RunsWidget(streams, arrangement=layout, engine=kernel.engine, budget=kernel.budget)


def _streams(given: object) -> Iterator[StreamWidget]:
    if isinstance(given, StreamWidget):
        yield given
    elif isinstance(given, RunsWidget):
        yield from given.runs
    elif isinstance(given, Iterable) and not isinstance(given, str | bytes | Mapping):
        for each in cast("Iterable[object]", given):
            yield from _streams(each)
    else:
        raise InvalidRequestError(
            "show() takes what stream(), watch() or load() returned, or lists of it, "
            f"not {type(cast('object', given)).__name__}."
        )
