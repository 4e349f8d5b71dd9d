"""What crosses the border to the browser: patches one way, commands the other.

``js/src/protocol.ts`` is this file's twin; ``tests/fixtures/protocol`` holds what both must agree
on. Times are seconds since the run started, by the kernel's clock: the two clocks may differ.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, NotRequired, TypeAlias, TypedDict

from stream_widget.events import FinishReason, PartKind  # noqa: TC001 - the shapes are read at run time

__all__ = [
    "Ack",
    "Arrangement",
    "AttemptStart",
    "Command",
    "Commands",
    "ErrorSet",
    "ErrorView",
    "Expectation",
    "ManyArrangement",
    "Message",
    "ModelSet",
    "NamedPatch",
    "Notice",
    "NoticeAdd",
    "PartFinish",
    "PartStart",
    "PartView",
    "Patch",
    "RatesView",
    "ReasoningSet",
    "RunCommand",
    "RunCommandType",
    "RunSnapshot",
    "RunView",
    "SpeedSet",
    "StateName",
    "StateSet",
    "TextAppend",
    "TimingSet",
    "UsageSet",
    "UsageView",
    "WaitSet",
    "WaitView",
]

ManyArrangement: TypeAlias = Literal["grid", "merged", "tabs"]
"""How several streams stand in one widget."""
Arrangement: TypeAlias = Literal["stack", "grid", "merged", "tabs"]
"""How the runs of a widget stand; ``stack`` is one below the other, for those of one stream."""

StateName: TypeAlias = Literal[
    "pending", "streaming", "paused", "completed", "incomplete", "cancelled", "failed"
]


class PartView(TypedDict):
    """One stretch of one kind of content."""

    kind: PartKind
    text: str
    name: str | None
    """The tool's name, for a tool call."""
    call_id: NotRequired[str | None]
    """The provider's id of a tool call."""
    started_s: float
    finished_s: float | None
    """``None`` while more text may come."""


class UsageView(TypedDict):
    """Token totals; ``None`` is "not reported"."""

    input_tokens: int | None
    cached_input_tokens: int | None
    cache_write_tokens: int | None
    output_tokens: int | None
    reasoning_tokens: int | None
    total_tokens: int | None


class RatesView(TypedDict):
    """What a run costs while its usage is not known, in US dollars."""

    prompt_usd: float
    """For the prompt, counted by its characters."""
    output_token_usd: float
    """For each token of the answer or of the reasoning."""


class ErrorView(TypedDict):
    """A provider's failure as a person reads it."""

    kind: str
    message: str
    status: int | None
    code: str | None
    retry_after_s: float | None


class Notice(TypedDict):
    """Something the reader should know that is not the model's words."""

    level: Literal["info", "warn"]
    text: str


class WaitView(TypedDict):
    """Why nothing happens just now."""

    kind: Literal["retry", "data"]
    """Another attempt is due, or the provider sends nothing."""
    since_s: float
    """For ``data``, when the provider was last heard."""
    until_s: float
    """When the attempt is due, or patience ends."""


class Expectation(TypedDict):
    """How long the answer may get, for progress and time left; the source is always shown."""

    output_tokens: int
    source: str
    """``"from 14 past answers"`` or ``"of max_output_tokens"``."""


class RunView(TypedDict):
    """Everything a view needs to draw one run."""

    run: str
    started_at: float
    """Seconds since 1970 in UTC, by the kernel's clock."""
    first_target: str
    """Who was asked first; another than ``provider`` and ``model`` after a fallback."""
    name: str | None
    provider: str
    model: str
    response_model: str | None
    """The model that says it answered."""
    effort: str | None
    summary: str | None
    verbosity: str | None
    max_output_tokens: int | None
    text_format: Literal["text", "json"]
    """What the answer was asked to be."""
    attempt: int
    """Number of the current attempt, from 1; 0 before the first."""
    state: StateName
    finish_reason: FinishReason | None
    raw_finish_reason: str | None
    elapsed_s: float
    """Seconds since the run started, now (or at its end); the browser's clock goes on from it."""
    ttft_s: float | None
    ttfo_s: float | None
    parts: list[PartView]
    reasoning: bool
    """The provider says the model reasons now, whether or not it returns the words."""
    usage: UsageView | None
    usage_source: Literal["reported", "estimated"] | None
    cost_usd: float | None
    price_source: NotRequired[str | None]
    """Which price data gave the cost."""
    rates: RatesView | None
    """``None`` where the price is not known."""
    chars_per_token: float
    """For the live estimate of tokens from characters; never 0."""
    expected: Expectation | None
    speed: float | None
    """Tokens a second shown at most; ``None`` is as received."""
    shown: int | None
    """While paused: how many characters, over all parts in the order they came, are on screen."""
    error: ErrorView | None
    notices: list[Notice]
    wait: WaitView | None
    restartable: bool
    """Whether the same can be asked again in this widget."""
    timeline: str
    """When which part grew by how much, in the form of ``stream_widget.run.timeline``."""


class RunSnapshot(TypedDict):
    """Replaces all the browser knows of a run; the next patch of the run has ``seq + 1``."""

    type: Literal["run-snapshot"]
    run: str
    seq: int
    view: RunView


class AttemptStart(TypedDict):
    """A new attempt begins; parts of an earlier one are cleared."""

    type: Literal["attempt-start"]
    run: str
    seq: int
    attempt: int
    provider: str
    model: str
    effort: str | None
    summary: str | None
    verbosity: str | None
    rates: RatesView | None
    at_s: float


class ModelSet(TypedDict):
    """The provider named the model that answers."""

    type: Literal["model-set"]
    run: str
    seq: int
    response_model: str | None


class PartStart(TypedDict):
    """A part opens; parts are numbered from 0 in the order they open."""

    type: Literal["part-start"]
    run: str
    seq: int
    part: int
    kind: PartKind
    name: str | None
    call_id: NotRequired[str | None]
    at_s: float


class TextAppend(NamedTuple):
    """Text arrived at the end of a part; ``run`` may be short (see ``short_names.py``).

    In JSON a list of its values, since their names would be a tenth of nearly every message.
    """

    run: str
    seq: int
    part: int
    text: str


class PartFinish(TypedDict):
    """No more text comes for a part."""

    type: Literal["part-finish"]
    run: str
    seq: int
    part: int
    at_s: float


class ReasoningSet(TypedDict):
    """The model reasons, or has stopped reasoning."""

    type: Literal["reasoning-set"]
    run: str
    seq: int
    active: bool
    at_s: float


class StateSet(TypedDict):
    """The run is in another state."""

    type: Literal["state-set"]
    run: str
    seq: int
    state: StateName
    finish_reason: FinishReason | None
    raw_finish_reason: str | None
    at_s: float


class TimingSet(TypedDict):
    """Time to the first delta, and to the first answer text."""

    type: Literal["timing-set"]
    run: str
    seq: int
    ttft_s: float | None
    ttfo_s: float | None


class UsageSet(TypedDict):
    """Token totals and what they cost."""

    type: Literal["usage-set"]
    run: str
    seq: int
    usage: UsageView
    usage_source: Literal["reported", "estimated"]
    cost_usd: float | None
    price_source: NotRequired[str | None]


class SpeedSet(TypedDict):
    """The reader, or Python, chose another speed of showing."""

    type: Literal["speed-set"]
    run: str
    seq: int
    speed: float | None


class ErrorSet(TypedDict):
    """The run failed, and why."""

    type: Literal["error-set"]
    run: str
    seq: int
    error: ErrorView


class NoticeAdd(TypedDict):
    """Something to tell the reader."""

    type: Literal["notice-add"]
    run: str
    seq: int
    notice: Notice


class WaitSet(TypedDict):
    """The run waits for something, or no longer does."""

    type: Literal["wait-set"]
    run: str
    seq: int
    wait: WaitView | None


NamedPatch: TypeAlias = (
    RunSnapshot
    | AttemptStart
    | ModelSet
    | PartStart
    | PartFinish
    | ReasoningSet
    | StateSet
    | TimingSet
    | UsageSet
    | SpeedSet
    | ErrorSet
    | NoticeAdd
    | WaitSet
)

Patch: TypeAlias = NamedPatch | TextAppend


class Message(TypedDict):
    """The value of the synced trait: what happened since the message before."""

    n: int
    """Counts messages of this widget, from 1."""
    patches: list[Patch]
    done: NotRequired[list[str]]
    """Ids of commands that were carried out since the message before."""
    asleep: NotRequired[Literal[True]]
    """No patches follow: nobody looks, as far as the kernel knows. Any command wakes it."""


class Ack(TypedDict):
    """The browser has painted up to message ``n``; ``lag_ms`` from its arrival to the paint."""

    type: Literal["ack"]
    n: int
    lag_ms: float
    frame_ms: NotRequired[float]
    """From one frame of its screen to the next."""
    spare_ms: NotRequired[float]
    """What nineteen of twenty messages had left when their frame began; comes with ``frame_ms``."""
    draws: NotRequired[bool]
    """Our MIME renderer is on the page: it draws the runs when the kernel is gone."""


RunCommandType: TypeAlias = Literal["pause", "resume", "cancel", "speed", "restart", "resync"]


class RunCommand(TypedDict):
    """A person, or the view itself, asks something of a run."""

    type: RunCommandType
    id: str
    """Made by the browser; a repeated one is carried out once and answered each time."""
    run: str
    shown: NotRequired[int]
    """With ``pause``: characters on screen, over all parts in the order they came."""
    tokens_per_s: NotRequired[float | None]
    """With ``speed``: ``None`` is as received."""


class Commands(TypedDict):
    """Several commands in one message: one click reaches every run."""

    type: Literal["commands"]
    commands: list[RunCommand]


Command: TypeAlias = Ack | RunCommand | Commands
