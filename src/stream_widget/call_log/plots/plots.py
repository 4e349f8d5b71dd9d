"""`log.plot`: which chart, drawn by which library."""

from __future__ import annotations

import importlib
import importlib.util
from typing import TYPE_CHECKING, Any, Final, Unpack

from stream_widget.call_log.filters import Chosen, Filters
from stream_widget.call_log.plots.tables import cost_table, latency_table, token_table
from stream_widget.call_log.plots.timeline_table import timeline_table
from stream_widget.errors import StreamWidgetError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from stream_widget.call_log.plots.arrivals import AttemptArrivals

__all__ = ["MissingPlotLibraryError", "Plots"]

_LIBRARIES: Final = ("altair", "matplotlib")
"""The first that is installed draws."""


class MissingPlotLibraryError(StreamWidgetError, ImportError):
    """There is nothing to draw with."""

    def __init__(self) -> None:
        super().__init__(
            "A chart needs Altair, or else matplotlib, and neither is installed: run "
            '`pip install "stream-widget[analysis]"` and try again.'
        )


class Plots:
    """Charts of a log: an Altair chart each, or a matplotlib figure where Altair is missing.

    What they hold is added up first, so a chart of a million calls is as small as one of ten.
    Filters are those of ``to_frame``.

    Args:
        to_frame: Gives the calls that pass filters.
        arrivals: Gives the attempts of a run, with the times of their text.
    """

    def __init__(
        self,
        to_frame: Callable[..., pd.DataFrame],
        arrivals: Callable[[str], Sequence[AttemptArrivals]],
    ) -> None:
        self._to_frame = to_frame
        self._arrivals = arrivals

    def cost(self, **chosen: Unpack[Chosen]) -> Any:
        """Dollars over time, by model; calls without a known price are counted below the title.

        Raises:
            MissingPlotLibraryError: Neither Altair nor matplotlib is installed.
            InvalidRequestError: No call passes the filters, or none has a known price.
        """
        return _library().cost_chart(cost_table(self._calls(chosen)))

    def tokens(self, **chosen: Unpack[Chosen]) -> Any:
        """Tokens by model: input, from the cache, reasoning, answer.

        Where the reasoning was not counted apart it is part of the answer.

        Raises:
            MissingPlotLibraryError: Neither Altair nor matplotlib is installed.
            InvalidRequestError: No call passes the filters, or none has known tokens.
        """
        return _library().token_chart(token_table(self._calls(chosen)))

    def latency(self, **chosen: Unpack[Chosen]) -> Any:
        """Seconds by model: waiting, reasoning, writing and the whole, of calls that were answered.

        Raises:
            MissingPlotLibraryError: Neither Altair nor matplotlib is installed.
            InvalidRequestError: No call passes the filters, or none was answered.
        """
        return _library().latency_chart(latency_table(self._calls(chosen)))

    def timeline(self, run_id: str) -> Any:
        """When the text of a run arrived, with its pauses and stalls.

        A pause is a silence of half a second or more that is eight times as long as is usual in
        that attempt; from ten seconds on it is a stall.

        Raises:
            MissingPlotLibraryError: Neither Altair nor matplotlib is installed.
            InvalidRequestError: The log has no such run, or no times of it.
        """
        return _library().timeline_chart(timeline_table(run_id, self._arrivals(run_id)))

    def __repr__(self) -> str:
        return "<plots of a log: cost(), tokens(), latency(), timeline(run_id)>"

    def _calls(self, chosen: Chosen) -> pd.DataFrame:
        Filters.of(chosen)  # a mistyped filter has the nearest one offered
        return self._to_frame(content=False, **chosen)


def _library() -> Any:
    for name in _LIBRARIES:
        if importlib.util.find_spec(name) is not None:
            return importlib.import_module(f"stream_widget.call_log.plots.{name}_charts")
    raise MissingPlotLibraryError
