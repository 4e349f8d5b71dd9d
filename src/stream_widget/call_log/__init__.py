"""One row per call: SQLite inside, pandas outside."""

from stream_widget.call_log.answers import RecentAnswers
from stream_widget.call_log.columns import COLUMNS, CONTENT_COLUMNS, STORED
from stream_widget.call_log.database import NewerLogError
from stream_widget.call_log.log import CallLog
from stream_widget.call_log.sink import LogSink

__all__ = [
    "COLUMNS",
    "CONTENT_COLUMNS",
    "STORED",
    "CallLog",
    "LogSink",
    "NewerLogError",
    "RecentAnswers",
]
