"""What the log has to say in a run that streams, each thing once."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stream_widget.run import Run

__all__ = ["Voice"]

_log = logging.getLogger(__name__)


class Voice:
    """Speaks as the run's own notices; for the writer's thread."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._troubled = False
        self._failure: str | None = None

    def tell_problem(self, problem: str) -> None:
        """The log does not reach the disk."""
        if not self._troubled:
            self._troubled = True
            self._run.notify(problem)

    def tell_mended(self, sentence: str) -> None:
        """It does again, where the run was told otherwise."""
        if self._troubled:
            self._troubled = False
            self._run.notify(sentence)

    def tell_news(self, news: str) -> None:
        """Something happened to the log that rows do not wait for."""
        self._run.notify(news)

    def tell_failure(self, failure: str | None) -> None:
        """The user's function left texts out; ``None`` if it did not."""
        if failure is not None and self._failure is None:
            self._failure = failure
            _log.warning("%s", failure)
            self._run.notify(failure)
