"""The two clocks of the project: one for durations, one for records."""

from __future__ import annotations

import time
from datetime import UTC, datetime

__all__ = ["monotonic_s", "utc_now"]


def monotonic_s() -> float:
    """Seconds from an arbitrary start that never jump back; for durations only."""
    return time.monotonic()


def utc_now() -> datetime:
    """The wall clock as an aware UTC time; for records only, since it may jump."""
    return datetime.now(UTC)
