"""The built-in server that speaks the real wire formats from a script."""

from stream_widget.scripted.console import run_forever
from stream_widget.scripted.exchange import Exchange
from stream_widget.scripted.faults import (
    Cut,
    ErrorEvent,
    Fault,
    HangUp,
    HttpError,
    KeepAlive,
    Malformed,
    NoEnd,
    NotAnEventStream,
    Position,
    Stall,
    UnsupportedParameter,
    UnverifiedOrganization,
)
from stream_widget.scripted.gate import Gate
from stream_widget.scripted.library import BUILT_IN_SCRIPTS, built_in_script
from stream_widget.scripted.manner import Manner
from stream_widget.scripted.overrides import parse_fault
from stream_widget.scripted.recording import recorded_answers
from stream_widget.scripted.scenario import Scenario
from stream_widget.scripted.script import (
    Completed,
    Failed,
    Incomplete,
    Recording,
    Script,
    ToolCall,
)
from stream_widget.scripted.server import ScriptedServer
from stream_widget.scripted.stage import ANY_MODEL

__all__ = [
    "ANY_MODEL",
    "BUILT_IN_SCRIPTS",
    "Completed",
    "Cut",
    "ErrorEvent",
    "Exchange",
    "Failed",
    "Fault",
    "Gate",
    "HangUp",
    "HttpError",
    "Incomplete",
    "KeepAlive",
    "Malformed",
    "Manner",
    "NoEnd",
    "NotAnEventStream",
    "Position",
    "Recording",
    "Scenario",
    "Script",
    "ScriptedServer",
    "Stall",
    "ToolCall",
    "UnsupportedParameter",
    "UnverifiedOrganization",
    "built_in_script",
    "parse_fault",
    "recorded_answers",
    "run_forever",
]
