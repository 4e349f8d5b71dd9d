"""A sink to which nothing matters; a subclass says what does."""

from __future__ import annotations

__all__ = ["QuietSink"]


class QuietSink:
    """Takes what happens in a run, and does nothing."""

    def event_received(self, _run: object, _attempt: object, _event: object) -> None:
        """See `stream_widget.run.Sink`, here and below."""

    def _nothing(self, *_: object) -> None:
        pass

    attempt_started = state_changed = notice_given = wait_changed = _nothing
    attempt_ended = run_ended = _nothing
