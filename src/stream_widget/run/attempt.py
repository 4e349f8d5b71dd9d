"""One try at one target: what was asked, what came back, and when. One row of the log."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

from stream_widget.clock import utc_now
from stream_widget.events import OutputTextDelta
from stream_widget.run.estimate import estimate_usage, fill_in
from stream_widget.run.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from stream_widget.errors import ProviderError
    from stream_widget.events import DeltaEvent, Usage
    from stream_widget.request import Request, Target
    from stream_widget.run.estimate import Rates

__all__ = ["Attempt", "Price", "now_after"]

Price: TypeAlias = "Callable[[Target, Usage], tuple[float, str | None]]"
"""US dollars (``nan`` where the price is not known), and which price data said so."""


def now_after(previous: Attempt | None) -> datetime:
    """The time; where the clock was set back in between, that of the previous attempt's end."""
    now = utc_now()
    return now if previous is None or previous.ended_at is None else max(now, previous.ended_at)


@dataclass(slots=True)
class Attempt:
    """A call, from sending it to its end."""

    number: int
    """From 1 in its run."""
    target: Target
    started_at: datetime
    started_s: float
    """On the monotonic clock."""
    request: Request
    """As it was sent to this target, which may be less than what was asked."""
    call_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    snapshot: Snapshot = field(default_factory=Snapshot)
    answered: bool = False
    """The provider has said something, be it without words."""
    ended_at: datetime | None = None
    duration_s: float | None = None
    ttft_s: float | None = None
    """From sending the request to the first delta of any kind; ``None`` while there is none."""
    ttfo_s: float | None = None
    """From sending the request to the first answer text; ``None`` while there is none."""
    error: ProviderError | None = None
    cancelled: bool = False
    usage: Usage | None = None
    usage_source: Literal["reported", "estimated"] | None = None
    cost_usd: float | None = None
    """``None`` until there is usage, ``nan`` where the price is not known."""
    price_source: str | None = None
    rates: Rates | None = None
    """What the attempt costs while it goes on; ``None`` where the price is not known."""

    @property
    def outcome(self) -> Literal["streaming", "completed", "incomplete", "cancelled", "failed"]:
        """How the attempt stands, in the words of the run's states."""
        finish = self.snapshot.finish
        if self.error is not None:
            return "failed"
        if finish is not None:
            return "incomplete" if finish.incomplete else "completed"
        return "cancelled" if self.cancelled else "streaming"

    @property
    def tokens_per_s(self) -> float | None:
        """Output tokens over the time from the first delta to the end; ``None`` before that."""
        if self.usage is None or self.usage.output_tokens is None:
            return None
        if self.duration_s is None or self.ttft_s is None or self.duration_s <= self.ttft_s:
            return None
        return self.usage.output_tokens / (self.duration_s - self.ttft_s)

    def end(self, now_s: float) -> None:
        """Take the times of the end; a clock that was set back does not put it before the start."""
        self.duration_s = now_s - self.started_s
        self.ended_at = max(utc_now(), self.started_at + timedelta(seconds=self.duration_s))

    def note_first(self, event: DeltaEvent, now_s: float) -> None:
        """Take the times of a delta that may be the first one, of all or of the answer."""
        since_s = now_s - self.started_s
        if self.ttft_s is None:
            self.ttft_s = since_s
        if isinstance(event, OutputTextDelta):
            self.ttfo_s = since_s

    def account(self, usage: Usage, source: Literal["reported", "estimated"], price: Price) -> None:
        """Take token totals, and what they cost."""
        if (self.usage, self.usage_source) == (usage, source):
            return  # some report the same totals with every frame; a price takes its time
        self.usage, self.usage_source = usage, source
        self.cost_usd, self.price_source = price(self.target, usage)

    def estimate_rest(self, chars_per_token: float, price: Price) -> None:
        """Guess what the provider did not report, or only for the part before it broke off."""
        if self.usage is not None and self.snapshot.finish is not None:
            return
        usage = estimate_usage(self.request, self.snapshot, chars_per_token=chars_per_token)
        if usage is not None:
            whole = usage if self.usage is None else fill_in(self.usage, usage)
            self.account(whole, "estimated", price)
