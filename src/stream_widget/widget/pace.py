"""How often patches may go out: fast while the browser keeps up, in larger pieces when it lags."""

from __future__ import annotations

from typing import Final

from stream_widget.clock import monotonic_s

__all__ = ["KernelBudget", "Pace"]

_FRAME_S: Final = 0.016
"""One frame of a 60 Hz screen: more messages than frames cannot be seen."""
_SLOWEST_S: Final = 0.25
_UNHEARD_S: Final = 0.033
"""While nothing is acknowledged (a busy kernel, or nobody there), half the messages will do."""
_SILENCE_S: Final = 12.0
"""A page that keeps up acknowledges every 5 s, one that lags every half second."""
_LAGGING_MS: Final = 100.0
_CAUGHT_UP_MS: Final = 50.0


class KernelBudget:
    """A bucket of messages for the whole kernel.

    The Jupyter server drops what exceeds 3000 messages in 3 s over all widgets of a kernel, without
    a word (measured 2026-11-20: 500 a second was always safe, 900 was not).
    """

    def __init__(self, *, per_s: float = 300.0, burst: int = 60) -> None:
        self._per_s = per_s
        self._burst = float(burst)
        self._left = float(burst)
        self._at_s = monotonic_s()

    def take(self) -> float:
        """Seconds to wait before the next message may go; 0 takes it from the bucket now."""
        now_s = monotonic_s()
        self._left = min(self._burst, self._left + (now_s - self._at_s) * self._per_s)
        self._at_s = now_s
        if self._left >= 1:
            self._left -= 1
            return 0.0
        return (1 - self._left) / self._per_s


class Pace:
    """The interval between two messages of one widget, learnt from what the browser says."""

    def __init__(self) -> None:
        self._interval_s = _FRAME_S
        self._heard_s = monotonic_s()
        self.heard = False
        """A browser has painted something of this widget."""

    @property
    def interval_s(self) -> float:
        """Seconds between two messages, at least."""
        if monotonic_s() - self._heard_s > _SILENCE_S:
            return max(self._interval_s, _UNHEARD_S)
        return self._interval_s

    def quiet(self) -> None:
        """Nothing was sent for a while, so nothing could be acknowledged."""
        self._heard_s = monotonic_s()

    def acknowledged(self, *, lag_ms: float) -> None:
        """The browser painted a message ``lag_ms`` after it had arrived."""
        self._heard_s = monotonic_s()
        self.heard = True
        if lag_ms > _LAGGING_MS:
            self._interval_s = min(_SLOWEST_S, self._interval_s * 2)
        elif lag_ms < _CAUGHT_UP_MS:
            self._interval_s = max(_FRAME_S, self._interval_s / 4)
