"""How often patches may go out: fast while the browser keeps up, in larger pieces when it lags."""

from __future__ import annotations

import math
from typing import Final

from stream_widget.clock import monotonic_s

__all__ = ["KernelBudget", "Pace"]

_FRAME_S: Final = 0.016
"""One frame of a 60 Hz screen: more messages than frames cannot be seen."""
_RHYTHM_S: Final = 1 / 60
_SLOWEST_RHYTHM_S: Final = 0.0185
_ROUNDING: Final = 1e-6
"""Of a beat: no more than what a sum of floating-point times may be off by."""
_SPARE_MS: Final = 1.0
"""How long before a frame the late ones of the messages should be there."""
_TEXTS_EACH_FRAME: Final = 4
"""So many texts may grow in every frame."""
_FRAMES_OF_MANY: Final = 3
"""A message with more has so many frames: the page shows its texts in two of them, and has one for
numbers (measured 2026-11-30: 0.7 ms of layout and paint each, beside 5 ms for sixteen cards; frames
with six texts came late as soon as the machine had other things to do)."""
_TEXTS_A_MESSAGE: Final = 8
"""Of more runs, each grows in its turn: of sixteen, ten times a second."""
_MESSAGES_A_TURN: Final = 2
"""However many runs there are, none waits for more messages than these: for 0.1 s."""
_SLOWEST_S: Final = 0.25
_UNHEARD_S: Final = 0.033
"""While nothing is acknowledged (a busy kernel, or nobody there), half the messages will do."""
_SILENCE_S: Final = 25.0
"""A page that keeps up acknowledges every 10 s, one that lags every half second."""
_LAGGING_MS: Final = 100.0
_CAUGHT_UP_MS: Final = 50.0


class KernelBudget:
    """A bucket of messages for the whole kernel, and whether anybody there takes them.

    The Jupyter server drops what exceeds 3000 messages in 3 s over all widgets of a kernel, without
    a word (measured 2026-11-20: 500 a second was always safe, 900 was not).
    """

    def __init__(self, *, per_s: float = 300.0, burst: int = 60) -> None:
        self._per_s = per_s
        self._burst = float(burst)
        self._left = float(burst)
        self._at_s = monotonic_s()
        self.page_heard = False
        """A page has acknowledged a message of any widget: it asks for what it lacks."""

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
    """When the next message of one widget may go, learnt from what the browser says.

    Messages that cannot go at once go in the rhythm of the screen, so early that they are there
    when a frame begins: whenever else they went, they would wait for the same frame.
    """

    def __init__(self) -> None:
        self._interval_s = _FRAME_S
        self._rhythm_s = _RHYTHM_S
        self._offset_s = 0.0
        self._heard_s = monotonic_s()
        self._frames = 1
        """Of the screen, from the last message to the next at least."""
        self.heard = False
        """A browser has painted something of this widget."""

    @property
    def interval_s(self) -> float:
        """Seconds between two messages, at least."""
        interval_s = max(self._interval_s, _FRAME_S + (self._frames - 1) * self._rhythm_s)
        return max(interval_s, _UNHEARD_S) if self._is_unheard else interval_s

    def room_for(self, waiting: int) -> int:
        """Of how many runs the next message brings text: of all that wait if messages are rare."""
        if self._interval_s > _FRAME_S or self._is_unheard:
            return waiting
        return max(_TEXTS_A_MESSAGE, math.ceil(waiting / _MESSAGES_A_TURN))

    def sent(self, *, texts: int) -> None:
        """A message went, with text of so many runs."""
        self._frames = 1 if texts <= _TEXTS_EACH_FRAME else _FRAMES_OF_MANY

    @property
    def _is_unheard(self) -> bool:
        return monotonic_s() - self._heard_s > _SILENCE_S

    def next_s(self, sent_s: float) -> float:
        """When the message after one that went at ``sent_s`` is due, by the same clock."""
        beats = (sent_s + self.interval_s - self._offset_s) / self._rhythm_s
        return self._offset_s + math.ceil(beats - _ROUNDING) * self._rhythm_s

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

    def meet_frames(self, *, frame_ms: float, spare_ms: float) -> None:
        """The browser's messages arrived ``spare_ms`` before a frame, of which one is ``frame_ms``.

        A screen whose frames make no rhythm near ours that leaves time enough is left alone: at
        75 Hz, say, or at 63.
        """
        if frame_ms <= 0:
            return
        rhythm_s = frame_ms / 1000 * math.ceil(_FRAME_S * 1000 / frame_ms)
        if rhythm_s <= _SLOWEST_RHYTHM_S:
            self._rhythm_s = rhythm_s
            self._offset_s += (spare_ms - _SPARE_MS) / 1000 % rhythm_s
