"""Which failures are tried again, when and without what, and when the next target is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stream_widget.errors import SourceFailedError

if TYPE_CHECKING:
    import random

    from stream_widget.errors import ErrorKind, ProviderError, Refusable
    from stream_widget.request import Request, Target

__all__ = ["RetryPolicy", "falls_back", "to_leave_out"]

_RETRIED: Final[frozenset[ErrorKind]] = frozenset(
    {
        "rate_limit",
        "overloaded",
        "server",
        "connection",
        "timeout",
        "interrupted",
        "malformed",
    }
)

_ABOUT_THE_REQUEST: Final[frozenset[ErrorKind]] = frozenset({"bad_request"})
_NEVER_RETRIED: Final[frozenset[ErrorKind]] = frozenset({"authentication", "quota"})
"""Whatever a header says: waiting neither mends a key nor fills an empty account."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and after how long a failed attempt is made again at the same target.

    Waits grow from ``first_wait_s`` by doubling up to ``longest_wait_s``, each shortened by up to a
    quarter at random so that many clients do not return together (the rule of the OpenAI SDK).
    A provider's own ``retry-after`` is honoured up to ``longest_asked_s``.
    """

    retries: int = 2
    first_wait_s: float = 0.5
    longest_wait_s: float = 8.0
    longest_asked_s: float = 60.0

    def wait_s(self, error: ProviderError, *, retried: int, random: random.Random) -> float | None:
        """Seconds to wait before the next attempt at the same target; ``None``: do not retry.

        Args:
            error: What ended the attempt.
            retried: Retries already made at this target.
            random: The source of the jitter.
        """
        if retried >= self.retries or not _may_pass(error):
            return None
        if error.retry_after_s is not None:
            return error.retry_after_s if error.retry_after_s <= self.longest_asked_s else None
        wait_s = min(self.first_wait_s * 2**retried, self.longest_wait_s)
        return wait_s * (1 - 0.25 * random.random())


def _may_pass(error: ProviderError) -> bool:
    """Whether the failure may be gone at the next attempt; a bug in the source's code is not."""
    if isinstance(error, SourceFailedError) or error.kind in _NEVER_RETRIED:
        return False
    return error.kind in _RETRIED if error.may_retry is None else error.may_retry


def to_leave_out(error: ProviderError, sent: Request) -> Refusable | None:
    """What the same target is asked again without; ``None`` where that is no help."""
    if error.refused == "stream" and sent.stream != "auto":
        return None  # whoever insists on a stream wants to hear that there is none
    return None if error.refused in sent.without else error.refused


def falls_back(error: ProviderError, *, current: Target, following: Target) -> bool:
    """Whether the next target may do better: not with a request or a key that is itself wrong."""
    if error.kind in _ABOUT_THE_REQUEST or isinstance(error, SourceFailedError):
        return False
    return error.kind != "authentication" or following.provider != current.provider
