"""One row per call: SQLite inside, pandas outside."""

from stream_widget.call_log.analysis import UNREADABLE
from stream_widget.call_log.answers import RecentAnswers
from stream_widget.call_log.columns import COLUMNS, CONTENT_COLUMNS, STORED
from stream_widget.call_log.database import NewerLogError
from stream_widget.call_log.exchanged import ForeignFileError, json_value, time_text
from stream_widget.call_log.importing import Imported
from stream_widget.call_log.log import CallLog
from stream_widget.call_log.otel_attributes import OtelAttributes, otel_attributes
from stream_widget.call_log.otel_names import OPERATION
from stream_widget.call_log.overview import Overview, printable, row_cells
from stream_widget.call_log.reading_run import UnknownRunError
from stream_widget.call_log.sink import LogSink
from stream_widget.call_log.text_table import Column, text_table

__all__ = [
    "COLUMNS",
    "CONTENT_COLUMNS",
    "OPERATION",
    "STORED",
    "UNREADABLE",
    "CallLog",
    "Column",
    "ForeignFileError",
    "Imported",
    "LogSink",
    "NewerLogError",
    "OtelAttributes",
    "Overview",
    "RecentAnswers",
    "UnknownRunError",
    "json_value",
    "otel_attributes",
    "printable",
    "row_cells",
    "text_table",
    "time_text",
]
