"""`show` and `load`: several runs in one widget, and runs from a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias, cast, get_args

from stream_widget.errors import InvalidRequestError
from stream_widget.kernel import current_kernel
from stream_widget.widget import (
    ManyArrangement,
    RunsWidget,
    StreamWidget,
    loaded_run,
    parse_document,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stream_widget.kernel import Kernel
    from stream_widget.run import EndedRun

__all__ = ["load", "show"]

_Runs: TypeAlias = "StreamWidget | RunsWidget | Iterable[StreamWidget | RunsWidget]"
_LOADED: Final = (
    "A run that was loaded from a file cannot be asked again: its request is not in the file. "
    "Call stream() with the prompt."
)
_ARRANGEMENTS: Final = get_args(ManyArrangement)


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
    kernel = current_kernel()
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


def load(path: str | Path) -> StreamWidget | RunsWidget:
    """The runs of a JSON export, as a widget that shows them like finished ones.

    Texts, numbers and exports are those of the runs as they were written; a run that had not ended
    then counts as failed, error kind ``interrupted``. ``calls`` are the rows of this kernel's log,
    which may know nothing of them.

    Args:
        path: A file that ``export("….json")`` wrote, in Python or in the page.

    Returns:
        What was exported: the widget of one stream, or of several.

    Raises:
        InvalidRequestError: It is no such file, damaged, or of a newer version.
        OSError: It cannot be read.
    """
    path = Path(path)
    try:
        document = parse_document(path.read_bytes())
    except InvalidRequestError as error:
        raise InvalidRequestError(f"{path} cannot be loaded: {error}") from None
    kernel = current_kernel()
    runs = [loaded_run(view, engine=kernel.engine) for view in document.runs]
    if document.arrangement == "stack":
        return _loaded(kernel, runs)
    streams = [_loaded(kernel, [run]) for run in runs]
    return RunsWidget(
        streams, arrangement=document.arrangement, engine=kernel.engine, budget=kernel.budget
    )


def _loaded(kernel: Kernel, runs: Sequence[EndedRun]) -> StreamWidget:
    *earlier, latest = runs
    return StreamWidget(
        latest,
        engine=kernel.engine,
        budget=kernel.budget,
        calls=lambda run_id: kernel.log.to_frame(run_id=run_id),
        why_not_again=_LOADED,
        earlier=earlier,
    )
