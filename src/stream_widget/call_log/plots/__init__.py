"""Charts of the log, by Altair or else by matplotlib."""

from stream_widget.call_log.plots.arrivals import AttemptArrivals, read_arrivals
from stream_widget.call_log.plots.plots import MissingPlotLibraryError, Plots

__all__ = ["AttemptArrivals", "MissingPlotLibraryError", "Plots", "read_arrivals"]
