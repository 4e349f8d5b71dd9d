"""Events become a run: states, attempts, retry, fallback, and the engine thread they live on."""

from stream_widget.run.attempt import Attempt, Price
from stream_widget.run.ended import EndedRun
from stream_widget.run.engine import Engine, LoopEngine, ThreadEngine
from stream_widget.run.estimate import DEFAULT_CHARS_PER_TOKEN
from stream_widget.run.retry import RetryPolicy
from stream_widget.run.run import EventSource, Run
from stream_widget.run.sinks import Notice, Sink, Wait
from stream_widget.run.snapshot import Part, Snapshot
from stream_widget.run.states import RunState
from stream_widget.run.timeline import Arrival, Timeline

__all__ = [
    "DEFAULT_CHARS_PER_TOKEN",
    "Arrival",
    "Attempt",
    "EndedRun",
    "Engine",
    "EventSource",
    "LoopEngine",
    "Notice",
    "Part",
    "Price",
    "RetryPolicy",
    "Run",
    "RunState",
    "Sink",
    "Snapshot",
    "ThreadEngine",
    "Timeline",
    "Wait",
]
